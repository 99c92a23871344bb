//! A room: its green room, the call, and what comes after, by the phase of the call.

use crate::{
    parts::{
        button::HomeLink,
        lean::{memo, part, watch},
        message::Message,
        page,
    },
    route::Route,
    screens::{call::CallStage, door::DoorScreen, ended::EndedCall, green_room::GreenRoom},
    session::{Call, Ended, Phase, RoomError},
    words::{Step, words},
};
use leptos::prelude::*;

/// Which of the screens a call is on. Joining and being in it are one, so that nothing is redrawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Before,
    Call,
    After(Ended),
}

#[component]
pub fn Room(room: String) -> impl IntoView {
    // A call that has ended is over; coming back is a new one, which joins by itself.
    let opened = RwSignal::new(0_u32);
    part(move || {
        let again = opened.get() > 0;
        Some(match untrack(|| Call::open_room(&room)) {
            Ok(call) => view! { <OpenRoom call=call again=again opened=opened /> }.into_any(),
            Err(error) => cannot_open(error),
        })
    })
}

#[component]
fn OpenRoom(call: Call, again: bool, opened: RwSignal<u32>) -> impl IntoView {
    let stage = memo(move || match call.phase.get() {
        Phase::Opening | Phase::Lobby => Stage::Before,
        Phase::Joining | Phase::InCall => Stage::Call,
        Phase::Ended(ended) => Stage::After(ended),
    });
    let named = call.my_name.with_untracked(|name| !name.is_empty());
    // Wished for before the room was ready, joining follows as soon as it is.
    let wanted = RwSignal::new(again || call.summoned || page::presets().join && named);
    watch(move || {
        if wanted.get() && call.phase.get() == Phase::Lobby {
            wanted.set(false);
            call.join(call.my_name.get_untracked());
        }
    });
    let act = move |step| match step {
        Step::Reload => page::reload(),
        _ => opened.update(|opened| *opened += 1),
    };
    part(move || {
        Some(match stage.get() {
            Stage::Before => view! { <GreenRoom call=call wanted=wanted /> }.into_any(),
            Stage::Call => view! { <CallStage call=call /> }.into_any(),
            Stage::After(ended) => after(call, ended, act),
        })
    })
}

/// Apart, so that the first load does without it.
#[inline(never)]
fn after(call: Call, ended: Ended, act: impl Fn(Step) + Copy + Send + Sync + 'static) -> AnyView {
    // From a call by name back to the names: the next call is begun there, not in the old room.
    if call.summoned && matches!(ended, Ended::Left | Ended::OtherLeft) {
        page::go(&Route::People);
        return ().into_any();
    }
    if matches!(ended, Ended::PassWanted | Ended::PassRefused) {
        return view! { <DoorScreen ended=ended /> }.into_any();
    }
    view! { <EndedCall ended=ended act=act /> }.into_any()
}

#[inline(never)]
fn cannot_open(error: RoomError) -> AnyView {
    view! { <CannotOpen error=error /> }.into_any()
}

#[component]
fn CannotOpen(error: RoomError) -> impl IntoView {
    let words = words();
    view! {
        <Message
            title=words.common.room_cannot_open
            text=words.ended.room(error).text
            alert=true
        >
            <HomeLink kind="primary" />
        </Message>
    }
}
