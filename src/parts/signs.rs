//! Reactions and raised hands: where one makes them, and what they look like on a tile.

use crate::{
    parts::{
        icon::{HAND, Icon, SMILE},
        lean::{flag, part, press},
    },
    session::{Call, Reaction, Signs},
    words::words,
};
use leptos::{ev, prelude::*};
use std::time::Duration;

/// A reaction is gone after this; the style sheet moves it meanwhile.
const SHOWN_FOR: Duration = Duration::from_secs(4);
const MENU: &str = "reactions";

const fn emoji(reaction: Reaction) -> &'static str {
    match reaction {
        Reaction::ThumbsUp => "👍",
        Reaction::Heart => "❤️",
        Reaction::Laugh => "😂",
        Reaction::Clap => "👏",
        Reaction::Surprise => "😮",
        Reaction::Celebrate => "🎉",
    }
}

/// On a tile: what passes, and the hand that stays.
#[component]
pub fn TileSigns(signs: Signs) -> impl IntoView {
    let shown = move || signs.reactions.get();
    let hand = part(move || {
        let place = signs.hand.get();
        let label = words().signs.hand_place(place);
        (place > 0).then(|| {
            view! {
                <p class="tile-hand" role="img" aria-label=label>
                    <Icon glyph=HAND />
                    {place.to_string()}
                </p>
            }
            .into_any()
        })
    });
    view! {
        {hand}
        <For each=shown key=|(no, _)| *no let((no, reaction))>
            <Passing signs=signs no=no reaction=reaction />
        </For>
    }
    .into_any()
}

#[component]
fn Passing(signs: Signs, no: u32, reaction: Reaction) -> impl IntoView {
    if let Ok(timer) = set_timeout_with_handle(move || signs.take_away(no), SHOWN_FOR) {
        on_cleanup(move || timer.clear());
    }
    // Said by the announcements; here it is a picture. They do not lie on each other.
    let lane = (no % 4).to_string();
    view! {
        <span class="reaction" aria-hidden="true" style=("--lane", lane)>
            {emoji(reaction)}
        </span>
    }
    .into_any()
}

/// In the toolbar: opens the row of reactions, with one's hand at its end.
#[component]
pub fn SignsButton(call: Call) -> impl IntoView {
    let words = &words().signs;
    view! {
        <button
            type="button"
            class="round"
            aria-label=words.title
            title=words.title
            popovertarget=MENU
            data-raised=flag(move || call.signs.hand.get() > 0)
        >
            <Icon glyph=SMILE />
        </button>
    }
    .into_any()
}

/// The row itself, above the toolbar; made when it is first opened.
#[component]
pub fn SignsMenu(call: Call) -> impl IntoView {
    let opened = RwSignal::new(false);
    let body = part(move || opened.get().then(|| view! { <Row call=call /> }.into_any()));
    view! {
        <div
            class="signs"
            popover="auto"
            id=MENU
            role="group"
            aria-label=words().signs.title
            on:beforetoggle=move |_: ev::Event| opened.set(true)
        >
            {body}
        </div>
    }
    .into_any()
}

#[component]
fn Row(call: Call) -> impl IntoView {
    let words = &words().signs;
    let buttons = Reaction::ALL.map(|reaction| {
        let name = words.reaction(reaction);
        view! {
            <button
                type="button"
                class="sign"
                aria-label=name
                title=name
                popovertarget=MENU
                popovertargetaction="hide"
                on:click=press(move || call.react(reaction))
            >
                {emoji(reaction)}
            </button>
        }
    });
    let up = move || call.signs.hand.get() > 0;
    view! {
        {buttons.into_iter().collect_view()}
        <button
            type="button"
            class="button"
            data-kind="plain"
            aria-pressed=flag(up)
            popovertarget=MENU
            popovertargetaction="hide"
            on:click=press(move || call.raise_hand(call.signs.hand.get_untracked() == 0))
        >
            <Icon glyph=HAND />
            {words.raise_hand}
        </button>
    }
    .into_any()
}
