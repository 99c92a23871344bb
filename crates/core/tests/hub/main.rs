//! The server's rooms: stories of who meets whom, what is refused, and what holds for every story.

mod always;
mod documented;
mod limits;
mod rooms;

use duologue_core::{
    hub::{ClientKey, Effect, Hub, Limits, Source},
    ids::{PeerId, PeerToken, RoomId},
    time::Millis,
    wire::{ClientMsg, Member, Refusal, Sealed, ServerMsg, close, encode},
};

const ROOM: RoomId = RoomId([1; 16]);
const OTHER_ROOM: RoomId = RoomId([2; 16]);
const NOW: Millis = Millis(0);

fn token(n: u64) -> PeerToken {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    PeerToken(bytes)
}

fn id(n: u64) -> PeerId {
    token(n).id()
}

fn sealed(text: &str) -> Sealed {
    Sealed(text.into())
}

fn say(hub: &mut Hub, n: u64, message: &ClientMsg) -> Vec<Effect> {
    hub.text(NOW, ClientKey(n), &encode(message))
}

fn to(n: u64, message: ServerMsg) -> Effect {
    Effect::Send(ClientKey(n), message)
}

fn refused(n: u64, code: Refusal, room: Option<RoomId>) -> Vec<Effect> {
    vec![to(n, ServerMsg::Refused { code, room })]
}

fn join(room: RoomId) -> ClientMsg {
    ClientMsg::Join {
        room,
        card: sealed("card"),
    }
}

fn send(room: RoomId, to: u64) -> ClientMsg {
    ClientMsg::Send {
        room,
        to: id(to),
        body: sealed("body"),
    }
}

/// Clients 1 to `n` have said hello.
fn hub_with(n: u64) -> Hub {
    let mut hub = Hub::new(Limits::default());
    for n in 1..=n {
        assert_eq!(hub.connect(ClientKey(n)), []);
        let welcome = ServerMsg::Welcome {
            version: 1,
            you: id(n),
        };
        assert_eq!(
            say(
                &mut hub,
                n,
                &ClientMsg::Hello {
                    version: 1,
                    token: token(n)
                }
            ),
            [to(n, welcome)]
        );
    }
    hub
}
