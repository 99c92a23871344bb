//! A QR code: black on white in both themes, because scanners want it so.

use crate::parts::lean::part;
use duologue_qr::qr_path;
use leptos::prelude::*;

/// Modules of white around the code; the standard asks for four.
const QUIET: usize = 4;

#[component]
pub fn QrCode(label: &'static str, #[prop(into)] text: Signal<String>) -> impl IntoView {
    part(move || {
        text.with(|text| qr_path(text)).map(|(size, path)| {
            let whole = size + 2 * QUIET;
            let view_box = format!("-{QUIET} -{QUIET} {whole} {whole}");
            view! {
                <svg class="qr-code" role="img" aria-label=label viewBox=view_box>
                    <path d=path />
                </svg>
            }
            .into_any()
        })
    })
}
