//! The mark, two overlapping speech shapes, and the product's name; a way home.

use crate::{route::Route, words::words};
use leptos::prelude::*;

#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 64 64" aria-hidden="true">
            <path class="mark-you" d="M12 8h26a8 8 0 0 1 8 8v14a8 8 0 0 1-8 8H22l-11 9v-9.6A8 8 0 0 1 4 30V16a8 8 0 0 1 8-8z" />
            <path class="mark-other" d="M28 22h24a8 8 0 0 1 8 8v12a8 8 0 0 1-7 7.9V58l-10-8H28a8 8 0 0 1-8-8V30a8 8 0 0 1 8-8z" />
            <path class="mark-both" d="M28 22h18v8a8 8 0 0 1-8 8H22l-2 1.6V30a8 8 0 0 1 8-8z" />
        </svg>
    }
}

#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href=Route::Home.fragment()>
            <Mark />
            <span class="brand-name">{words().product.name}</span>
            <span class="unseen">{words().common.back_home}</span>
        </a>
    }
}
