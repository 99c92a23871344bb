//! Where tiles go. The maths is a plain function, tested natively; the component measures its box,
//! and hands the numbers to the style sheet as custom properties.

use crate::parts::{
    lean::{flag, text},
    size::use_size,
};
use leptos::{html, prelude::*};

/// Between tiles, and the `--gap` of the grid in the style sheet.
const GAP: f64 = 8.0;
/// Cameras give 16:9. Tiles may be cut narrower than the picture, never wider.
const WIDEST: f64 = 16.0 / 9.0;
/// As narrow as a face in the middle allows, where there is more width than height …
const NARROWEST: f64 = 4.0 / 3.0;
/// … and on a phone held upright, where two people would otherwise be two thin strips.
const NARROWEST_UPRIGHT: f64 = 3.0 / 4.0;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Arrangement {
    pub columns: usize,
    pub rows: usize,
    pub width: f64,
    pub height: f64,
}

/// The arrangement of `count` equal tiles in a `width` × `height` box that shows everybody best.
pub fn arrange(count: usize, width: f64, height: f64) -> Arrangement {
    let narrowest = if width > height {
        NARROWEST
    } else {
        NARROWEST_UPRIGHT
    };
    let mut best = (0.0, Arrangement::default());
    for columns in 1..=count {
        let rows = count.div_ceil(columns);
        let cell = (share(width, columns), share(height, rows));
        let tile_width = cell.0.min(cell.1 * WIDEST);
        let tile_height = cell.1.min(tile_width / narrowest);
        // A picture covers its tile, so faces are as large as the tile is high; what hangs over the
        // sides is lost, which counts, but for less.
        let seen = (tile_width / tile_height.max(1.0) / WIDEST).min(1.0);
        let score = tile_height * seen.sqrt().sqrt();
        if score > best.0 {
            let (width, height) = (tile_width.floor(), tile_height.floor());
            best = (
                score,
                Arrangement {
                    columns,
                    rows,
                    width,
                    height,
                },
            );
        }
    }
    best.1
}

/// What one of `parts` gets of a length, gaps left out.
fn share(length: f64, parts: usize) -> f64 {
    let parts = parts as f64;
    ((length - GAP * (parts - 1.0)) / parts).max(0.0)
}

#[component]
pub fn Grid(
    /// How many tiles share the box.
    #[prop(into)]
    count: Signal<usize>,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let size = use_size(node);
    let pixels = move |pick: fn(Arrangement) -> f64| {
        let (width, height) = size.get();
        [
            &(pick(arrange(count.get(), width, height)) as u32).to_string(),
            "px",
        ]
        .concat()
    };
    view! {
        <div
            class="grid"
            node_ref=node
            data-alone=flag(move || count.get() == 1)
            style=("--tile-width", text(move || pixels(|tiles| tiles.width)))
            style=("--tile-height", text(move || pixels(|tiles| tiles.height)))
        >
            {children()}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(count: usize, width: f64, height: f64) -> (usize, usize) {
        let tiles = arrange(count, width, height);
        (tiles.columns, tiles.rows)
    }

    #[test]
    fn tiles_lie_as_a_person_would_lay_them() {
        for (count, width, height, columns, rows) in [
            (1, 1280.0, 720.0, 1, 1),
            (2, 1280.0, 720.0, 2, 1),
            (3, 1280.0, 720.0, 2, 2),
            (4, 1280.0, 720.0, 2, 2),
            (6, 1280.0, 720.0, 3, 2),
            (7, 1280.0, 720.0, 3, 3),
            (2, 374.0, 720.0, 1, 2),
            (3, 374.0, 720.0, 1, 3),
            (4, 374.0, 720.0, 2, 2),
            (7, 374.0, 720.0, 2, 4),
            (2, 740.0, 300.0, 2, 1),
            (5, 3824.0, 2000.0, 3, 2),
        ] {
            assert_eq!(
                shape(count, width, height),
                (columns, rows),
                "{count} in {width} × {height}"
            );
        }
    }

    #[test]
    fn all_tiles_fit_and_none_is_bent_out_of_shape() {
        for count in 1..=8 {
            for (width, height) in [
                (320.0, 480.0),
                (390.0, 844.0),
                (844.0, 390.0),
                (3840.0, 2160.0),
            ] {
                let Arrangement {
                    columns,
                    rows,
                    width: w,
                    height: h,
                } = arrange(count, width, height);
                assert!(columns * rows >= count);
                assert!(columns as f64 * (w + GAP) - GAP <= width);
                assert!(rows as f64 * (h + GAP) - GAP <= height);
                let aspect = w / h;
                assert!(
                    (0.74..1.80).contains(&aspect),
                    "{count} in {width} × {height}: {aspect}"
                );
            }
        }
    }

    #[test]
    fn no_room_and_nobody_are_no_trouble() {
        assert_eq!(arrange(0, 100.0, 100.0), Arrangement::default());
        assert_eq!(arrange(3, 0.0, 0.0), Arrangement::default());
    }
}
