//! Recording in a call: the button, what is asked before it begins, the mark while it lasts with its
//! time and size, and what everybody else sees and hears of it.

use crate::{
    parts::{
        button::Button,
        call_bar::clock,
        dialog::Dialog,
        icon::{Icon, PAUSE, RECORD, RESUME, WARNING},
        lean::{flag, part, press, text, watch, word},
        switch::Switch,
        tile::called,
    },
    route::Route,
    session::{Call, RecordState, Recorded, Tile, recording::chime},
    words::words,
};
use leptos::prelude::*;
use std::time::Duration;

/// Long enough to be read twice.
const SHOWN_FOR: Duration = Duration::from_secs(8);

/// Asks before it begins, and ends without a question.
pub fn toggle_recording(call: Call, asks: RwSignal<bool>) {
    match call.recording.state.get_untracked() {
        RecordState::Off if call.recording.is_possible() => asks.update(|open| *open = !*open),
        RecordState::On | RecordState::Paused => call.recording.end(),
        RecordState::Off | RecordState::Starting | RecordState::Ending => {}
    }
}

#[component]
pub fn RecordToggle(call: Call, asks: RwSignal<bool>) -> impl IntoView {
    let label = words().call.record;
    let state = call.recording.state;
    view! {
        <button
            type="button"
            class="round"
            data-kind="panel"
            data-records=flag(move || runs(state.get()))
            aria-label=label
            title=label
            aria-pressed=flag(move || runs(state.get()))
            data-busy=flag(move || matches!(state.get(), RecordState::Starting | RecordState::Ending))
            prop:disabled=!call.recording.is_possible()
            on:click=press(move || toggle_recording(call, asks))
        >
            <Icon glyph=RECORD />
        </button>
    }
    .into_any()
}

const fn runs(state: RecordState) -> bool {
    matches!(state, RecordState::On | RecordState::Paused)
}

#[component]
pub fn RecordDialog(call: Call, open: RwSignal<bool>) -> impl IntoView {
    let (words, recording) = (&words().recording, call.recording);
    let start = move || {
        press(move || {
            open.set(false);
            recording.begin(call);
        })
    };
    let each = move || press(move || recording.each.update(|it| *it = !*it));
    view! {
        <Dialog open=open title=words.title>
            <p>{words.whole}</p>
            <Switch text=words.each checked=flag(move || recording.each.get()) press=each() />
            <p class="soft">{words.told}</p>
            <p class="soft">{words.kept_here}</p>
            <div class="record-choice">
                <Button text=words.start kind="primary" press=start() />
                <Button text=words.cancel press=press(move || open.set(false)) />
                <a class="button" href=Route::Recordings.fragment() target="_blank">{words.see}</a>
            </div>
        </Dialog>
    }
}

/// Everything about it that is on the stage.
#[component]
pub fn RecordMarks(call: Call) -> impl IntoView {
    let state = call.recording.state;
    let own = move || view! { <OwnMark call=call /> }.into_any();
    let others = Signal::derive(move || {
        let mut tiles = call.tiles.get();
        tiles.retain(|tile| tile.recording.get() != Recorded::Off);
        tiles
    });
    view! {
        <div class="record-marks">
            {part(move || (state.get() != RecordState::Off).then(own))}
            <For each=move || others.get() key=|tile| tile.id.get_value() let:tile>
                <OthersMark tile=tile />
            </For>
        </div>
    }
    .into_any()
}

#[component]
fn OwnMark(call: Call) -> impl IntoView {
    let (words, recording) = (&words().recording, call.recording);
    let state = recording.state;
    let said = word(move || match state.get() {
        RecordState::Starting => words.starting,
        RecordState::Paused => words.paused,
        RecordState::Ending => words.ending,
        RecordState::On | RecordState::Off => words.on,
    });
    let size = text(move || crate::words::words().files.size(recording.bytes.get()));
    let hold = part(move || {
        let (label, glyph) = match state.get() {
            RecordState::On => (words.pause, PAUSE),
            RecordState::Paused => (words.resume, RESUME),
            _ => return None,
        };
        let hold = press(move || recording.hold());
        let button = view! {
            <button type="button" class="record-hold" aria-label=label title=label on:click=hold>
                <Icon glyph=glyph />
            </button>
        };
        Some(button.into_any())
    });
    view! {
        <div
            class="record-mark"
            role="group"
            aria-label=words.on
            data-state=word(move || if state.get() == RecordState::On { "on" } else { "still" })
        >
            <span class="record-dot"></span>
            <span>{said}</span>
            <span class="record-time" role="timer">{text(move || clock(recording.seconds.get()))}</span>
            <span class="record-size">{size}</span>
            {hold}
        </div>
    }
    .into_any()
}

#[component]
fn OthersMark(tile: Tile) -> impl IntoView {
    let words = &words().recording;
    let said = text(move || {
        let name = called(&tile.name.get());
        match tile.recording.get() {
            Recorded::Paused => words.by_paused(&name),
            Recorded::On | Recorded::Off => words.by(&name),
        }
    });
    view! {
        <div
            class="record-mark"
            data-state=word(move || if tile.recording.get() == Recorded::On { "on" } else { "still" })
        >
            <span class="record-dot"></span>
            <span>{said}</span>
        </div>
    }
    .into_any()
}

/// Id, name, whether they record.
type Known = Vec<(String, String, bool)>;

/// What is said of it, to eyes and ears: who begins and ends, and what one has to know of one's own.
#[component]
pub fn RecordNews(call: Call) -> impl IntoView {
    let recording = call.recording;
    let said = RwSignal::new(None::<String>);
    let speaker = call.local.chosen_speaker;
    Effect::new(move |before: Option<Known>| {
        let now = known(&call.tiles.get());
        if let Some((text, begins)) = difference(&before.unwrap_or_default(), &now) {
            said.set(Some(text));
            if begins {
                chime(&speaker.get_untracked());
            }
        }
        now
    });
    Effect::new(move |before: Option<bool>| {
        let on = runs(recording.state.get());
        if on && before == Some(false) {
            said.set(Some(words().recording.began.to_owned()));
        }
        on
    });
    watch(move || {
        if said.with(Option::is_none) {
            return;
        }
        if let Ok(over) = set_timeout_with_handle(move || said.set(None), SHOWN_FOR) {
            on_cleanup(move || over.clear());
        }
    });
    view! {
        <p class="record-news" role="status">{text(move || said.get().unwrap_or_default())}</p>
        <Notices call=call />
    }
    .into_any()
}

#[component]
fn Notices(call: Call) -> impl IntoView {
    let (words, recording) = (&words().recording, call.recording);
    let trouble = part(move || {
        let text = words.trouble(recording.trouble.get()?);
        Some(notice(text.to_owned(), "alert", move || {
            recording.trouble.set(None)
        }))
    });
    let low = part(move || {
        let seconds = recording
            .low
            .get()
            .filter(|_| runs(recording.state.get()))?;
        let text = words.low(&crate::words::words().files.time(seconds));
        Some(notice(text, "alert", move || recording.low.set(None)))
    });
    let of_start = part(move || {
        let text = match runs(recording.state.get()) {
            true if recording.fleeting.get() => words.fleeting,
            true if recording.unmixed.get() => words.unmixed,
            _ => return None,
        };
        let close = move || {
            recording.fleeting.set(false);
            recording.unmixed.set(false);
        };
        Some(notice(text.to_owned(), "status", close))
    });
    let saved = part(move || {
        let kept = recording.kept.get() && recording.state.get() == RecordState::Off;
        kept.then(|| {
            view! {
                <div class="notice" role="status">
                    <p>{words.saved}</p>
                    <a class="button" href=Route::Recordings.fragment() target="_blank">{words.see}</a>
                    <Button text=crate::words::words().common.close press=press(move || recording.kept.set(false)) />
                </div>
            }
            .into_any()
        })
    });
    view! { {trouble} {low} {of_start} {saved} }.into_any()
}

fn notice(text: String, role: &'static str, close: impl FnMut() + 'static) -> AnyView {
    view! {
        <div class="notice" data-tone="warn" role=role>
            <Icon glyph=WARNING />
            <p>{text}</p>
            <Button text=words().common.close press=press(close) />
        </div>
    }
    .into_any()
}

fn known(tiles: &[Tile]) -> Known {
    let one = |tile: &Tile| {
        let records = tile.recording.get() != Recorded::Off;
        (tile.id.get_value(), called(&tile.name.get()), records)
    };
    tiles.iter().map(one).collect()
}

/// The first who records now and did not, else the first who did and does not though they are here.
/// And whether it begins.
fn difference(before: &Known, now: &Known) -> Option<(String, bool)> {
    let did = |id: &str| before.iter().any(|(it, _, records)| it == id && *records);
    let words = &words().recording;
    let began = now.iter().find(|(id, _, records)| *records && !did(id));
    let ended = || now.iter().find(|(id, _, records)| !*records && did(id));
    began
        .map(|(_, name, _)| (words.by_began(name), true))
        .or_else(|| ended().map(|(_, name, _)| (words.by_ended(name), false)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_begins_and_who_ends_is_said_by_name() {
        let people = |list: &[(&str, &str, bool)]| -> Known {
            let one = |(id, name, records): &(&str, &str, bool)| {
                (id.to_string(), name.to_string(), *records)
            };
            list.iter().map(one).collect()
        };
        let quiet = people(&[("1", "Ana", false), ("2", "Ben", false)]);
        let ana = people(&[("1", "Ana", true), ("2", "Ben", false)]);
        let said = |before: &Known, now: &Known| difference(before, now);
        let begins = Some(("Ana is recording this call.".to_string(), true));
        assert_eq!(said(&quiet, &ana), begins);
        // Who comes into a call that is recorded is told the same.
        assert_eq!(said(&Known::new(), &ana), begins);
        assert_eq!(
            said(&ana, &quiet),
            Some(("Ana stopped recording.".to_string(), false))
        );
        assert_eq!(said(&ana, &ana), None);
        // Who has gone took it along; that they left is said elsewhere.
        assert_eq!(said(&ana, &people(&[("2", "Ben", false)])), None);
    }
}
