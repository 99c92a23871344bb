//! A small window that stays while one looks at something else. Where the browser lets a document
//! float, it has whoever is large or speaks, and the controls; elsewhere it is their video alone.

use crate::{
    browser::pip::{self, Floating},
    parts::{
        button::RoundButton,
        icon::LEAVE,
        lean::{memo, part, press, watch},
        picture::Picture,
        stage::Stage,
        tile::{Initial, NameChip, called},
        toggle::DeviceToggles,
    },
    session::{Call, Tile},
    words::words,
};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlVideoElement;

const SIZE: (u32, u32) = (360, 300);

#[derive(Clone, Copy)]
pub struct Pip {
    call: Call,
    stage: Stage,
    open: RwSignal<bool>,
    window: StoredValue<Option<Floating>, LocalStorage>,
}

impl Pip {
    pub fn new(call: Call, stage: Stage) -> Pip {
        Pip {
            call,
            stage,
            open: RwSignal::new(false),
            window: StoredValue::new_local(None),
        }
    }

    pub fn is_possible(self) -> bool {
        pip::has_document() || pip::has_video()
    }

    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// Call it in the handling of a press: browsers float nothing without.
    pub fn toggle(self) {
        if pip::has_document() {
            if self.open.get_untracked() {
                self.close();
            } else {
                self.float_document();
            }
        } else if pip::is_video_floating() {
            pip::sink_video();
        } else if let Some(video) = self.video() {
            let asked = pip::float_video(&video);
            // Refused where there is no picture yet: then nothing floats.
            spawn_local(async move { drop(asked.await) });
        }
    }

    fn close(self) {
        self.open.try_set(false);
        self.window.try_set_value(None);
    }

    fn float_document(self) {
        let asked = pip::open_document(SIZE, move || self.close());
        spawn_local(async move {
            let Ok(window) = asked.await else { return };
            // The call may have ended while the browser made up its mind.
            if self.window.try_set_value(Some(window)).is_none() {
                self.open.set(true);
            }
        });
    }

    /// Who is shown: who is large, else who speaks, else who came first.
    fn shown(self) -> Option<Tile> {
        let wanted = self.stage.large().or_else(|| self.call.speaker.get());
        let tiles = self.call.tiles.get();
        let found = tiles
            .iter()
            .find(|tile| tile.id.with_value(|id| Some(id) == wanted.as_ref()));
        found.or(tiles.first()).copied()
    }

    fn video(self) -> Option<HtmlVideoElement> {
        let key = untrack(|| self.shown())?.id.get_value();
        let video = ["[data-peer=\"", &key, "\"] video"].concat();
        let video = document().query_selector(&video).ok().flatten()?;
        video.dyn_into().ok()
    }
}

/// What floats. It is made on the page and moves over when it is there.
#[component]
pub fn PipWindow(pip: Pip) -> impl IntoView {
    on_cleanup(move || pip.close());
    part(move || {
        pip.open
            .get()
            .then(|| view! { <Body pip=pip /> }.into_any())
    })
}

#[component]
fn Body(pip: Pip) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    watch(move || {
        if let Some(body) = node.get() {
            pip.window.with_value(|window| {
                if let Some(window) = window {
                    window.take(&body);
                }
            });
        }
    });
    let call = pip.call;
    let shown = memo(move || pip.shown().map(|tile| tile.id.get_value()));
    let picture = part(move || {
        shown.track();
        untrack(|| pip.shown()).map(|tile| view! { <Person tile=tile /> }.into_any())
    });
    view! {
        <div class="pip" node_ref=node>
            {picture}
            <div class="pip-controls">
                <DeviceToggles local=call.local />
                <RoundButton
                    label=words().call.leave
                    glyph=LEAVE
                    kind="stop"
                    press=press(move || call.leave())
                />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Person(tile: Tile) -> impl IntoView {
    let name = Signal::derive(move || called(&tile.name.get()));
    view! {
        <div class="tile" data-camera=crate::parts::lean::flag(move || tile.camera.get()) data-state="connected">
            <Picture stream=tile.stream silent=true viewers=tile.viewers />
            <Initial name=name />
            <NameChip name=name muted=Signal::derive(move || !tile.microphone.get()) />
        </div>
    }
    .into_any()
}
