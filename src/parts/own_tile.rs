//! One's own picture in a call: a tile among the others, or small in a corner from three people on,
//! where a finger, a mouse or the arrow keys move it out of the way.

use crate::{
    parts::{
        flip::FlipButton,
        lean::{flag, pointer, text, word},
        picture::Picture,
        signs::TileSigns,
        tile::{Initial, NameChip, called},
    },
    session::{Call, DeviceState},
    words::words,
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// Where the small picture sits. Left and right as seen, whatever the script: a person puts it there.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Corner {
    top: bool,
    left: bool,
}

impl Corner {
    fn name(self) -> &'static str {
        match (self.top, self.left) {
            (true, true) => "top left",
            (true, false) => "top right",
            (false, true) => "bottom left",
            (false, false) => "bottom right",
        }
    }

    fn moved(self, key: &str) -> Option<Corner> {
        match key {
            "ArrowUp" => Some(Corner { top: true, ..self }),
            "ArrowDown" => Some(Corner { top: false, ..self }),
            "ArrowLeft" => Some(Corner { left: true, ..self }),
            "ArrowRight" => Some(Corner {
                left: false,
                ..self
            }),
            _ => None,
        }
    }

    /// The corner of a `width` × `height` window that a point is nearest to.
    fn nearest(x: f64, y: f64, width: f64, height: f64) -> Corner {
        Corner {
            top: y < height / 2.0,
            left: x < width / 2.0,
        }
    }
}

#[component]
pub fn OwnTile(call: Call, #[prop(into)] small: Signal<bool>) -> impl IntoView {
    let corner = RwSignal::new(Corner {
        top: false,
        left: false,
    });
    // From where a drag began, and how far it has come.
    let drag = RwSignal::new(None::<(i32, i32, i32, i32)>);
    let local = call.local;
    let camera = move || local.camera.get() == DeviceState::On;
    let name = Signal::derive(move || words().call.own_name(&call.my_name.get()));

    let grab = move |event: ev::PointerEvent| {
        if small.get_untracked() && event.button() == 0 {
            hold_pointer(&event);
            drag.set(Some((event.client_x(), event.client_y(), 0, 0)));
        }
    };
    let pull = move |event: ev::PointerEvent| {
        if let Some((x, y, ..)) = drag.get_untracked() {
            drag.set(Some((x, y, event.client_x() - x, event.client_y() - y)));
        }
    };
    let let_go = move |event: ev::PointerEvent| {
        let Some((_, _, right, down)) = drag.get_untracked() else {
            return;
        };
        drag.set(None);
        // A press that hardly moved is no drag.
        if right.abs() + down.abs() > 8 {
            let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
            let (width, height) = window_size();
            corner.set(Corner::nearest(x, y, width, height));
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if let Some(moved) = corner
            .get_untracked()
            .moved(&event.key())
            .filter(|_| small.get_untracked())
        {
            event.prevent_default();
            corner.set(moved);
        }
    };
    let pixels = move |pick: fn((i32, i32, i32, i32)) -> i32| {
        [&drag.get().map_or(0, pick).to_string(), "px"].concat()
    };
    view! {
        <div
            class="tile own-tile"
            role="group"
            aria-label=name
            aria-description=word(move || if small.get() { words().call.move_own } else { "" })
            tabindex=word(move || if small.get() { "0" } else { "-1" })
            data-peer="self"
            data-state="connected"
            data-small=flag(move || small.get())
            data-corner=word(move || corner.get().name())
            data-dragged=flag(move || drag.get().is_some())
            data-camera=flag(camera)
            data-mirrored=flag(move || local.mirrored.get())
            style=("--right", text(move || pixels(|drag| drag.2)))
            style=("--down", text(move || pixels(|drag| drag.3)))
            on:pointerdown=pointer(grab)
            on:pointermove=pointer(pull)
            on:pointerup=pointer(let_go)
            on:pointercancel=pointer(move |_| drag.set(None))
            on:keydown=on_key
        >
            <Picture stream=local.preview />
            <FlipButton local=local />
            <Initial name=Signal::derive(move || called(&call.my_name.get())) />
            <NameChip name=name muted=Signal::derive(move || local.microphone.get() != DeviceState::On) />
            <TileSigns signs=call.signs />
        </div>
    }
    .into_any()
}

/// So that a drag goes on when the pointer leaves the picture.
fn hold_pointer(event: &ev::PointerEvent) {
    let target = event
        .current_target()
        .and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    if let Some(target) = target {
        // Refused only for a pointer that is gone already.
        let _ = target.set_pointer_capture(event.pointer_id());
    }
}

fn window_size() -> (f64, f64) {
    let side = |side: Result<wasm_bindgen::JsValue, _>| {
        side.ok().and_then(|it| it.as_f64()).unwrap_or(0.0)
    };
    (side(window().inner_width()), side(window().inner_height()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_keys_reach_every_corner_and_other_keys_move_nothing() {
        let mut corner = Corner {
            top: false,
            left: false,
        };
        for (key, name) in [
            ("ArrowLeft", "bottom left"),
            ("ArrowUp", "top left"),
            ("ArrowRight", "top right"),
            ("ArrowDown", "bottom right"),
        ] {
            corner = corner.moved(key).unwrap();
            assert_eq!(corner.name(), name);
        }
        assert!(corner.moved("Enter").is_none());
    }

    #[test]
    fn a_dropped_picture_goes_to_the_nearest_corner() {
        assert_eq!(
            Corner::nearest(10.0, 590.0, 800.0, 600.0).name(),
            "bottom left"
        );
        assert_eq!(
            Corner::nearest(700.0, 20.0, 800.0, 600.0).name(),
            "top right"
        );
    }
}
