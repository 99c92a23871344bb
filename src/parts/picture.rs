//! Somebody's moving picture, and their sound where it is not one's own.

use crate::browser::{media::Stream, video};
use crate::parts::lean::watch;
use leptos::{html, prelude::*};
use wasm_bindgen_futures::spawn_local;

/// How the others are heard: through which loudspeaker, and whether the browser lets them be heard.
#[derive(Clone, Copy)]
pub struct Hearing {
    pub speaker: RwSignal<String>,
    /// The browser wants a click before it plays sound. Cleared by that click, which plays again.
    pub held_back: RwSignal<bool>,
}

#[component]
pub fn Picture(
    #[prop(into)] stream: Signal<Option<Stream>, LocalStorage>,
    /// `None` for one's own picture: mirrored, and never heard.
    #[prop(optional)]
    hearing: Option<Hearing>,
    #[prop(default = NodeRef::new())] node: NodeRef<html::Video>,
    /// It has something to show now.
    #[prop(optional, into)]
    on_frame: Option<Callback<()>>,
) -> impl IntoView {
    let own = hearing.is_none();
    watch(move || {
        let Some(element) = node.get() else { return };
        let held_back = hearing.map(|hearing| hearing.held_back);
        if held_back.is_some_and(|held_back| held_back.get()) {
            return;
        }
        let showing = stream.with(|stream| video::show(&element, stream.as_ref()));
        spawn_local(async move {
            if showing.await.is_err() {
                held_back.map(|held_back| held_back.try_set(true));
            }
        });
    });
    watch(move || {
        let (Some(element), Some(hearing)) = (node.get(), hearing) else {
            return;
        };
        let set = video::set_speaker(&element, &hearing.speaker.get());
        // A browser that cannot choose goes on through the system's loudspeaker.
        spawn_local(async move { drop(set.await) });
    });
    view! {
        <video
            class="picture"
            node_ref=node
            data-own=own.to_string()
            autoplay
            playsinline
            disablepictureinpicture
            prop:muted=own
            on:loadeddata=move |_| on_frame.map_or((), |on_frame| on_frame.run(()))
        ></video>
    }
    .into_any()
}
