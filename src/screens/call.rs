//! The call: the people are the picture, the controls float on it and step back.

use crate::{
    parts::{
        button::Button,
        call_bar::CallBar,
        chat::ChatPanel,
        chat_news::ChatNews,
        details::DetailsPanel,
        device_notices::{DeviceNotices, MutedHint},
        files::FileTools,
        grid::{Grid, Placed},
        icon::{Icon, SOUND},
        invite::{FirstHere, InviteDialog},
        lean::{flag, memo, part, pointer, press},
        news::News,
        options::OptionsDialog,
        own_tile::OwnTile,
        page,
        panel::Panels,
        people_panel::PeoplePanel,
        picture::Hearing,
        pip::{Pip, PipWindow},
        record::{RecordDialog, RecordMarks, RecordNews},
        screen_tile::{OwnScreenTile, ScreenTile, ShareNotice},
        shortcuts::{self, ShortcutsDialog},
        signs::SignsMenu,
        stage::{OWN_SCREEN, SELF, Spot, Stage, screen_of},
        stage_options::ShowSelf,
        stillness::Stillness,
        tile::{PersonTile, called},
        toolbar::Toolbar,
        verify::VerifyDialog,
    },
    route::Route,
    session::{Call, DeviceState, Phase, ShareState, Tile},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn CallStage(call: Call) -> impl IntoView {
    let muted = move || call.local.microphone.get() != DeviceState::On;
    page::use_call_favicon(muted);
    let room = room_name(call);
    page::use_title(move || title(call, room, muted()));
    let others = memo(move || call.tiles.with(Vec::len));
    let stage = Stage::new(call);
    let own_is_small = Signal::derive(move || stage.spot(SELF) == Spot::Corner);
    let panels: Panels = RwSignal::new(None);
    let pip = Pip::new(call, stage);
    let screens = Signal::derive(move || {
        let mut tiles = call.tiles.get();
        tiles.retain(|tile| tile.screen.get().is_some());
        tiles
    });
    let shares = memo(move || matches!(call.share.state.get(), ShareState::On { .. }));
    let own_screen = move || {
        view! {
            <Placed stage=stage key=OWN_SCREEN>
                <OwnScreenTile call=call />
            </Placed>
        }
        .into_any()
    };
    let waiting = memo(move || {
        let invitable = call.address.with(|address| !address.is_empty());
        invitable && others.get() == 0 && call.phase.get() == Phase::InCall
    });
    let hearing = Hearing {
        speaker: call.local.chosen_speaker,
        held_back: RwSignal::new(false),
    };
    let retry = Callback::new(move |tile| call.retry(tile));
    let verify = Callback::new(move |tile| call.compare(tile));
    let [invite, options, keys, record] = [(); 4].map(|()| RwSignal::new(false));
    shortcuts::listen(call, stage, panels, [keys, record]);
    // Of what a call has beside people, nothing holds up its beginning.
    let later = call.files.ready;
    let stillness = Stillness::begin();
    view! {
        <main
            class="call"
            data-still=flag(move || stillness.get())
            on:pointermove=pointer(move |event| stillness.on_pointer_move(&event))
            on:focusin=move |_| stillness.show()
        >
            <div class="stage" on:click=move |event| stillness.on_tap(&event)>
                <Grid stage=stage>
                    <For each=move || screens.get() key=|tile| tile.id.get_value() let:tile>
                        <Placed stage=stage key=screen_of(&tile)>
                            <ScreenTile tile=tile hearing=hearing stage=stage />
                        </Placed>
                    </For>
                    <For each=move || call.tiles.get() key=|tile| tile.id.get_value() let:tile>
                        <Placed stage=stage key=tile.id.get_value()>
                            <PersonTile tile=tile hearing=hearing stage=stage retry=retry verify=verify />
                        </Placed>
                    </For>
                    {part(move || shares.get().then(own_screen))}
                    <Placed stage=stage key=SELF>
                        <OwnTile call=call small=own_is_small />
                    </Placed>
                    <ShowSelf stage=stage />
                    {part(move || waiting.get().then(|| view! { <FirstHere call=call /> }.into_any()))}
                </Grid>
            </div>
            <CallBar call=call room=room />
            {part(move || later.get().then(|| view! { <RecordMarks call=call /> }.into_any()))}
            <News tiles=call.tiles />
            <HeldBack hearing=hearing />
            <ShareNotice call=call />
            <div class="call-notices">
                <DeviceNotices local=call.local />
                <MutedHint local=call.local />
                {part(move || later.get().then(|| view! { <RecordNews call=call /> }.into_any()))}
                {part(move || later.get().then(|| view! { <FileTools call=call panels=panels /> }.into_any()))}
            </div>
            <ChatNews call=call panels=panels />
            <Toolbar call=call panels=panels invite=invite options=options record=record />
            <SignsMenu call=call />
            <PeoplePanel call=call stage=stage panels=panels />
            <PipWindow pip=pip />
            <DetailsPanel call=call panels=panels />
            <ChatPanel call=call panels=panels />
            <InviteDialog call=call open=invite />
            <OptionsDialog call=call stage=stage pip=pip open=options keys=keys />
            <ShortcutsDialog open=keys />
            <RecordDialog call=call open=record />
            <VerifyDialog call=call />
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

/// With whom, if anybody is there; before that, what one would like to know from another tab.
fn title(call: Call, room: Signal<String>, muted: bool) -> String {
    let tiles = call.tiles.get();
    if tiles.is_empty() {
        return room.get();
    }
    let name = |tile: &Tile| called(&tile.name.get());
    let names: Vec<String> = tiles.iter().map(name).collect();
    let signs = &words().signs;
    let raised = tiles.iter().any(|tile| tile.signs.hand.get() > 0);
    let mut title: Vec<&str> = Vec::new();
    title.extend(raised.then_some(signs.hand_in_title));
    title.extend(muted.then_some(signs.muted_in_title));
    let names = names.join(", ");
    title.push(&names);
    title.join(" ")
}
