//! Top left in a call, small: how the way to others stands, which room this is, how long it has lasted.

use crate::{
    parts::{
        icon::{Icon, OFFLINE},
        lean::{memo, part, text, watch, word},
    },
    session::{Call, LinkStatus, Phase},
    words::words,
};
use leptos::prelude::*;
use std::time::Duration;

#[component]
pub fn CallBar(call: Call, #[prop(into)] room: Signal<String>) -> impl IntoView {
    let mark = part(move || {
        let offline = call.link.get() == LinkStatus::Offline;
        offline.then(|| view! { <Icon glyph=OFFLINE /> }.into_any())
    });
    let status = word(move || {
        let joining = (call.phase.get() == Phase::Joining).then_some(words().call.joining);
        joining
            .or_else(|| words().call.link(call.link.get()))
            .unwrap_or_default()
    });
    view! {
        <header class="call-bar">
            <h1 class="call-room">{room}</h1>
            <Clock call=call />
            <p class="call-link" role="status">{mark} {status}</p>
        </header>
    }
    .into_any()
}

/// Since one is in the call.
#[component]
fn Clock(call: Call) -> impl IntoView {
    let seconds = RwSignal::new(None::<u32>);
    let in_call = memo(move || call.phase.get() == Phase::InCall);
    watch(move || {
        if !in_call.get() {
            return;
        }
        let began = js_sys::Date::now();
        seconds.set(Some(0));
        // From the clock rather than by counting: a tab in the background is woken less often.
        let tick = move || seconds.set(Some(((js_sys::Date::now() - began) / 1_000.0) as u32));
        if let Ok(timer) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || timer.clear());
        }
    });
    view! { <p class="call-clock" role="timer">{text(move || seconds.get().map(clock).unwrap_or_default())}</p> }
}

pub fn clock(seconds: u32) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let two = |number: u32| {
        if number < 10 {
            format!("0{number}")
        } else {
            number.to_string()
        }
    };
    match hours {
        0 => [&minutes.to_string(), ":", &two(seconds)].concat(),
        _ => [&hours.to_string(), ":", &two(minutes), ":", &two(seconds)].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn a_clock_reads_as_people_read_it() {
        for (seconds, text) in [
            (0, "0:00"),
            (9, "0:09"),
            (75, "1:15"),
            (3_600, "1:00:00"),
            (36_061, "10:01:01"),
        ] {
            assert_eq!(clock(seconds), text);
        }
    }
}
