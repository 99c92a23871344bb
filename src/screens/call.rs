//! The call: the people are the picture, the controls float on it and step back.

use crate::{
    parts::{
        button::Button,
        call_bar::CallBar,
        grid::Grid,
        icon::{Icon, SOUND},
        invite::{FirstHere, InviteDialog},
        lean::{flag, memo, part, pointer, press},
        news::News,
        options::OptionsDialog,
        own_tile::OwnTile,
        page,
        picture::Hearing,
        screen_tile::{OwnScreenTile, ScreenTile, ShareNotice},
        shortcuts::{self, ShortcutsDialog},
        stillness::Stillness,
        tile::{PersonTile, called},
        toolbar::Toolbar,
    },
    route::Route,
    session::{Call, Phase, ShareState},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn CallStage(call: Call) -> impl IntoView {
    page::use_call_favicon();
    let room = room_name(call);
    page::use_title(move || title(call, room));
    let others = memo(move || call.tiles.with(Vec::len));
    // From three people on, one's own picture gives its place to the others.
    let own_is_small = Signal::derive(move || others.get() >= 2);
    let screens = Signal::derive(move || {
        let mut tiles = call.tiles.get();
        tiles.retain(|tile| tile.screen.get().is_some());
        tiles
    });
    let shares = memo(move || matches!(call.share.state.get(), ShareState::On { .. }));
    let count = Signal::derive(move || {
        let shown = screens.with(Vec::len) + usize::from(shares.get());
        others.get() + shown + usize::from(!own_is_small.get())
    });
    let waiting = memo(move || {
        let invitable = call.address.with(|address| !address.is_empty());
        invitable && others.get() == 0 && call.phase.get() == Phase::InCall
    });
    let hearing = Hearing {
        speaker: call.local.chosen_speaker,
        held_back: RwSignal::new(false),
    };
    let retry = Callback::new(move |tile| call.retry(tile));
    let [invite, options, keys] = [(); 3].map(|()| RwSignal::new(false));
    shortcuts::listen(call, keys);
    let stillness = Stillness::begin();
    view! {
        <main
            class="call"
            data-still=flag(move || stillness.get())
            on:pointermove=pointer(move |event| stillness.on_pointer_move(&event))
            on:focusin=move |_| stillness.show()
        >
            <div class="stage" on:click=move |event| stillness.on_tap(&event)>
                <Grid count=count>
                    <For each=move || screens.get() key=|tile| tile.id.get_value() let:tile>
                        <ScreenTile tile=tile hearing=hearing />
                    </For>
                    {part(move || shares.get().then(|| view! { <OwnScreenTile call=call /> }.into_any()))}
                    <For each=move || call.tiles.get() key=|tile| tile.id.get_value() let:tile>
                        <PersonTile tile=tile hearing=hearing retry=retry />
                    </For>
                    <OwnTile call=call small=own_is_small />
                    {part(move || waiting.get().then(|| view! { <FirstHere call=call /> }.into_any()))}
                </Grid>
            </div>
            <CallBar call=call room=room />
            <News tiles=call.tiles />
            <HeldBack hearing=hearing />
            <ShareNotice call=call />
            <Toolbar call=call invite=invite options=options />
            <InviteDialog call=call open=invite />
            <OptionsDialog call=call open=options keys=keys />
            <ShortcutsDialog open=keys />
        </main>
    }
    .into_any()
}

/// Browsers may want a click before they play sound; this is it.
#[component]
fn HeldBack(hearing: Hearing) -> impl IntoView {
    let words = &words().call;
    let button = move || {
        view! {
            <div class="held-back notice" data-tone="warn" role="alert">
                <Icon glyph=SOUND />
                <p>{words.sound_held_back}</p>
                <Button text=words.sound_on press=press(move || hearing.held_back.set(false)) />
            </div>
        }
        .into_any()
    };
    part(move || hearing.held_back.get().then(button))
}

/// A typed room is known by its name; a made one has none worth reading.
fn room_name(call: Call) -> Signal<String> {
    let words = &words().call;
    Signal::derive(move || {
        let address = call.address.get();
        match Route::entered(&address) {
            Some(Route::Room(name)) if call.guessable.get() => name,
            Some(_) => words.private_room.to_string(),
            None => words.direct_room.to_string(),
        }
    })
}

/// With whom, if anybody is there.
fn title(call: Call, room: Signal<String>) -> String {
    let names: Vec<String> = call
        .tiles
        .get()
        .iter()
        .map(|tile| called(&tile.name.get()))
        .collect();
    if names.is_empty() {
        room.get()
    } else {
        names.join(", ")
    }
}
