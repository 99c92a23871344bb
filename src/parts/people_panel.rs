//! Who is here: what they send, whose hand is up in which order, and how loud each of them is for me.

use crate::{
    parts::{
        icon::{
            CAMERA, CAMERA_OFF, Glyph, HAND, Icon, MICROPHONE, MICROPHONE_OFF, SOUND, SOUND_OFF,
            changing,
        },
        lean::{flag, input, memo, part, press, text, word},
        panel::{Panel, PanelKind, Panels},
        stage::Stage,
        tile::called,
        tile_controls::PinButton,
    },
    session::{Call, DeviceState, Ears, Tile},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn PeoplePanel(call: Call, stage: Stage, panels: Panels) -> impl IntoView {
    view! {
        <Panel panels=panels kind=PanelKind::People title=words().people.title>
            <People call=call stage=stage />
        </Panel>
    }
}

#[component]
fn People(call: Call, stage: Stage) -> impl IntoView {
    // Hands first, in their order; everybody else as they came.
    let order = memo(move || {
        let mut people: Vec<(usize, usize)> = call.tiles.with(|tiles| {
            tiles
                .iter()
                .map(|tile| tile.signs.hand.get())
                .enumerate()
                .collect()
        });
        people.sort_by_key(|(_, hand)| hand.wrapping_sub(1));
        people.into_iter().map(|(at, _)| at).collect::<Vec<_>>()
    });
    let people = move || {
        let tiles = call.tiles.get();
        let order = order.get();
        order
            .into_iter()
            .filter_map(|at| tiles.get(at).copied())
            .collect::<Vec<_>>()
    };
    let local = call.local;
    let me = Signal::derive(move || words().call.own_name(&call.my_name.get()));
    let microphone = Signal::derive(move || local.microphone.get() == DeviceState::On);
    let camera = Signal::derive(move || local.camera.get() == DeviceState::On);
    let hand = call.signs.hand;
    let raise = press(move || call.raise_hand(hand.get_untracked() == 0));
    view! {
        <ul class="people">
            <li class="person">
                <PersonLine name=me microphone=microphone camera=camera hand=hand />
                <button type="button" class="button" aria-pressed=flag(move || hand.get() > 0) on:click=raise>
                    <Icon glyph=HAND />
                    {words().signs.raise_hand}
                </button>
            </li>
            <For each=people key=|tile| tile.id.get_value() let:tile>
                <PersonRow tile=tile stage=stage />
            </For>
        </ul>
    }
    .into_any()
}

#[component]
fn PersonRow(tile: Tile, stage: Stage) -> impl IntoView {
    let name = Signal::derive(move || called(&tile.name.get()));
    view! {
        <li class="person">
            <PersonLine name=name microphone=tile.microphone camera=tile.camera hand=tile.signs.hand />
            <div class="person-controls">
                <EarControls ears=tile.ears name=name />
                <PinButton stage=stage key=tile.id name=name />
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn PersonLine(
    name: Signal<String>,
    #[prop(into)] microphone: Signal<bool>,
    #[prop(into)] camera: Signal<bool>,
    hand: RwSignal<usize>,
) -> impl IntoView {
    let people = &words().people;
    let microphone_words = (people.microphone_on, people.microphone_off);
    let camera_words = (people.camera_on, people.camera_off);
    let raised = part(move || {
        let place = hand.get();
        let mark = || {
            view! {
                <span class="person-hand" role="img" aria-label=words().signs.hand_place(place)>
                    <Icon glyph=HAND />
                    {place.to_string()}
                </span>
            }
            .into_any()
        };
        (place > 0).then(mark)
    });
    view! {
        <p class="person-line">
            <bdi>{name}</bdi>
            {raised}
            <State on=microphone glyphs=(MICROPHONE, MICROPHONE_OFF) words=microphone_words />
            <State on=camera glyphs=(CAMERA, CAMERA_OFF) words=camera_words />
        </p>
    }
    .into_any()
}

/// On or off, by its icon and in words.
#[component]
fn State(
    on: Signal<bool>,
    glyphs: (Glyph, Glyph),
    words: (&'static str, &'static str),
) -> impl IntoView {
    view! {
        <span
            class="person-state"
            role="img"
            data-on=flag(move || on.get())
            aria-label=word(move || if on.get() { words.0 } else { words.1 })
        >
            {changing(move || if on.get() { glyphs.0 } else { glyphs.1 })}
        </span>
    }
    .into_any()
}

#[component]
fn EarControls(ears: Ears, name: Signal<String>) -> impl IntoView {
    let words = &words().people;
    let silence = move || words.mute_for_me(&name.get());
    let turn = input(move |value| ears.volume.set(value.parse().unwrap_or(100)));
    view! {
        <button
            type="button"
            class="tile-control"
            aria-label=text(silence)
            title=text(silence)
            aria-pressed=flag(move || ears.silenced.get())
            on:click=press(move || ears.silenced.update(|it| *it = !*it))
        >
            {changing(move || if ears.silenced.get() { SOUND_OFF } else { SOUND })}
        </button>
        <input
            type="range"
            class="volume"
            min="0"
            max="100"
            step="5"
            aria-label=text(move || words.volume(&name.get()))
            prop:value=ears.volume.get_untracked().to_string()
            on:input=turn
        />
    }
    .into_any()
}
