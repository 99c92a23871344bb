//! Files in the chat's panel: one card each, with what can be done about it; the button that sends
//! one; and what a call does with files that are dropped on it or pasted into it.

use crate::{
    parts::{
        button::Button,
        icon::{CLIP, CLOSE, FOLDER, Glyph, Icon},
        lean::{flag, memo, part, press, text, watch},
        panel::{PanelKind, Panels},
        tile::called,
    },
    session::{
        Call,
        files::{
            FileLine, FileStage, FileTransfers, Transfer, has_files, is_offer, of_drop, of_field,
            of_paste,
        },
    },
    words::words,
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen_futures::spawn_local;

#[component]
pub fn FileList(call: Call, only: Signal<Option<String>>) -> impl IntoView {
    let files = call.files;
    let words = &words().files;
    let offers = memo(move || {
        files
            .lines
            .with(|lines| lines.iter().filter(|it| it.now.with(is_offer)).count())
    });
    let all = move || {
        let accept = press(move || files.accept_all());
        view! { <Button text=words.accept_all press=accept /> }.into_any()
    };
    let note = move |shown: RwSignal<bool>, text: &'static str| {
        part(move || {
            shown
                .get()
                .then(|| view! { <p class="files-note" role="status">{text}</p> }.into_any())
        })
    };
    let newest_first = move || {
        let mut lines = files.lines.get();
        lines.reverse();
        lines
    };
    let cards = move || {
        view! {
            <section class="files" aria-label=words.title>
                {note(files.broken, words.broken)}
                {note(files.fleeting, words.fleeting)}
                {part(move || (offers.get() > 1).then(all))}
                <For each=newest_first key=|line| line.id.0 let:line>
                    <FileCard files=files line=line only=only />
                </For>
            </section>
        }
        .into_any()
    };
    let some = memo(move || files.lines.with(|lines| !lines.is_empty()) || files.broken.get());
    part(move || some.get().then(cards))
}

#[component]
fn FileCard(files: FileTransfers, line: FileLine, only: Signal<Option<String>>) -> impl IntoView {
    let words = &words().files;
    let id = line.id;
    let about = line.now.with_untracked(|it| it.about.clone());
    let name = about.name.clone();
    let stage = memo(move || line.now.with(|it| (it.stage, it.mine)));
    let who = move || line.now.with(|it| called(&it.who));
    let percent = move || {
        line.now.with(|it| match it.whole {
            _ if it.stage == FileStage::Done => 100,
            0 => 0,
            whole => (it.here.min(whole) as f64 / whole as f64 * 100.0) as u64,
        })
    };
    let runs = move || {
        let (stage, _) = stage.get();
        matches!(
            stage,
            FileStage::Preparing | FileStage::Moving | FileStage::Waiting
        )
    };
    let (bar_name, label) = (name.clone(), name.clone());
    let bar = part(move || {
        let name = bar_name.clone();
        runs().then(|| {
            view! {
                <div
                    class="file-bar"
                    role="progressbar"
                    aria-label=name
                    aria-valuemin="0"
                    aria-valuemax="100"
                    aria-valuenow=text(move || percent().to_string())
                    style=("--part", text(move || format!("{}%", percent())))
                ></div>
            }
            .into_any()
        })
    });
    let actions = part(move || {
        let (stage, mine) = stage.get();
        Some(view! { <Actions files=files line=line stage=stage mine=mine only=only /> }.into_any())
    });
    let failed = move || matches!(stage.get().0, FileStage::Ended(_));
    view! {
        <div class="file" role="group" aria-label=label data-mine=flag(move || stage.get().1) data-failed=flag(failed)>
            <p class="file-name" dir="auto">{name}</p>
            <p class="file-who">
                {text(move || line.now.with(|it| words.who(it, &who())))}
                <span class="file-size">{words.size(about.size)}</span>
            </p>
            {bar}
            <div class="file-foot">
                <p class="file-state" role="status">
                    {text(move || line.now.with(|it| state(it, &who())))}
                </p>
                {actions}
            </div>
            <PutAway files=files id=id.0 over=Signal::derive(move || is_over(stage.get().0)) />
        </div>
    }
    .into_any()
}

fn state(file: &Transfer, name: &str) -> String {
    words().files.state(file, name)
}

fn is_over(stage: FileStage) -> bool {
    matches!(stage, FileStage::Done | FileStage::Ended(_))
}

#[component]
fn PutAway(files: FileTransfers, id: u32, over: Signal<bool>) -> impl IntoView {
    let words = &words().files;
    let away = move || press(move || files.put_away(crate::session::files::TransferId(id)));
    part(move || {
        over.get().then(|| {
            view! {
                <button type="button" class="file-away" aria-label=words.put_away title=words.put_away on:click=away()>
                    <Icon glyph=CLOSE />
                </button>
            }
            .into_any()
        })
    })
}

#[component]
fn Actions(
    files: FileTransfers,
    line: FileLine,
    stage: FileStage,
    mine: bool,
    only: Signal<Option<String>>,
) -> impl IntoView {
    let words = &words().files;
    let id = line.id;
    let cancel = move || {
        view! { <Button text=words.cancel press=press(move || files.cancel(id)) /> }.into_any()
    };
    let save = move || files.save(&line.now.get_untracked());
    let buttons = match stage {
        FileStage::Offered if !mine => {
            let accept = press(move || files.accept(id));
            view! { <Button text=words.accept press=accept kind="primary" /> {cancel()} }.into_any()
        }
        FileStage::Preparing | FileStage::Offered | FileStage::Moving | FileStage::Waiting => {
            cancel()
        }
        FileStage::Done if !mine => {
            view! { <Button text=words.save press=press(save) kind="primary" /> }.into_any()
        }
        FileStage::Wanted => {
            view! { <ChooseFiles files=files only=only kind="again" /> {cancel()} }.into_any()
        }
        FileStage::Done | FileStage::Ended(_) => ().into_any(),
    };
    view! { <div class="file-actions">{buttons}</div> }.into_any()
}

/// A button and the field behind it, which browsers open for it.
#[component]
pub fn ChooseFiles(
    files: FileTransfers,
    /// For one person alone.
    #[prop(into)]
    only: Signal<Option<String>>,
    /// `file`, `folder`, or `again`.
    kind: &'static str,
) -> impl IntoView {
    let words = &words().files;
    let node = NodeRef::<html::Input>::new();
    let open = move || {
        press(move || {
            if let Some(field) = node.get_untracked() {
                field.click();
            }
        })
    };
    let choose: Box<dyn FnMut(ev::Event)> = Box::new(move |event| {
        files.send(of_field(&event), only.get_untracked().as_deref());
    });
    let round = |label: &'static str, glyph: Glyph| {
        view! {
            <button type="button" class="button" data-kind="bare" aria-label=label title=label on:click=open()>
                <Icon glyph=glyph />
            </button>
        }
        .into_any()
    };
    let button = match kind {
        "folder" => round(words.send_folder, FOLDER),
        "file" => round(words.send, CLIP),
        _ => view! { <Button text=words.choose_again press=open() kind="primary" /> }.into_any(),
    };
    let folder = kind == "folder";
    view! {
        {button}
        <input
            type="file"
            class="files-field"
            tabindex="-1"
            aria-hidden="true"
            multiple=true
            prop:webkitdirectory=folder
            node_ref=node
            on:change=choose
        />
    }
    .into_any()
}

/// What a call does with files beside its panel: they may be dropped and pasted anywhere, and an offer
/// is told to whoever does not look at the list.
#[component]
pub fn FileTools(call: Call, panels: Panels) -> impl IntoView {
    let files = call.files;
    let words = &words().files;
    let over = RwSignal::new(false);
    let paste = window_event_listener(ev::paste, move |event| {
        let pasted = of_paste(&event);
        if !pasted.is_empty() {
            event.prevent_default();
            files.send(pasted, None);
            panels.set(Some(PanelKind::Chat));
        }
    });
    let drag = window_event_listener(ev::dragover, move |event| {
        if has_files(&event) {
            event.prevent_default();
            over.set(true);
        }
    });
    // Out of the window; within it another `dragover` follows at once.
    let leave = window_event_listener(ev::dragleave, move |_| over.set(false));
    let drop = window_event_listener(ev::drop, move |event| {
        over.set(false);
        if has_files(&event) {
            event.prevent_default();
            let dropped = of_drop(&event);
            spawn_local(async move { files.send(dropped.await, None) });
            panels.set(Some(PanelKind::Chat));
        }
    });
    on_cleanup(move || {
        paste.remove();
        drag.remove();
        leave.remove();
        drop.remove();
    });
    let curtain = part(move || {
        over.get()
            .then(|| view! { <div class="files-drop"><p>{words.drop}</p></div> }.into_any())
    });
    view! {
        {curtain}
        <OfferNotice call=call panels=panels />
    }
    .into_any()
}

#[component]
fn OfferNotice(call: Call, panels: Panels) -> impl IntoView {
    let (dismiss, words) = (words().setup.dismiss, &words().files);
    // The newest offer that has not been looked at.
    let told = RwSignal::new(0_u32);
    let newest = memo(move || {
        let newest = |lines: &Vec<FileLine>| {
            let offered = |it: &&FileLine| it.id.0 > told.get() && it.now.with(is_offer);
            lines.iter().rev().find(offered).copied()
        };
        call.files.lines.with(newest)
    });
    watch(move || {
        if panels.get() == Some(PanelKind::Chat)
            && let Some(line) = newest.get()
        {
            told.set(line.id.0);
        }
    });
    part(move || {
        let line = newest.get()?;
        let news = line.now.with_untracked(|it| {
            words.news(&it.about.name, &called(&it.who), &words.size(it.about.size))
        });
        let show = press(move || panels.set(Some(PanelKind::Chat)));
        let away = press(move || told.set(line.id.0));
        let notice = view! {
            <div class="notice file-news" role="status">
                <p>{news}</p>
                <Button text=words.show press=show />
                <button
                    type="button"
                    class="button"
                    data-kind="bare"
                    aria-label=dismiss
                    title=dismiss
                    on:click=away
                >
                    <Icon glyph=CLOSE />
                </button>
            </div>
        };
        Some(notice.into_any())
    })
}
