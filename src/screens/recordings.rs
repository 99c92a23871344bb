//! What has been recorded on this device, and what was found after a crash.

use crate::{
    parts::{
        brand::Brand,
        lean::{memo, part},
        page,
        recording_row::RecordingRow,
    },
    screens::upcoming::StartCall,
    session::recording::{Shelf, Shown},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn Recordings() -> impl IntoView {
    let text = &words().recordings;
    page::use_title(move || text.title.to_owned());
    let shelf = Shelf::open();
    let ids = memo(move || {
        let id = |shown: &Shown| shown.about.id.clone();
        shelf.all.with(|all| {
            all.as_ref()
                .map(|all| all.iter().map(id).collect::<Vec<_>>())
        })
    });
    let note = move |shown: RwSignal<bool>, said: &'static str| {
        part(move || {
            let said = shown.get().then_some(said)?;
            Some(view! { <p class="recordings-note" role="status">{said}</p> }.into_any())
        })
    };
    let trouble = part(move || {
        let said = text.trouble(shelf.trouble.get()?);
        Some(view! { <p class="recordings-note" role="alert">{said}</p> }.into_any())
    });
    let room = part(move || {
        let (used, left) = (shelf.used.get()?, shelf.left.get()?);
        let size = |bytes| words().files.size(bytes);
        let said = text.room(&size(left), &size(used));
        Some(view! { <p class="soft recordings-room">{said}</p> }.into_any())
    });
    let none = part(move || {
        let none = ids.with(|ids| ids.as_ref().is_some_and(Vec::is_empty));
        none.then(|| {
            view! {
                <div class="recordings-none">
                    <p>{text.none}</p>
                    <p class="soft">{text.none_text}</p>
                    <StartCall />
                </div>
            }
            .into_any()
        })
    });
    view! {
        <div class="page">
            <header class="top"><Brand /></header>
            <main class="column">
                <h1 class="line">{text.title}</h1>
                <p class="soft">{text.text}</p>
                {note(shelf.broken, text.broken)}
                {note(shelf.fleeting, text.fleeting)}
                {trouble}
                {none}
                <ul class="recordings-list">
                    <For each=move || ids.get().unwrap_or_default() key=|id| id.clone() let:id>
                        <RecordingRow shelf=shelf id=id />
                    </For>
                </ul>
                {room}
            </main>
        </div>
    }
    .into_any()
}
