//! What the keyboard does in a call, wherever the focus is, except where somebody writes; and the
//! list of it.

use crate::{
    parts::{
        dialog::Dialog,
        panel::{self, PanelKind, Panels},
        record::toggle_recording,
        stage::Stage,
    },
    session::{Call, DeviceState},
    words::words,
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Microphone,
    Camera,
    Screen,
    Record,
    /// While it is held.
    Talk,
    Hand,
    People,
    Layout,
    Chat,
    List,
}

/// By what is written on the key, so that it is right on every layout; a key held together with
/// another one belongs to the browser.
fn action(key: &str, with_others: bool) -> Option<Action> {
    let one = key.to_lowercase();
    match one.as_str() {
        _ if with_others => None,
        "m" => Some(Action::Microphone),
        "v" => Some(Action::Camera),
        "s" => Some(Action::Screen),
        "r" => Some(Action::Record),
        " " => Some(Action::Talk),
        "h" => Some(Action::Hand),
        "p" => Some(Action::People),
        "l" => Some(Action::Layout),
        "c" => Some(Action::Chat),
        "?" => Some(Action::List),
        _ => None,
    }
}

/// Listens as long as the scope lives that it is called in.
/// `list` and `record` are the dialogs that keys open.
pub fn listen(call: Call, stage: Stage, panels: Panels, [list, record]: [RwSignal<bool>; 2]) {
    let local = call.local;
    // Opened by the key alone, and to be shut when it is let go.
    let talking = StoredValue::new(false);
    let shut_up = move || {
        if talking.try_update_value(std::mem::take) == Some(true) {
            local.set_microphone(false);
        }
    };
    let down = window_event_listener(ev::keydown, move |event| {
        let with_others = event.ctrl_key() || event.alt_key() || event.meta_key();
        let Some(action) = action(&event.key(), with_others) else {
            return;
        };
        let place = place_of(&event);
        if place == Place::Text || (action == Action::Talk && place == Place::Control) {
            return;
        }
        event.prevent_default();
        if event.repeat() {
            return;
        }
        match action {
            Action::Microphone => local.set_microphone(!is_on(local.microphone)),
            Action::Camera => local.set_camera(!is_on(local.camera)),
            Action::Screen => call.toggle_share(),
            Action::Record => toggle_recording(call, record),
            Action::Talk if !is_on(local.microphone) => {
                talking.set_value(true);
                local.set_microphone(true);
            }
            Action::Talk => {}
            Action::Hand => call.raise_hand(call.signs.hand.get_untracked() == 0),
            Action::People => panel::toggle(panels, PanelKind::People),
            Action::Layout => stage.change_layout(),
            Action::Chat => panel::toggle(panels, PanelKind::Chat),
            Action::List => list.update(|open| *open = !*open),
        }
    });
    let up = window_event_listener(ev::keyup, move |event| {
        if event.key() == " " {
            shut_up();
        }
    });
    // The key may be let go where we do not hear of it.
    let away = window_event_listener(ev::blur, move |_| shut_up());
    on_cleanup(move || {
        for listener in [down, up, away] {
            listener.remove();
        }
    });
}

fn is_on(state: RwSignal<DeviceState>) -> bool {
    matches!(
        state.get_untracked(),
        DeviceState::On | DeviceState::Starting
    )
}

/// Where the focus is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Nowhere,
    /// Where the space bar presses something.
    Control,
    /// Where somebody writes or chooses.
    Text,
}

fn place_of(event: &KeyboardEvent) -> Place {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let is = |what| {
        target
            .as_ref()
            .is_some_and(|it| it.matches(what).unwrap_or(false))
    };
    if is("input, textarea, select, [contenteditable]") {
        Place::Text
    } else if is("button, a, summary, [role=button]") {
        Place::Control
    } else {
        Place::Nowhere
    }
}

#[component]
pub fn ShortcutsDialog(open: RwSignal<bool>) -> impl IntoView {
    let words = &words().shortcuts;
    let rows = [
        ("M", words.microphone),
        ("V", words.camera),
        ("S", words.screen),
        ("R", words.record),
        (words.space, words.talk),
        ("H", words.hand),
        ("P", words.people),
        ("L", words.layout),
        ("C", words.chat),
        ("?", words.list),
    ];
    view! {
        <Dialog open=open title=words.title>
            <dl class="shortcuts">
                {rows
                    .map(|(key, does)| {
                        view! {
                            <dt><kbd>{key}</kbd></dt>
                            <dd>{does}</dd>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </dl>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_the_same_with_and_without_shift_and_nothing_with_others() {
        for (key, means) in [
            ("m", Some(Action::Microphone)),
            ("M", Some(Action::Microphone)),
            ("v", Some(Action::Camera)),
            ("s", Some(Action::Screen)),
            ("R", Some(Action::Record)),
            (" ", Some(Action::Talk)),
            ("H", Some(Action::Hand)),
            ("p", Some(Action::People)),
            ("l", Some(Action::Layout)),
            ("c", Some(Action::Chat)),
            ("?", Some(Action::List)),
            ("Enter", None),
            ("", None),
        ] {
            assert_eq!(action(key, false), means, "{key:?}");
            assert_eq!(action(key, true), None, "{key:?} with another key");
        }
    }
}
