//! One WebSocket from open to closed: texts to its machine, the queue to the client, deadlines for whoever
//! is nowhere and for signs of life, and a close code that says why. What the texts mean is the machine's
//! affair.

use crate::{
    Timing,
    meter::Told,
    metrics::{self, Lost},
    queue::{Outgoing, Waiting},
    relay::{Machine, Relay},
    terms::Visit,
};
use axum::{
    Error,
    body::Bytes,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code},
};
use duologue_core::{
    hub::ClientKey,
    pace::{Bucket, Pace, Rate},
    time::Millis,
    wire::close,
};
use std::{mem, pin::pin, time::Duration};
use tokio::{
    sync::watch,
    task::yield_now,
    time::{Instant, MissedTickBehavior, interval_at, sleep, timeout},
};

/// Pings without any sign of life between them.
const MISSED: u8 = 2;
/// Pings and pongs of a client. Browsers send none but the answers to our pings; the library answers each
/// ping, and would do nothing else for somebody who says no text.
const CONTROL: Rate = Rate {
    burst: 20,
    a_minute: 60,
};
/// For the client to answer our close, so that what we said last is not lost with the connection.
const GOODBYE: Duration = Duration::from_secs(1);
/// After a frame that we do not read to its end we cannot see the client's close either. An early end
/// would make the kernel reset the connection, and with it the close frame could be lost.
const LINGER: Duration = Duration::from_millis(250);

/// Texts of one client in a row. Then those it was relayed to come to empty their queues, before a burst,
/// already read from the network, has filled them: a full room of such clients makes less than a queue.
const TURN: u8 = 4;

/// Why the loop ended.
enum End {
    /// Nothing can be said any more.
    Gone,
    Close(u16),
    /// Reading failed: say why, but do not expect to understand an answer.
    Broken(u16),
}

pub(crate) async fn serve<M: Machine>(
    mut socket: WebSocket,
    relay: &Relay<M>,
    visit: Visit,
    timing: Timing,
    mut stop: watch::Receiver<bool>,
) {
    let _open = M::COUNTED.open();
    let (key, mut queue) = relay.connect(visit.source);
    let told = Told::from_now_on(visit.meter.clone());
    let end = run(&mut socket, told, relay, key, &mut queue, timing, &mut stop).await;
    relay.disconnect(key);
    match end {
        End::Gone => {}
        End::Close(code) => bid_goodbye(socket, code, true).await,
        End::Broken(code) => bid_goodbye(socket, code, false).await,
    }
}

/// Nobody comes in. Said over a socket, since pages are not told what answers a request for one.
pub(crate) async fn turn_away(socket: WebSocket, code: u16) {
    bid_goodbye(socket, code, true).await;
}

async fn bid_goodbye(mut socket: WebSocket, code: u16, understood: bool) {
    metrics::closed(code);
    let frame = CloseFrame {
        code,
        reason: Utf8Bytes::default(),
    };
    if timeout(GOODBYE, socket.send(Message::Close(Some(frame))))
        .await
        .is_ok()
    {
        if understood {
            timeout(GOODBYE, async {
                while let Some(Ok(_)) = socket.recv().await {}
            })
            .await
            .ok();
        } else {
            sleep(LINGER).await;
        }
    }
}

async fn run<M: Machine>(
    socket: &mut WebSocket,
    mut told: Told,
    relay: &Relay<M>,
    key: ClientKey,
    queue: &mut Waiting,
    timing: Timing,
    stop: &mut watch::Receiver<bool>,
) -> End {
    let opened = Instant::now();
    let mut ping = interval_at(opened + timing.ping, timing.ping);
    let mut unanswered = 0;
    let mut looks = interval_at(opened + timing.place, timing.place);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut has_place, mut has_begun) = (false, false);
    let mut control = Bucket::default();
    // Made once: for each message anew it costs as much as all that it is parsed and written by.
    let mut stopped = pin!(stopped(stop));
    let mut in_a_row = 0;
    loop {
        let message = tokio::select! {
            // Who has answers waiting is not asked for more: nobody overflows the own queue.
            frame = socket.recv(), if queue.len() < M::QUEUE / 2 => {
                match frame {
                    None => return End::Gone,
                    Some(Err(error)) => return broken(error),
                    Some(Ok(Message::Text(text))) => {
                        told.text();
                        (unanswered, has_begun) = (0, false);
                        relay.text(key, text.as_str());
                        in_a_row += 1;
                        if in_a_row >= TURN {
                            in_a_row = 0;
                            yield_now().await;
                        }
                    }
                    Some(Ok(Message::Binary(_))) => return End::Close(close_code::UNSUPPORTED),
                    // The library answers by itself.
                    Some(Ok(Message::Close(_))) => {}
                    Some(Ok(other @ (Message::Ping(_) | Message::Pong(_)))) => {
                        if control.take(since(opened), CONTROL) == Pace::Flood {
                            return End::Close(close::TOO_FAST);
                        }
                        let is_pong = matches!(other, Message::Pong(_));
                        let said = other.into_data();
                        told.control(&said);
                        // Ours are empty.
                        if is_pong && said.is_empty() {
                            unanswered = 0;
                        }
                    }
                }
                continue;
            }
            next = queue.recv() => match next {
                Some(Outgoing::Text(text, read)) => {
                    read.handed();
                    Message::Text(Utf8Bytes::clone(&text))
                }
                Some(Outgoing::Close(code)) => return End::Close(code),
                // Too slow: come again when the line is better.
                None => return End::Close(close_code::AGAIN),
            },
            _ = ping.tick() => {
                if unanswered >= MISSED {
                    metrics::dropped(Lost::Connection, "silent");
                    return End::Gone;
                }
                unanswered += 1;
                Message::Ping(Bytes::new())
            }
            _ = looks.tick() => {
                // At first it had all that time; later it may have lost its place just now.
                let had_place = mem::replace(&mut has_place, relay.has_place(key));
                if !had_place && !has_place {
                    return End::Close(close_code::POLICY);
                }
                // Of a message that has no end a part is kept here, as large as a message may be.
                let had_begun = mem::replace(&mut has_begun, told.leaves_some());
                if had_begun && has_begun {
                    metrics::dropped(Lost::Connection, "slow_message");
                    return End::Gone;
                }
                continue;
            }
            () = &mut stopped => return End::Close(close::GOING_AWAY),
        };
        match timeout(timing.send, socket.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return End::Gone,
            Err(_) => {
                metrics::dropped(Lost::Connection, "slow_reader");
                return End::Gone;
            }
        }
    }
}

fn since(then: Instant) -> Millis {
    Millis(u64::try_from(then.elapsed().as_millis()).unwrap_or(u64::MAX))
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    stop.wait_for(|stop| *stop).await.ok();
}

fn broken(error: Error) -> End {
    use tungstenite::{Error as Cause, error::ProtocolError::ResetWithoutClosingHandshake};
    match error.into_inner().downcast_ref::<Cause>() {
        Some(Cause::Capacity(_)) => End::Broken(close::TOO_BIG),
        Some(Cause::Utf8(_)) => End::Broken(close_code::INVALID),
        // A tab that was closed, or a path that died.
        Some(Cause::Protocol(ResetWithoutClosingHandshake)) => End::Gone,
        Some(Cause::Protocol(_)) => End::Broken(close_code::PROTOCOL),
        _ => End::Gone,
    }
}
