//! Reads a WebM file the plain way, whole and in memory, and insists on what a finished one must be.

const CLUSTER: u32 = 0x1F43_B675;
const CUES: u32 = 0x1C53_BB6B;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const SEEK_HEAD: u32 = 0x114D_9B74;

#[derive(Clone, Debug)]
pub struct Element {
    pub id: u32,
    pub at: usize,
    pub body: usize,
    /// None: unknown.
    pub end: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub track: u8,
    pub time: i64,
    pub is_key: bool,
    pub data: Vec<u8>,
    /// Where its element ends.
    pub end: usize,
}

pub fn element(bytes: &[u8], at: usize) -> Option<Element> {
    let first = *bytes.get(at)?;
    let id_len = first.leading_zeros() as usize + 1;
    let id = bytes
        .get(at..at + id_len)?
        .iter()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte));
    let size_at = at + id_len;
    let len = bytes.get(size_at)?.leading_zeros() as usize + 1;
    let raw = bytes.get(size_at..size_at + len)?;
    let size = raw
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
        & ((1 << (7 * len)) - 1);
    let body = size_at + len;
    let end = (size != (1 << (7 * len)) - 1).then(|| body + size as usize);
    Some(Element { id, at, body, end })
}

/// The children from `from` to `to`, which they must fill without a gap.
pub fn tiles(bytes: &[u8], from: usize, to: usize) -> Vec<Element> {
    let mut all = Vec::new();
    let mut at = from;
    while at < to {
        let one = element(bytes, at).expect("an element");
        at = one.end.expect("a known size");
        all.push(one);
    }
    assert_eq!(at, to, "the last element ends where its parent does");
    all
}

pub fn number(bytes: &[u8], one: &Element) -> u64 {
    bytes[one.body..one.end.unwrap()]
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn inside(bytes: &[u8], one: &Element) -> Vec<Element> {
    tiles(bytes, one.body, one.end.unwrap())
}

fn find(bytes: &[u8], all: &[Element], id: u32) -> u64 {
    number(bytes, all.iter().find(|one| one.id == id).unwrap())
}

fn block(bytes: &[u8], one: &Element, cluster: u64) -> Option<Block> {
    let (body, is_key) = match one.id {
        0xA3 => (one.clone(), bytes[one.body + 3] & 0x80 != 0),
        0xA0 => {
            let all = inside(bytes, one);
            let body = all.iter().find(|child| child.id == 0xA1)?.clone();
            (body, all.iter().all(|child| child.id != 0xFB))
        }
        _ => return None,
    };
    let head = &bytes[body.body..body.body + 4];
    let data = bytes[body.body + 4..body.end?].to_vec();
    let time = cluster as i64 + i64::from(i16::from_be_bytes([head[1], head[2]]));
    Some(Block {
        track: head[0] & 0x7F,
        time,
        is_key,
        data,
        end: one.end?,
    })
}

/// The blocks of a recording as it came: Clusters of unknown size, perhaps cut off.
pub fn blocks(bytes: &[u8]) -> Vec<Block> {
    let mut all = Vec::new();
    let ebml = element(bytes, 0).unwrap();
    let mut at = element(bytes, ebml.end.unwrap()).unwrap().body;
    let mut time = 0;
    while let Some(one) = element(bytes, at) {
        if one.id == CLUSTER {
            at = one.body;
            continue;
        }
        let Some(end) = one.end.filter(|end| *end <= bytes.len()) else {
            break;
        };
        if one.id == 0xE7 {
            time = number(bytes, &one);
        }
        all.extend(block(bytes, &one, time));
        at = end;
    }
    all
}

pub struct Whole {
    pub blocks: Vec<Block>,
    pub cues: Vec<u64>,
    pub duration: f64,
    pub clusters: usize,
}

/// A finished file: asserts all that makes it one.
pub fn whole(bytes: &[u8]) -> Whole {
    let ebml = element(bytes, 0).unwrap();
    let segment = element(bytes, ebml.end.unwrap()).unwrap();
    assert_eq!(
        segment.end,
        Some(bytes.len()),
        "the Segment ends with the file"
    );
    let all = inside(bytes, &segment);
    let position = |at: usize| (at - segment.body) as u64;
    let at_position = |at: u64| {
        all.iter()
            .find(|one| position(one.at) == at)
            .expect("an element there")
    };
    let only = |id| {
        let mut found = all.iter().filter(|one| one.id == id);
        let one = found.next().unwrap().clone();
        assert!(found.next().is_none(), "{id:x} is there once");
        one
    };

    let seeks = inside(bytes, &only(SEEK_HEAD));
    let mut sought: Vec<u32> = Vec::new();
    for seek in &seeks {
        let fields = inside(bytes, seek);
        let id = find(bytes, &fields, 0x53AB) as u32;
        assert_eq!(at_position(find(bytes, &fields, 0x53AC)).id, id);
        sought.push(id);
    }
    assert_eq!(sought, [INFO, TRACKS, CUES]);

    let info = inside(bytes, &only(INFO));
    let duration = info.iter().find(|one| one.id == 0x4489).unwrap();
    let duration = f64::from_be_bytes(
        bytes[duration.body..duration.end.unwrap()]
            .try_into()
            .unwrap(),
    );
    let entries = inside(bytes, &only(TRACKS));
    let entries: Vec<Vec<Element>> = entries.iter().map(|entry| inside(bytes, entry)).collect();
    let videos = entries.iter().filter(|entry| find(bytes, entry, 0x83) == 1);
    let videos: Vec<u64> = videos.map(|entry| find(bytes, entry, 0xD7)).collect();

    let mut blocks = Vec::new();
    let mut clusters = 0;
    let mut within = Vec::new();
    for cluster in all.iter().filter(|one| one.id == CLUSTER) {
        let children = inside(bytes, cluster);
        assert_eq!(children[0].id, 0xE7);
        let time = number(bytes, &children[0]);
        let before = blocks.len();
        blocks.extend(children.iter().filter_map(|one| block(bytes, one, time)));
        assert!(blocks.len() > before, "no Cluster is empty");
        within.push((position(cluster.at), before..blocks.len()));
        clusters += 1;
    }

    let index = only(CUES);
    assert_eq!(index.end, Some(bytes.len()), "the index is last");
    let mut cues = Vec::new();
    for point in inside(bytes, &index) {
        let fields = inside(bytes, &point);
        let place = inside(bytes, fields.iter().find(|one| one.id == 0xB7).unwrap());
        let (time, track) = (find(bytes, &fields, 0xB3), find(bytes, &place, 0xF7));
        let cluster = find(bytes, &place, 0xF1);
        let (_, range) = within
            .iter()
            .find(|(at, _)| *at == cluster)
            .expect("a Cluster there");
        let mut there = blocks[range.clone()].iter();
        let there =
            there.find(|block| u64::from(block.track) == track && block.time as u64 == time);
        assert!(there.unwrap().is_key || !videos.contains(&track));
        cues.push(time);
    }
    assert!(!cues.is_empty() && cues.is_sorted());

    let last = blocks.iter().map(|block| block.time).max().unwrap() as f64;
    assert!(
        duration > last && duration <= last + 100.0,
        "{duration} after {last}"
    );
    Whole {
        blocks,
        cues,
        duration,
        clusters,
    }
}
