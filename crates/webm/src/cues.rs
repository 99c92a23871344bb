//! The index: one point a key frame at most, thinned so that it stays small however long the recording
//! is; and the table of contents by which it is found.

use crate::ebml::{self, id};

/// Points of an index. A recording of an hour keeps every second, one of four hours every fourth.
const MAX_POINTS: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub time: u64,
    /// The Cluster's position in the Segment.
    pub cluster: u64,
}

/// Points of one track, at least so far apart.
#[derive(Debug)]
pub struct Cues {
    points: Vec<Point>,
    /// In timestamps; doubles when the points become too many.
    apart: u64,
}

impl Cues {
    pub fn apart(apart: u64) -> Self {
        Cues {
            points: Vec::new(),
            apart: apart.max(1),
        }
    }

    pub fn add(&mut self, point: Point) {
        if self.fits(point.time) {
            self.points.push(point);
        }
        if self.points.len() > MAX_POINTS {
            self.apart = self.apart.saturating_mul(2);
            let mut next = 0;
            self.points.retain(|point| {
                let keep = point.time >= next;
                if keep {
                    next = point.time.saturating_add(self.apart);
                }
                keep
            });
        }
        // Only of timestamps without an order could doubling leave as many.
        self.points.truncate(MAX_POINTS);
    }

    fn fits(&self, time: u64) -> bool {
        let last = self.points.last();
        last.is_none_or(|last| time >= last.time.saturating_add(self.apart))
    }

    /// The whole element: at most some 150 kB.
    pub fn element(&self, track: u64) -> Vec<u8> {
        let mut body = Vec::new();
        for point in &self.points {
            let mut place = Vec::new();
            ebml::put_number(&mut place, id::CUE_TRACK, track);
            ebml::put_number(&mut place, id::CUE_CLUSTER_POSITION, point.cluster);
            let mut one = Vec::new();
            ebml::put_number(&mut one, id::CUE_TIME, point.time);
            ebml::put(&mut one, id::CUE_TRACK_POSITIONS, &place);
            ebml::put(&mut body, id::CUE_POINT, &one);
        }
        let mut element = Vec::new();
        ebml::put(&mut element, id::CUES, &body);
        element
    }
}

/// The length of every [`seek_head`].
pub const SEEK_HEAD: usize = 68;

/// The table of contents. Without an index yet its third entry is the first once more: with one, no
/// byte that says where an element ends is another, so a torn write does no harm.
pub fn seek_head(info: u64, tracks: u64, cues: Option<u64>) -> Vec<u8> {
    let third = cues.map_or((id::INFO, info), |cues| (id::CUES, cues));
    let mut body = Vec::new();
    for (id, position) in [(id::INFO, info), (id::TRACKS, tracks), third] {
        let mut seek = Vec::new();
        ebml::put(&mut seek, id::SEEK_ID, &id.to_be_bytes());
        ebml::put(&mut seek, id::SEEK_POSITION, &position.to_be_bytes());
        ebml::put(&mut body, id::SEEK, &seek);
    }
    let mut head = Vec::new();
    ebml::put(&mut head, id::SEEK_HEAD, &body);
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_a_day_stays_small_and_covers_it_evenly() {
        let mut cues = Cues::apart(1000);
        for second in 0..86_400 {
            cues.add(Point {
                time: second * 1000,
                cluster: second,
            });
        }
        assert!(cues.points.len() <= MAX_POINTS);
        assert!(cues.points.len() > MAX_POINTS / 4);
        let gaps = cues.points.windows(2).map(|two| two[1].time - two[0].time);
        assert!(gaps.max() <= Some(32_000));
        assert!(cues.element(1).len() < 150_000);
    }

    #[test]
    fn points_that_crowd_are_passed_over() {
        let mut cues = Cues::apart(1000);
        for time in [0, 10, 999, 1000, 500, 1999, 2001] {
            cues.add(Point { time, cluster: 0 });
        }
        let times: Vec<u64> = cues.points.iter().map(|point| point.time).collect();
        assert_eq!(times, [0, 1000, 2001]);
    }

    #[test]
    fn a_table_of_contents_is_as_long_without_an_index_as_with_one() {
        assert_eq!(seek_head(1, 2, None).len(), SEEK_HEAD);
        assert_eq!(seek_head(u64::MAX, 2, Some(u64::MAX)).len(), SEEK_HEAD);
    }
}
