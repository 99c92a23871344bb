//! Somebody's moving picture, and their sound where it is not one's own.

use crate::{
    browser::{
        media::Stream,
        video::{self, Viewers},
    },
    parts::lean::watch,
    session::Ears,
};
use leptos::{
    html::{self, ElementType},
    prelude::*,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlMediaElement;

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
    /// `None` for one's own picture (mirrored, and never heard), and for a second one of somebody.
    #[prop(optional)]
    hearing: Option<Hearing>,
    /// How loud; as they are where nothing is said.
    #[prop(optional)]
    ears: Option<Ears>,
    /// Somebody else's, whom another element plays.
    #[prop(optional)]
    silent: bool,
    /// Whoever sends it is told how large it is shown.
    #[prop(optional)]
    viewers: Option<StoredValue<Viewers, LocalStorage>>,
    #[prop(default = NodeRef::new())] node: NodeRef<html::Video>,
    /// It has something to show now.
    #[prop(optional, into)]
    on_frame: Option<Callback<()>>,
) -> impl IntoView {
    let own = hearing.is_none() && !silent;
    watch(move || {
        let Some(element) = node.get() else { return };
        let showing = stream.with(|stream| video::show(&element, stream.as_ref()));
        // Muted, so that no browser holds it back.
        spawn_local(async move { drop(showing.await) });
    });
    if let Some(viewers) = viewers {
        register(node, viewers);
    }
    let_go_with_owner(node);
    view! {
        <video
            class="picture"
            node_ref=node
            data-own=own.to_string()
            autoplay
            playsinline
            disablepictureinpicture=own
            prop:muted=true
            on:loadeddata=move |_| on_frame.map_or((), |on_frame| on_frame.run(()))
        ></video>
        {hearing.map(|hearing| view! { <Sound stream=stream hearing=hearing ears=ears /> })}
    }
    .into_any()
}

/// Among those that show the same picture, for as long as the calling scope lives.
fn register(node: NodeRef<html::Video>, viewers: StoredValue<Viewers, LocalStorage>) {
    watch(move || {
        if let Some(element) = node.get() {
            viewers.with_value(|viewers| viewers.add(&element));
        }
    });
    on_cleanup(move || {
        if let Some(Some(element)) = node.try_get_untracked() {
            viewers.try_with_value(|viewers| viewers.remove(&element));
        }
    });
}

/// Sound has an element of its own: a `<video>` plays nothing at all until its first frame, and
/// someone without a camera never sends one.
#[component]
fn Sound(
    stream: Signal<Option<Stream>, LocalStorage>,
    hearing: Hearing,
    ears: Option<Ears>,
) -> impl IntoView {
    let node = NodeRef::<html::Audio>::new();
    watch(move || {
        let Some(element) = node.get() else { return };
        if hearing.held_back.get() {
            return;
        }
        let playing = stream.with(|stream| video::show(&element, stream.as_ref()));
        spawn_local(async move {
            if playing.await.is_err() {
                hearing.held_back.try_set(true);
            }
        });
    });
    watch(move || {
        let Some(element) = node.get() else { return };
        let set = video::set_speaker(&element, &hearing.speaker.get());
        // A browser that cannot choose goes on through the system's loudspeaker.
        spawn_local(async move { drop(set.await) });
    });
    watch(move || {
        let (Some(element), Some(ears)) = (node.get(), ears) else {
            return;
        };
        element.set_volume(f64::from(ears.volume.get().min(100)) / 100.0);
        element.set_muted(ears.silenced.get());
    });
    let_go_with_owner(node);
    view! { <audio node_ref=node autoplay></audio> }.into_any()
}

/// An element that leaves the page gives its stream back at once. Left to the garbage collector it
/// goes on holding frames of the camera, of which Chromium has three to lend: with the next element
/// and an encoder wanting theirs too, the camera stood still for two seconds.
fn let_go_with_owner<E>(node: NodeRef<E>)
where
    E: ElementType,
    E::Output: JsCast + AsRef<HtmlMediaElement> + Clone + 'static,
{
    on_cleanup(move || {
        if let Some(Some(element)) = node.try_get_untracked() {
            drop(video::show(element.as_ref(), None));
        }
    });
}
