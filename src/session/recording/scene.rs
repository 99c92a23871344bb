//! Where everybody is in a recording's picture, as plain maths: people in a grid of 16:9; with a screen
//! that is large and whole, and a strip of people beside it.

use crate::browser::drawing::Area;

const GAP: f64 = 8.0;
const SHAPE: f64 = 16.0 / 9.0;
/// Of the width, for the strip beside a screen.
const STRIP: f64 = 0.2;

/// An area for each, in their order. `screens` says who is a screen; the last of them is large.
pub fn places(screens: &[bool], width: f64, height: f64) -> Vec<Area> {
    let Some(large) = screens.iter().rposition(|it| *it) else {
        return grid(screens.len(), width, height);
    };
    let others = screens.len() - 1;
    let strip = if others == 0 { 0.0 } else { width * STRIP };
    let whole = Area {
        x: 0.0,
        y: 0.0,
        width: width - if others == 0 { 0.0 } else { strip + GAP },
        height,
    };
    let mut beside = column(others, width - strip, strip, height).into_iter();
    let area = |at| match at == large {
        true => whole,
        false => beside.next().unwrap_or_default(),
    };
    (0..screens.len()).map(area).collect()
}

/// One below the other, in the middle.
fn column(count: usize, x: f64, width: f64, height: f64) -> Vec<Area> {
    let gaps = GAP * count.saturating_sub(1) as f64;
    let tall = (width / SHAPE).min((height - gaps) / count.max(1) as f64);
    let top = (height - tall * count as f64 - gaps) / 2.0;
    let area = |at: usize| Area {
        x,
        y: top + at as f64 * (tall + GAP),
        width,
        height: tall,
    };
    (0..count).map(area).collect()
}

/// With the number of columns that gives the largest pictures; the last row is in the middle.
fn grid(count: usize, width: f64, height: f64) -> Vec<Area> {
    if count == 0 {
        return Vec::new();
    }
    let size = |columns: usize| {
        let rows = count.div_ceil(columns);
        let wide = (width - GAP * (columns - 1) as f64) / columns as f64;
        let tall = (height - GAP * (rows - 1) as f64) / rows as f64;
        wide.min(tall * SHAPE)
    };
    let best = (1..=count).max_by(|a, b| size(*a).total_cmp(&size(*b)));
    let columns = best.unwrap_or(1);
    let (wide, rows) = (size(columns), count.div_ceil(columns));
    let tall = wide / SHAPE;
    let top = (height - rows as f64 * (tall + GAP) + GAP) / 2.0;
    let area = |at: usize| {
        let (row, column) = (at / columns, at % columns);
        let in_row = (count - row * columns).min(columns);
        let left = (width - in_row as f64 * (wide + GAP) + GAP) / 2.0;
        Area {
            x: left + column as f64 * (wide + GAP),
            y: top + row as f64 * (tall + GAP),
            width: wide,
            height: tall,
        }
    };
    (0..count).map(area).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: f64 = 1280.0;
    const HEIGHT: f64 = 720.0;

    fn overlap(a: &Area, b: &Area) -> bool {
        let apart = a.x + a.width <= b.x + 0.01
            || b.x + b.width <= a.x + 0.01
            || a.y + a.height <= b.y + 0.01
            || b.y + b.height <= a.y + 0.01;
        !apart
    }

    #[test]
    fn nobody_is_cut_off_or_covered_however_many_they_are() {
        for people in 1..=8 {
            for screens in 0..=3 {
                let mut who = vec![false; people];
                who.extend(vec![true; screens]);
                let places = places(&who, WIDTH, HEIGHT);
                assert_eq!(places.len(), who.len());
                for (at, area) in places.iter().enumerate() {
                    let inside = area.x >= -0.01
                        && area.y >= -0.01
                        && area.x + area.width <= WIDTH + 0.01
                        && area.y + area.height <= HEIGHT + 0.01;
                    assert!(inside, "{people} and {screens}: {area:?}");
                    assert!(area.height > 50.0, "{people} and {screens}: {area:?}");
                    assert!(places[at + 1..].iter().all(|it| !overlap(area, it)));
                }
            }
        }
    }

    #[test]
    fn one_alone_fills_the_picture_and_two_are_alike() {
        let all = places(&[false], WIDTH, HEIGHT);
        assert_eq!((all[0].width, all[0].height), (WIDTH, HEIGHT));
        let two = places(&[false, false], WIDTH, HEIGHT);
        assert_eq!(two[0].width, two[1].width);
        assert_eq!(two[0].y, two[1].y);
        assert!(places(&[], WIDTH, HEIGHT).is_empty());
    }

    #[test]
    fn the_newest_screen_is_large() {
        let all = places(&[false, true, true, false], WIDTH, HEIGHT);
        assert!(all[2].width > 1_000.0 && all[2].height == HEIGHT);
        assert!(
            all.iter()
                .enumerate()
                .all(|(at, it)| at == 2 || it.width < 300.0)
        );
        let alone = places(&[true], WIDTH, HEIGHT);
        assert_eq!(alone[0].width, WIDTH);
    }
}
