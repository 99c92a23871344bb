//! Where tiles go, as plain maths: everybody alike in a grid, or one large and the rest in a strip.
//! Boxes are in the order of the people, whoever is large, so that nobody's tile is another's.

/// Between tiles, and the `--gap` of the grid in the style sheet.
const GAP: f64 = 8.0;
/// Cameras give 16:9. Tiles may be cut narrower than the picture, never wider.
const WIDEST: f64 = 16.0 / 9.0;
/// As narrow as a face in the middle allows, where there is more width than height …
const NARROWEST: f64 = 4.0 / 3.0;
/// … and on a phone held upright, where two people would otherwise be two thin strips.
const NARROWEST_UPRIGHT: f64 = 3.0 / 4.0;
/// A face in the strip is worth looking at from this many square pixels on …
const SMALLEST: f64 = 8_000.0;
/// … and from this share of the stage on, where that is more.
const SMALLEST_SHARE: f64 = 1.0 / 64.0;
/// A pixel of the large tile is worth as many in the strip.
const WEIGHT: f64 = 3.0;
/// The large tile has at least so many times the room of one in the strip.
const LARGER: f64 = 2.0;
/// Thicknesses of the strip that are tried, from nothing to half of the stage.
const TRIES: u32 = 60;

/// A tile's place, `x` from where lines of text begin.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Place {
    fn area(self) -> f64 {
        self.width * self.height
    }

    fn moved(self, x: f64, y: f64) -> Place {
        Place {
            x: (self.x + x).floor(),
            y: (self.y + y).floor(),
            ..self
        }
    }
}

/// What the large tile shows: a face fills its tile, a screen is shown whole in whatever room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Large {
    Face,
    Screen,
}

/// `count` equal tiles in a `width` × `height` box, so that everybody is seen best. The last row is
/// centred.
pub fn grid(count: usize, width: f64, height: f64) -> Vec<Place> {
    let tiles = arrange(count, width, height);
    let block = (tiles.span(tiles.columns), tiles.rise());
    let (left, top) = ((width - block.0) / 2.0, (height - block.1) / 2.0);
    tiles.places(count, block.0, left, top)
}

/// One large tile and the others in a strip, at the end of the lines where there is more width than
/// height, else below.
pub fn spotlight(count: usize, large: usize, what: Large, width: f64, height: f64) -> Vec<Place> {
    if count <= 1 {
        return vec![fit(what, width, height); count];
    }
    let beside = width > height;
    let others = count - 1;
    let length = if beside { width } else { height };
    let smallest = SMALLEST.max(width * height * SMALLEST_SHARE);
    let mut best = ((0.0, 0.0), Place::default(), Arrangement::default());
    for part in 1..=TRIES {
        let thickness = (length / 2.0 * f64::from(part) / f64::from(TRIES)).floor();
        let strip = if beside {
            arrange(others, thickness, height)
        } else {
            arrange(others, width, thickness)
        };
        let big = if beside {
            fit(what, width - GAP - strip.span(strip.columns), height)
        } else {
            fit(what, width, height - GAP - strip.rise())
        };
        let small = strip.width * strip.height;
        if small * LARGER > big.area() {
            continue;
        }
        // First of all that faces in the strip can be told, then that nothing lies idle.
        let all = WEIGHT * big.area() + small * others as f64;
        let score = (small.min(smallest), all);
        if score > best.0 {
            best = (score, big, strip);
        }
    }
    let (_, big, strip) = best;
    let block = (strip.span(strip.columns), strip.rise());
    let mut places = if beside {
        let left = (width - big.width - GAP - block.0) / 2.0;
        let x = left + big.width + GAP;
        let mut places = strip.places(others, block.0, x, (height - block.1) / 2.0);
        places.insert(
            large.min(others),
            big.moved(left, (height - big.height) / 2.0),
        );
        places
    } else {
        let top = (height - big.height - GAP - block.1) / 2.0;
        let y = top + big.height + GAP;
        let mut places = strip.places(others, block.0, (width - block.0) / 2.0, y);
        places.insert(large.min(others), big.moved((width - big.width) / 2.0, top));
        places
    };
    places.truncate(count);
    places
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Arrangement {
    columns: usize,
    rows: usize,
    width: f64,
    height: f64,
}

impl Arrangement {
    /// So many columns, with the gaps between.
    fn span(&self, columns: usize) -> f64 {
        (columns as f64 * (self.width + GAP) - GAP).max(0.0)
    }

    /// All rows, with the gaps between.
    fn rise(&self) -> f64 {
        (self.rows as f64 * (self.height + GAP) - GAP).max(0.0)
    }

    fn places(&self, count: usize, width: f64, left: f64, top: f64) -> Vec<Place> {
        let place = |at: usize| {
            let (row, column) = (at / self.columns.max(1), at % self.columns.max(1));
            let in_row = self.columns.min(count - row * self.columns);
            let indent = (width - self.span(in_row)) / 2.0;
            let tile = Place {
                x: column as f64 * (self.width + GAP),
                y: row as f64 * (self.height + GAP),
                width: self.width,
                height: self.height,
            };
            tile.moved(left + indent, top)
        };
        (0..count).map(place).collect()
    }
}

/// The arrangement of `count` equal tiles in a box that shows everybody best.
fn arrange(count: usize, width: f64, height: f64) -> Arrangement {
    let narrowest = narrowest(width, height);
    let mut best = (0.0, Arrangement::default());
    for columns in 1..=count {
        let rows = count.div_ceil(columns);
        let cell = (share(width, columns), share(height, rows));
        let tile_width = cell.0.min(cell.1 * WIDEST);
        let tile_height = cell.1.min(tile_width / narrowest);
        // A picture covers its tile, so faces are as large as the tile is high; what hangs over the
        // sides is lost, which counts, but for less.
        let seen = (tile_width / tile_height.max(1.0) / WIDEST).min(1.0);
        let score = tile_height.powi(3) * seen;
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

/// One tile as large as the box allows.
fn fit(what: Large, width: f64, height: f64) -> Place {
    let (width, height) = match what {
        Large::Screen => (width, height),
        Large::Face => {
            let wide = width.min(height * WIDEST);
            (wide, height.min(wide / narrowest(width, height)))
        }
    };
    Place {
        x: 0.0,
        y: 0.0,
        width: width.floor().max(0.0),
        height: height.floor().max(0.0),
    }
}

fn narrowest(width: f64, height: f64) -> f64 {
    if width > height {
        NARROWEST
    } else {
        NARROWEST_UPRIGHT
    }
}

/// What one of `parts` gets of a length, gaps left out.
fn share(length: f64, parts: usize) -> f64 {
    let parts = parts as f64;
    ((length - GAP * (parts - 1.0)) / parts).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of these windows beside the toolbar, and odd ones between.
    const STAGES: [(f64, f64); 10] = [
        (304.0, 380.0),
        (374.0, 744.0),
        (828.0, 322.0),
        (600.0, 600.0),
        (1008.0, 650.0),
        (1264.0, 704.0),
        (904.0, 704.0),
        (2540.0, 950.0),
        (3824.0, 2064.0),
        (2144.0, 3744.0),
    ];

    /// Numbers of a small generator in place of chance: the same in every run.
    fn stages() -> impl Iterator<Item = (f64, f64)> {
        let mut state = 7_u64;
        let mut next = move |least: u64, most: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (least + (state >> 33) % (most - least)) as f64
        };
        let odd = (0..200).map(move |_| (next(304, 3840), next(300, 2160)));
        let odd = odd.filter(|(width, height)| (0.3..3.5).contains(&(width / height)));
        STAGES.into_iter().chain(odd)
    }

    fn lie_well(places: &[Place], width: f64, height: f64, what: &str) {
        for (at, one) in places.iter().enumerate() {
            assert!(one.width >= 1.0 && one.height >= 1.0, "{what}: {one:?}");
            let inside = one.x >= 0.0
                && one.y >= 0.0
                && one.x + one.width <= width
                && one.y + one.height <= height;
            assert!(inside, "{what}: {one:?} hangs out");
            for other in &places[at + 1..] {
                let apart = one.x + one.width <= other.x
                    || other.x + other.width <= one.x
                    || one.y + one.height <= other.y
                    || other.y + other.height <= one.y;
                assert!(apart, "{what}: {one:?} lies on {other:?}");
            }
        }
    }

    fn is_a_picture(place: Place, what: &str) {
        let aspect = place.width / place.height;
        assert!((0.72..1.85).contains(&aspect), "{what}: {aspect}");
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
            let tiles = arrange(count, width, height);
            assert_eq!(
                (tiles.columns, tiles.rows),
                (columns, rows),
                "{count} in {width} × {height}"
            );
        }
    }

    #[test]
    fn in_a_grid_nothing_overlaps_hangs_out_or_is_bent() {
        for (width, height) in stages() {
            for count in 1..=16 {
                let what = format!("{count} in {width} × {height}");
                let places = grid(count, width, height);
                assert_eq!(places.len(), count);
                lie_well(&places, width, height, &what);
                for place in &places {
                    is_a_picture(*place, &what);
                    assert_eq!(
                        (place.width, place.height),
                        (places[0].width, places[0].height)
                    );
                }
            }
        }
    }

    /// Of all ways to lay equal tiles of these shapes in rows, none covers much more of the window.
    /// Some a little: on a phone four faces in two rows are larger than four strips one above another.
    #[test]
    fn no_other_grid_wastes_much_less() {
        for (width, height) in stages() {
            for count in 1..=8 {
                let chosen: f64 = grid(count, width, height).iter().map(|it| it.area()).sum();
                let most = (1..=count)
                    .map(|columns| {
                        let rows = count.div_ceil(columns);
                        let cell = (share(width, columns), share(height, rows));
                        let wide = cell.0.min(cell.1 * WIDEST);
                        let high = cell.1.min(wide / narrowest(width, height));
                        wide * high * count as f64
                    })
                    .fold(0.0, f64::max);
                assert!(
                    chosen > 0.7 * most,
                    "{count} in {width} × {height}: {chosen} of {most}"
                );
            }
        }
    }

    #[test]
    fn the_spotlight_is_large_and_the_rest_are_in_a_strip() {
        for (width, height) in stages() {
            for count in 2..=16 {
                for what in [Large::Face, Large::Screen] {
                    let told = format!("{what:?} of {count} in {width} × {height}");
                    for large in [0, count / 2, count - 1] {
                        let places = spotlight(count, large, what, width, height);
                        assert_eq!(places.len(), count);
                        lie_well(&places, width, height, &told);
                        let big = places[large];
                        if what == Large::Face {
                            is_a_picture(big, &told);
                        }
                        for (at, small) in places.iter().enumerate().filter(|(at, _)| *at != large)
                        {
                            is_a_picture(*small, &told);
                            assert!(
                                big.area() >= LARGER * small.area(),
                                "{told}: {big:?} {small:?}"
                            );
                            let after = if width > height {
                                small.x >= big.x + big.width
                            } else {
                                small.y >= big.y + big.height
                            };
                            assert!(after, "{told}: {at} is not in the strip");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn up_to_eight_in_the_spotlight_use_most_of_an_ordinary_window() {
        for (width, height) in STAGES {
            for count in 2..=8 {
                let places = spotlight(count, 0, Large::Face, width, height);
                let covered: f64 = places.iter().map(|it| it.area()).sum();
                assert!(
                    covered > 0.5 * width * height,
                    "{count} in {width} × {height}: {}",
                    covered / width / height
                );
            }
        }
    }

    #[test]
    fn the_order_is_that_of_the_people_whoever_is_large() {
        let in_order = |places: &[Place], large: usize| {
            let strip: Vec<_> = places
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != large)
                .map(|(_, it)| (it.y, it.x))
                .collect();
            strip.is_sorted_by(|a, b| a < b)
        };
        for large in 0..6 {
            let places = spotlight(6, large, Large::Face, 1264.0, 704.0);
            assert!(in_order(&places, large), "{places:?}");
        }
        assert!(in_order(&grid(7, 1264.0, 704.0), 99));
        // Whoever goes, those before keep their place and those after close ranks.
        let (four, three) = (grid(4, 1264.0, 704.0), grid(3, 1264.0, 704.0));
        assert_eq!(four[..2], three[..2]);
    }

    #[test]
    fn no_room_and_nobody_are_no_trouble() {
        assert!(grid(0, 100.0, 100.0).is_empty());
        assert!(spotlight(0, 0, Large::Face, 100.0, 100.0).is_empty());
        assert_eq!(grid(3, 0.0, 0.0).len(), 3);
        assert_eq!(spotlight(3, 1, Large::Face, 0.0, 0.0).len(), 3);
    }
}
