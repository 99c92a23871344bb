//! The box that tiles share, and the place in it that each of them has. The numbers come from
//! `layout` through the stage; the style sheet puts them to use.

use crate::parts::{
    layout::Place,
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
    // One by one: the page's own rules forbid style attributes as a whole.
    let pixels = move |pick: fn(Place) -> f64| {
        text(move || match spot.get() {
            Spot::Among(place) | Spot::Large(place) if place.width > 0.0 => {
                [&(pick(place) as i32).to_string(), "px"].concat()
            }
            _ => "auto".to_string(),
        })
    };
    view! {
        <div
            class="place"
            data-spot=name
            style=("--x", pixels(|place| place.x))
            style=("--y", pixels(|place| place.y))
            style=("--width", pixels(|place| place.width))
            style=("--height", pixels(|place| place.height))
        >
            {children()}
        </div>
    }
    .into_any()
}
