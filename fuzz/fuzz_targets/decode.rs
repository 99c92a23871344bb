//! Everything that comes in from outside, fed with anything. The first byte chooses the decoder, the
//! rest is what came. A panic is a bug of ours; what decodes must also survive its own round trip.
#![no_main]

mod calls;
mod machines;
mod parsers;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(data);
    match choice % 19 {
        0 => parsers::message::<duologue_core::wire::ClientMsg>(&text),
        1 => parsers::message::<duologue_core::wire::ServerMsg>(&text),
        2 => parsers::message::<duologue_core::wire::PeerMsg>(&text),
        3 => parsers::message::<duologue_core::wire::Card>(&text),
        4 => parsers::name(&text),
        5 => parsers::room(&text),
        6 => parsers::envelope(&text),
        7 => parsers::sealed(data),
        8 => parsers::token(&text),
        9 => parsers::checked_token(data),
        10 => parsers::description(&text),
        11 => machines::hub(&text),
        12 => machines::tabs(&text),
        13 => parsers::message::<duologue_core::wire::names::Ask>(&text),
        14 => parsers::message::<duologue_core::wire::names::Say>(&text),
        15 => parsers::message::<duologue_core::ring::Letter>(&text),
        16 => machines::directory(&text),
        17 => calls::in_room(&text),
        _ => calls::direct(&text),
    }
});
