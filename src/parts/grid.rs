//! The box that tiles share, and the place in it that each of them has. The numbers come from
//! `layout` through the stage; the style sheet puts them to use.

use crate::parts::{
    lean::{memo, text, watch, word},
    size::use_size,
    stage::{Spot, Stage},
};
use leptos::{html, prelude::*};

#[component]
pub fn Grid(stage: Stage, children: Children) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let size = use_size(node);
    watch(move || stage.size.set(size.get()));
    view! { <div class="grid" node_ref=node>{children()}</div> }.into_any()
}

/// Puts a tile where the stage wants it. It stays one element wherever it goes, since a picture that
/// is taken out of the page stands still.
#[component]
pub fn Placed(stage: Stage, #[prop(into)] key: String, children: Children) -> impl IntoView {
    let spot = memo(move || stage.spot(&key));
    let name = word(move || match spot.get() {
        Spot::Away => "away",
        Spot::Corner => "corner",
        Spot::Among(_) => "among",
        Spot::Large(_) => "large",
    });
    let style = text(move || match spot.get() {
        Spot::Among(place) | Spot::Large(place) if place.width > 0.0 => {
            let pixels =
                |name: &str, value: f64| [name, &(value as i32).to_string(), "px;"].concat();
            [
                pixels("--x:", place.x),
                pixels("--y:", place.y),
                pixels("--width:", place.width),
                pixels("--height:", place.height),
            ]
            .concat()
        }
        _ => String::new(),
    });
    view! { <div class="place" data-spot=name style=style>{children()}</div> }.into_any()
}
