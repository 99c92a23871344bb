//! `Output` → browser call; completion → `Input`. The only file that knows both.

use super::{driver::Driver, hiding, signaller::Signaller};
use crate::browser::{
    error::BrowserError,
    peer_connection::{PeerConnection, PeerEvent},
};
use duologue_core::{
    ids::{ConnId, OpId},
    io::{ConnEvent, ConnState, Input, Op, OpError, OpValue, Output, SignalEvent},
};
use wasm_bindgen_futures::spawn_local;

/// Candidates that have not come by then are not worth a person's waiting.
const GATHER: u32 = 1_500;
pub fn carry_out(driver: &Driver, output: Output) {
    match output {
        Output::Dial => {
            let send = driver.sender();
            let on_event = move |event: SignalEvent| send(Input::Signal(event));
            // The old one goes first: two sockets of one person would replace each other.
            driver.signaller.take();
            match Signaller::dial(driver.means.socket.as_deref(), on_event) {
                Ok(signaller) => *driver.signaller.borrow_mut() = Some(signaller),
                Err(_) => driver.dispatch(Input::Signal(SignalEvent::Closed(1006))),
            }
        }
        Output::HangUp => drop(driver.signaller.take()),
        Output::SignalText(text) => {
            if let Some(signaller) = &*driver.signaller.borrow() {
                signaller.send(&text);
            }
        }
        Output::OpenConn { conn, slots } => open(driver, conn, slots),
        Output::CreateSlots(conn) => {
            on(driver, conn, |c| {
                driver.local.with_tracks(|a, v| c.add_slots(a, v))
            });
            driver.tune_new(conn);
        }
        Output::AdoptSlots(conn) => {
            on(driver, conn, |c| {
                driver.local.with_tracks(|a, v| c.adopt_slots(a, v))
            });
            driver.tune_new(conn);
        }
        Output::SendScreen(conn) => send_screen(driver, conn),
        Output::DropScreen => drop_screen(driver),
        Output::Tune(_) => driver.tune_all(),
        Output::RestartIce(conn) => on(driver, conn, PeerConnection::restart_ice),
        Output::CloseConn(conn) => {
            let closed = driver.conns.borrow_mut().remove(&conn);
            drop(closed);
            driver.tune_all();
        }
        Output::ChannelText(conn, text) => on(driver, conn, |c| {
            // A channel that closes just now says so in its own event.
            let _ = c.send_text(&text);
        }),
        Output::File(peer, news) => driver.files.on_news(peer, news),
        Output::Verify(peer, message) => driver.verify.on_message(peer, message),
        Output::Start(id, op) => start(driver, id, op),
        // Nothing else that an operation here acquires outlives its connection.
        Output::Release(op) => driver.share.release(op),
        // Shown once, after all outputs.
        Output::Changed => {}
    }
}

#[inline(never)]
fn send_screen(driver: &Driver, conn: ConnId) {
    driver.share.with_capture(|capture, detail| {
        on(driver, conn, |c| c.send_screen(capture, detail));
        driver.tune_all();
    });
}

#[inline(never)]
fn drop_screen(driver: &Driver) {
    let conns = driver.conns.borrow();
    conns.values().for_each(PeerConnection::drop_screen);
    driver.share.put_down();
}

fn on(driver: &Driver, conn: ConnId, act: impl FnOnce(&PeerConnection)) {
    if let Some(connection) = driver.conns.borrow().get(&conn) {
        act(connection);
    }
}

fn open(driver: &Driver, conn: ConnId, slots: bool) {
    let send = driver.sender();
    let this = driver.this.clone();
    let on_event = move |event: PeerEvent| match event {
        PeerEvent::Conn(event) => {
            if matches!(event, ConnEvent::State(ConnState::Connected))
                && let Some(driver) = this.upgrade()
            {
                driver.learn(conn);
            }
            send(Input::Conn(conn, event));
        }
        PeerEvent::Track(_) | PeerEvent::ScreenTrack => {
            let Some(driver) = this.upgrade() else { return };
            let view = driver.call.borrow().view();
            on(&driver, conn, |c| match event {
                PeerEvent::ScreenTrack => driver.show.on_screen(&view, conn, c.remote_screen()),
                _ => driver.show.on_stream(&view, conn, c.remote_stream()),
            });
        }
    };
    match PeerConnection::open(&hiding::by(&driver.means.ice), on_event) {
        Ok(connection) => {
            if slots {
                driver
                    .local
                    .with_tracks(|audio, video| connection.add_slots(audio, video));
            }
            driver.conns.borrow_mut().insert(conn, connection);
            driver.tune_new(conn);
        }
        // No WebRTC here, or too many connections: the core hears of it as of any lost connection.
        Err(_) => driver.dispatch(Input::Conn(conn, ConnEvent::ChannelClosed)),
    }
}

fn start(driver: &Driver, id: OpId, op: Op) {
    if matches!(op, Op::CaptureScreen) {
        driver.share.capture(driver, id);
        return;
    }
    let conns = driver.conns.borrow();
    let (Op::SetLocal(conn)
    | Op::SetRemote(conn, _)
    | Op::AddCandidate(conn, _)
    | Op::Count(conn)
    | Op::Gather(conn)) = &op
    else {
        return;
    };
    let Some(connection) = conns.get(conn) else {
        driver.dispatch(Input::Done(id, Err(OpError::Closed)));
        return;
    };
    let send = driver.sender();
    macro_rules! answer {
        ($work:expr, $value:expr) => {{
            let work = $work;
            spawn_local(async move {
                let result = work.await.map($value).map_err(op_error);
                send(Input::Done(id, result));
            });
        }};
    }
    match op {
        Op::SetLocal(_) => answer!(connection.set_local(), OpValue::Described),
        Op::SetRemote(_, sdp) => answer!(connection.set_remote(sdp), |()| OpValue::Nothing),
        Op::AddCandidate(_, candidate) => {
            answer!(connection.add_candidate(candidate), |()| OpValue::Nothing)
        }
        Op::Count(_) => answer!(connection.stats(), |it| OpValue::Counted(it.bytes())),
        Op::Gather(_) => gather(driver, id, connection),
        Op::CaptureScreen => {}
    }
}

/// Of a call without a signaller.
#[inline(never)]
fn gather(driver: &Driver, id: OpId, connection: &PeerConnection) {
    let (send, gathered) = (driver.sender(), connection.gather(GATHER));
    spawn_local(async move {
        let result = gathered.await.map(OpValue::Described).map_err(op_error);
        send(Input::Done(id, result));
    });
}

fn op_error(error: BrowserError) -> OpError {
    match error {
        BrowserError::InvalidState => OpError::WrongState,
        _ => OpError::Refused,
    }
}
