//! A modal panel on the browser's own `<dialog>`: it traps the focus, answers Escape, and gives the
//! focus back to whatever opened it.

use crate::{
    parts::{
        icon::{CLOSE, Icon},
        lean::{Press, part, press, watch},
    },
    words::words,
};
use leptos::{html, prelude::*};

#[component]
pub fn Dialog(open: RwSignal<bool>, title: &'static str, children: ChildrenFn) -> impl IntoView {
    // Not before it is wanted: most are never opened, and a call should not wait for them.
    let wanted = RwSignal::new(false);
    watch(move || {
        if open.get() {
            wanted.set(true);
        }
    });
    let children = StoredValue::new(children);
    let body = move || view! { <Body open=open title=title children=children /> }.into_any();
    part(move || wanted.get().then(body))
}

#[component]
fn Body(
    open: RwSignal<bool>,
    title: &'static str,
    children: StoredValue<ChildrenFn>,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    watch(move || {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            // Refused only for a dialog that has left the page.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    // The dialog has no padding of its own, so a press on the element itself is one on its backdrop.
    let on_backdrop: Press = Box::new(move |press| {
        if press.target() == press.current_target() {
            open.set(false);
        }
    });
    view! {
        <dialog
            class="dialog"
            node_ref=node
            aria-label=title
            on:close=move |_| open.set(false)
            on:click=on_backdrop
        >
            <div class="dialog-body">
                <header class="dialog-head">
                    <h2 class="panel-title">{title}</h2>
                    <button
                        type="button"
                        class="button"
                        data-kind="bare"
                        aria-label=words().common.close
                        on:click=press(move || open.set(false))
                    >
                        <Icon glyph=CLOSE />
                    </button>
                </header>
                {part(move || open.get().then(|| children.get_value()()))}
            </div>
        </dialog>
    }
    .into_any()
}
