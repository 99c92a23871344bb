//! The panel beside a call: chat, people, figures. One at a time; it slides in from the side, on a
//! telephone from below. The focus goes in with it and comes back when it closes; Escape closes it.

use crate::{
    parts::{
        icon::{CLOSE, Glyph, Icon},
        lean::{flag, part, press, text, watch},
        page,
    },
    words::words,
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelKind {
    Chat,
    People,
    Details,
}

/// Which panel is open, if any. The call screen owns it.
pub type Panels = RwSignal<Option<PanelKind>>;

pub fn toggle(panels: Panels, kind: PanelKind) {
    panels.update(|open| *open = (*open != Some(kind)).then_some(kind));
}

/// Its children exist only while it is open. What has `data-first` among them gets the focus.
#[component]
pub fn Panel(
    panels: Panels,
    kind: PanelKind,
    title: &'static str,
    /// Between the title and the button that closes.
    #[prop(optional)]
    actions: Option<ChildrenFn>,
    children: ChildrenFn,
) -> impl IntoView {
    let is_open = Memo::new(move |_| panels.get() == Some(kind));
    part(move || {
        is_open.get().then(|| {
            let actions = actions.as_ref().map(|actions| actions());
            view! { <OpenPanel panels=panels title=title actions=actions body=children() /> }
                .into_any()
        })
    })
}

#[component]
fn OpenPanel(
    panels: Panels,
    title: &'static str,
    actions: Option<AnyView>,
    body: AnyView,
) -> impl IntoView {
    let node = NodeRef::<html::Aside>::new();
    let close = move || panels.set(None);
    let before = focused();
    watch(move || {
        if let Some(panel) = node.get() {
            let first = panel.query_selector("[data-first]").ok().flatten();
            // A field would call up a keyboard over what somebody has come to see.
            let first = first.filter(|_| !page::is_touch_first());
            focus(first.as_ref().unwrap_or(&panel));
        }
    });
    on_cleanup(move || {
        let panel = node.try_get_untracked().flatten();
        let inside = focused().is_some_and(|it| {
            panel.is_some_and(|panel| panel.contains(Some(it.unchecked_ref::<Node>())))
        });
        // Somebody who has gone elsewhere meanwhile is left there.
        if let Some(before) = before.as_ref().filter(|_| inside) {
            focus(before);
        }
    });
    // Escape belongs to an input method first, where one is at work.
    let on_key: Box<dyn FnMut(ev::KeyboardEvent)> = Box::new(move |event| {
        if event.key() == "Escape" && !event.is_composing() {
            event.prevent_default();
            close();
        }
    });
    view! {
        <aside class="panel" aria-label=title tabindex="-1" node_ref=node on:keydown=on_key>
            <header class="panel-head">
                <h2 class="panel-title">{title}</h2>
                {actions}
                <button
                    type="button"
                    class="button"
                    data-kind="bare"
                    aria-label=words().common.close
                    title=words().common.close
                    on:click=press(close)
                >
                    <Icon glyph=CLOSE />
                </button>
            </header>
            {body}
        </aside>
    }
    .into_any()
}

/// In the toolbar: pressed while its panel is open. `count` is what waits in there unseen, and
/// `unseen` says so in words.
#[component]
pub fn PanelToggle(
    panels: Panels,
    kind: PanelKind,
    label: &'static str,
    glyph: Glyph,
    #[prop(optional, into)] count: Signal<usize>,
    #[prop(optional)] unseen: Option<fn(usize) -> String>,
) -> impl IntoView {
    let description = text(move || unseen.map(|say| say(count.get())).unwrap_or_default());
    let badge = part(move || {
        let count = count.get();
        let text = if count > 99 {
            "99+".to_string()
        } else {
            count.to_string()
        };
        (count > 0)
            .then(|| view! { <span class="badge" aria-hidden="true">{text}</span> }.into_any())
    });
    view! {
        <button
            type="button"
            class="round"
            data-kind="panel"
            aria-label=label
            aria-description=description
            title=label
            aria-pressed=flag(move || panels.get() == Some(kind))
            on:click=press(move || toggle(panels, kind))
        >
            <Icon glyph=glyph />
            {badge}
        </button>
    }
    .into_any()
}

/// Nothing in particular counts as nothing.
fn focused() -> Option<web_sys::Element> {
    let body = document().body();
    document().active_element().filter(|it| {
        body.as_ref()
            .is_none_or(|body| !it.is_same_node(Some(body)))
    })
}

fn focus(element: &web_sys::Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // Refused only for what has left the page.
        let _ = element.focus();
    }
}
