//! The panel in which people write to each other: the log, whom to write to, and the field.

use crate::{
    parts::{
        button::RoundButton,
        chat_line::{ChatLine, transcript},
        files::{ChooseFiles, FileList},
        icon::{CHAT, COPY, Icon, PRIVATE, SAVE, SEND},
        lean::{Press, flag, input, memo, part, press, text, watch},
        panel::{Panel, PanelKind, Panels},
        tile::called,
    },
    session::{
        Call, Tile,
        chat::{Addressee, SayTrouble},
    },
    words::words,
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use std::sync::Arc;

/// What outlives the panel's closing: a message half written, and whom it is for.
#[derive(Clone, Copy)]
struct Draft {
    text: RwSignal<String>,
    only: RwSignal<Option<Addressee>>,
    trouble: RwSignal<Option<SayTrouble>>,
}

#[component]
pub fn ChatPanel(call: Call, panels: Panels) -> impl IntoView {
    let draft = Draft {
        text: RwSignal::new(String::new()),
        only: RwSignal::new(None),
        trouble: RwSignal::new(None),
    };
    watch(move || {
        if panels.get() == Some(PanelKind::Chat) && call.chat.unread.get() > 0 {
            call.chat.on_read();
        }
    });
    let only = Signal::derive(move || draft.only.with(|it| it.as_ref().map(|it| it.id.clone())));
    let note = RwSignal::new("");
    let actions: ChildrenFn =
        Arc::new(move || view! { <Actions call=call note=note /> }.into_any());
    view! {
        <Panel panels=panels kind=PanelKind::Chat title=words().chat.title actions=actions>
            <p class="chat-note" role="status">{note}</p>
            <Log call=call />
            <FileList call=call only=only />
            <Composer call=call draft=draft only=only />
        </Panel>
    }
    .into_any()
}

/// For taking along what was written.
#[component]
fn Actions(call: Call, note: RwSignal<&'static str>) -> impl IntoView {
    let words = &words().chat;
    let chat = call.chat;
    let all = move || chat.lines.with_untracked(|lines| transcript(lines));
    let copy = press(move || {
        let copied = chat.copy(&all());
        spawn_local(async move {
            let copied = copied.await;
            note.try_set(if copied {
                words.copied_all
            } else {
                words.not_copied
            });
        });
    });
    let save = press(move || chat.save(&all()));
    let button = |label: &'static str, glyph, press: Press| {
        view! {
            <button
                type="button"
                class="button"
                data-kind="bare"
                aria-label=label
                title=label
                on:click=press
            >
                <Icon glyph=glyph />
            </button>
        }
        .into_any()
    };
    let (copy, save) = (
        button(words.copy_all, COPY, copy),
        button(words.save, SAVE, save),
    );
    let some = move || chat.lines.with(|lines| !lines.is_empty());
    view! { <div class="chat-actions" data-shown=flag(some)>{copy} {save}</div> }.into_any()
}

#[component]
fn Log(call: Call) -> impl IntoView {
    let words = &words().chat;
    let node = NodeRef::<html::Div>::new();
    let lines = call.chat.lines;
    // What one has written oneself is looked at, wherever one was reading.
    watch(move || {
        let mine = lines.with(|lines| lines.last().is_some_and(|it| it.written.mine));
        if let Some(log) = node.get().filter(|_| mine) {
            log.set_scroll_top(0);
        }
    });
    let empty = part(move || {
        lines.with(Vec::is_empty).then(|| {
            view! {
                <div class="chat-empty">
                    <Icon glyph=CHAT />
                    <p>{words.nothing_yet}</p>
                    <p class="soft">{words.nothing_yet_text}</p>
                </div>
            }
            .into_any()
        })
    });
    view! {
        <div class="chat-log" role="log" aria-label=words.log tabindex="0" node_ref=node>
            {empty}
            <div class="chat-lines">
                <For each=move || lines.get() key=|line| line.id let:line>
                    <ChatLine line=line />
                </For>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Composer(call: Call, draft: Draft, only: Signal<Option<String>>) -> impl IntoView {
    let words = &words().chat;
    let node = NodeRef::<html::Textarea>::new();
    let send = move || {
        let only = draft.only.get_untracked();
        let said = call.say(draft.text.get_untracked(), only.as_ref());
        if said.is_ok() {
            draft.text.set(String::new());
        }
        draft.trouble.set(said.err());
        if let Some(field) = node.get_untracked() {
            // Refused only for what has left the page.
            let _ = field.focus();
        }
    };
    // An input method's own Enter accepts what it offers.
    let on_key: Box<dyn FnMut(ev::KeyboardEvent)> = Box::new(move |event| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send();
        }
    });
    let on_input: Box<dyn FnMut(ev::Event)> = Box::new(move |event| {
        draft.text.set(event_target_value(&event));
        if draft.trouble.get_untracked().is_some() {
            draft.trouble.set(None);
        }
    });
    let trouble = part(move || {
        let text = words.trouble(draft.trouble.get()?);
        Some(view! { <p class="trouble" role="alert">{text}</p> }.into_any())
    });
    view! {
        <div class="chat-write" data-private=flag(move || draft.only.get().is_some())>
            {trouble}
            <To call=call only=draft.only />
            <div class="chat-field">
                <ChooseFiles files=call.files only=only kind="file" />
                <ChooseFiles files=call.files only=only kind="folder" />
                <textarea
                    node_ref=node
                    rows="1"
                    dir="auto"
                    data-first="true"
                    enterkeyhint="send"
                    aria-label=words.message
                    placeholder=words.placeholder
                    prop:value=text(move || draft.text.get())
                    on:input=on_input
                    on:keydown=on_key
                ></textarea>
                <RoundButton label=words.send glyph=SEND kind="send" press=press(send) />
            </div>
        </div>
    }
    .into_any()
}

/// Whom to write to, where there is a choice. Somebody who has left stays chosen: what was meant for
/// one person must not go to everyone.
#[component]
fn To(call: Call, only: RwSignal<Option<Addressee>>) -> impl IntoView {
    let words = &words().chat;
    let people = memo(move || {
        let one = |tile: &Tile| Addressee::of(tile.id, tile.name);
        call.tiles
            .with(|tiles| tiles.iter().map(one).collect::<Vec<_>>())
    });
    let options = move || {
        let mut list = people.get();
        let chosen = only.get();
        let name = |one: &Addressee| called(&one.name);
        let mut options = vec![(String::new(), words.everyone.to_string())];
        if let Some(gone) = chosen
            .as_ref()
            .filter(|it| list.iter().all(|one| one.id != it.id))
        {
            options.push((gone.id.clone(), words.gone(&name(gone))));
        }
        options.extend(list.drain(..).map(|it| (it.id.clone(), name(&it))));
        let chosen = chosen.map(|it| it.id).unwrap_or_default();
        let options = options.into_iter();
        options
            .map(|(id, name)| {
                let selected = id == chosen;
                view! { <option value=id selected=selected>{name}</option> }.into_any()
            })
            .collect_view()
            .into_any()
    };
    let choice = memo(move || people.with(|all| all.len() > 1) || only.with(Option::is_some));
    let lock = move || {
        part(move || {
            only.get()
                .map(|_| view! { <Icon glyph=PRIVATE /> }.into_any())
        })
    };
    let choose = move || {
        input(move |id| {
            let chosen = people.with_untracked(|all| all.iter().find(|it| it.id == id).cloned());
            only.set(chosen);
        })
    };
    part(move || {
        choice.get().then(|| {
            view! {
                <label class="chat-to">
                    {lock()}
                    <span>{words.to}</span>
                    <select on:change=choose()>{part(move || Some(options()))}</select>
                </label>
            }
            .into_any()
        })
    })
}
