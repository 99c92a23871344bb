//! One recording in the list: what it is, a player, and what can be done with it.

use crate::{
    parts::{
        button::Button,
        call_bar::clock,
        lean::{memo, part, press, submit},
    },
    session::recording::{Shelf, Shown, when},
    words::words,
};
use leptos::{html, prelude::*};

/// What is asked in the row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Nothing,
    Name,
    Delete,
}

#[component]
pub fn RecordingRow(shelf: Shelf, id: String) -> impl IntoView {
    let id = StoredValue::new(id);
    let shown = memo(move || {
        let mine = |it: &&Shown| id.with_value(|id| it.about.id == *id);
        shelf
            .all
            .with(|all| all.iter().flatten().find(mine).cloned())
    });
    let asks = RwSignal::new(Asks::Nothing);
    part(move || shown.get().map(|shown| row(shelf, shown, asks))).into_any()
}

fn row(shelf: Shelf, shown: Shown, asks: RwSignal<Asks>) -> AnyView {
    let text = &words().recordings;
    let about = shown.about.clone();
    let name = named(&about.name);
    let mut facts = vec![when(about.at), words().files.size(shown.size)];
    if about.millis > 0 {
        facts.insert(1, clock((about.millis / 1_000) as u32));
    }
    let state = if shown.busy {
        view! { <p class="recording-state">{text.busy}</p> }.into_any()
    } else if about.whole {
        ().into_any()
    } else {
        found(shelf, about.id.clone())
    };
    let (label, whole) = (name.clone(), about.whole && !shown.busy);
    let shown = StoredValue::new(shown);
    let actions = part(move || {
        let shown = shown.get_value();
        Some(match asks.get() {
            _ if shown.busy => ().into_any(),
            Asks::Nothing => actions(shelf, shown, asks),
            Asks::Name => rename(shelf, shown, asks),
            Asks::Delete => delete(shelf, shown, asks),
        })
    });
    view! {
        <li class="recording" role="group" aria-label=label data-whole=whole.to_string()>
            <h2 class="recording-name" dir="auto">{name}</h2>
            <p class="soft recording-facts">{facts.join(" · ")}</p>
            {state}
            {player(shelf, about.id)}
            {actions}
        </li>
    }
    .into_any()
}

fn named(name: &str) -> String {
    match name.is_empty() {
        true => words().recordings.nameless.to_owned(),
        false => name.to_owned(),
    }
}

/// One that a crash has left.
fn found(shelf: Shelf, id: String) -> AnyView {
    let text = &words().recordings;
    let id = StoredValue::new(id);
    let repairing = move || {
        shelf
            .repairing
            .get()
            .filter(|(of, _)| id.with_value(|id| of == id))
    };
    let inside = part(move || {
        Some(match repairing() {
            Some((_, part)) => {
                view! { <p role="status">{text.repairing(&part.to_string())}</p> }.into_any()
            }
            None => {
                let repair = press(move || id.with_value(|id| shelf.repair(id)));
                view! { <Button text=text.repair kind="primary" press=repair /> }.into_any()
            }
        })
    });
    view! {
        <div class="recording-state">
            <p>{text.found}</p>
            {inside}
        </div>
    }
    .into_any()
}

fn player(shelf: Shelf, id: String) -> AnyView {
    let id = StoredValue::new(id);
    part(move || {
        let playing = shelf.playing.get()?;
        id.with_value(|id| *id == playing.id).then(|| {
            view! { <video class="recording-player" controls autoplay playsinline src=playing.address></video> }
                .into_any()
        })
    })
    .into_any()
}

fn actions(shelf: Shelf, shown: Shown, asks: RwSignal<Asks>) -> AnyView {
    let text = &words().recordings;
    let shown = StoredValue::new(shown);
    let id = move || shown.with_value(|it| it.about.id.clone());
    let play = part(move || {
        let playing = shelf.playing.get().is_some_and(|it| it.id == id());
        let label = if playing { text.close } else { text.play };
        let press = press(move || shelf.play(&id()));
        let whole = shown.with_value(|it| it.about.whole);
        whole.then(|| view! { <Button text=label press=press /> }.into_any())
    });
    let save = press(move || shown.with_value(|it| shelf.save(it)));
    view! {
        <div class="recording-actions">
            {play}
            <Button text=text.save press=save />
            <Button text=text.rename press=press(move || asks.set(Asks::Name)) />
            <Button text=text.delete press=press(move || asks.set(Asks::Delete)) />
        </div>
    }
    .into_any()
}

fn rename(shelf: Shelf, shown: Shown, asks: RwSignal<Asks>) -> AnyView {
    let text = &words().recordings;
    let field = NodeRef::<html::Input>::new();
    let (id, name) = (shown.about.id, shown.about.name);
    let keep = submit(move || {
        if let Some(field) = field.get_untracked() {
            shelf.rename(&id, &field.value());
        }
        asks.set(Asks::Nothing);
    });
    view! {
        <form class="recording-actions" on:submit=keep>
            <input class="recording-field" type="text" aria-label=text.name maxlength="200" autofocus value=name node_ref=field />
            <button type="submit" class="button" data-kind="primary">{text.keep}</button>
            <Button text=words().recording.cancel press=press(move || asks.set(Asks::Nothing)) />
        </form>
    }
    .into_any()
}

fn delete(shelf: Shelf, shown: Shown, asks: RwSignal<Asks>) -> AnyView {
    let text = &words().recordings;
    let id = shown.about.id;
    let yes = press(move || {
        asks.set(Asks::Nothing);
        shelf.remove(&id);
    });
    view! {
        <div class="recording-actions" role="alert">
            <p>{text.delete_question}</p>
            <Button text=text.delete_yes kind="stop" press=yes />
            <Button text=text.delete_no press=press(move || asks.set(Asks::Nothing)) />
        </div>
    }
    .into_any()
}
