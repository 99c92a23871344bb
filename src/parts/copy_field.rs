//! A text to be carried elsewhere: read-only, selected at a touch, with a button that copies it.

use crate::{
    parts::{
        icon::{CHECK, COPY, changing},
        lean::{flag, press, word},
    },
    words::words,
};
use leptos::{html, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlInputElement};

/// Long enough to be read, short enough not to be taken for a state.
const COPIED_FOR: Duration = Duration::from_millis(2_500);

#[component]
pub fn CopyField(label: &'static str, #[prop(into)] text: Signal<String>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let copied = RwSignal::new(false);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop);
    let copy_text = press(move || {
        if field.get_untracked().is_some_and(|field| copy(&field)) {
            copied.set(true);
            stop();
            timer.set_value(set_timeout_with_handle(move || copied.set(false), COPIED_FOR).ok());
        }
    });
    view! {
        <div class="copy-field">
            <label class="field">
                <span class="field-label">{label}</span>
                <input
                    node_ref=field
                    readonly
                    dir="ltr"
                    prop:value=text
                    on:focus:target=|event| event.target().select()
                />
            </label>
            <button
                type="button"
                class="button"
                data-kind="primary"
                data-copied=flag(move || copied.get())
                on:click=copy_text
            >
                {changing(move || if copied.get() { CHECK } else { COPY })}
                <span aria-live="polite">
                    {word(move || if copied.get() { words().common.copied } else { words().common.copy })}
                </span>
            </button>
        </div>
    }
    .into_any()
}

/// By the old command rather than `navigator.clipboard`: it works on plain http too, answers at once,
/// and where it does not work the text is left selected for Ctrl+C.
fn copy(field: &HtmlInputElement) -> bool {
    field.select();
    document()
        .unchecked_into::<HtmlDocument>()
        .exec_command("copy")
        .unwrap_or(false)
}
