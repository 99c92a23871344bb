//! How much of one's sound and pictures goes to each person: bits, pixels and frames, by what a person
//! set, by how many people there are, by how large each picture is looked at, by what the path carries
//! and by how hard this device works. Sound first: people forgive a poor picture.

mod loss;
mod strain;

pub use loss::Loss;
pub use strain::{Effort, Strain};

use crate::wire::{Codecs, Need, Size};

/// The first frames are sent with a fourth of their width and height. An encoder that is given a
/// camera's whole picture for a path that nobody knows yet drops one frame after another until it has
/// found a size that fits, and that takes a fifth of a second, every time.
const SMALL: f32 = 4.0;
/// Speech is not told apart from the original above this.
const SPEECH_BITS: u32 = 40_000;
/// Music in stereo, likewise.
const MUSIC_BITS: u32 = 192_000;
/// Below this speech is hard work to listen to.
const LEAST_SOUND_BITS: u32 = 16_000;
/// Encoders take less for a mistake.
const LEAST_PICTURE_BITS: u32 = 30_000;
/// A face at 30 frames a second: so many bits, and so many more for each 10 pixels.
const BASE_BITS: u32 = 80_000;
const BITS_FOR_TEN_PIXELS: u32 = 17;
/// Scaling by less than this saves less than it blurs.
const WORTH_IT: f32 = 1.2;
/// Whoever is shown as small as this is not to be made smaller.
const MOST_SHRUNK: f32 = 8.0;
/// From so many others on a face moves this often; a twelfth of a screen does not show the difference.
const CROWD: u32 = 4;
const CROWD_FRAMES: u32 = 20;
/// By level of strain: what is left of width and height, and frames a second.
const RELIEF: [(f32, Option<u32>); Strain::LEVELS] = [
    (1.0, None),
    (1.0, Some(20)),
    (1.5, Some(15)),
    (2.0, Some(10)),
];

/// What is sent to one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Encoding {
    /// At most so many bits of sound a second.
    pub sound_bits: u32,
    pub camera: Picture,
    pub screen: Picture,
    pub codec: Option<Codec>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Av1,
    Vp9,
    H264,
    Vp8,
}

impl Codec {
    /// As browsers call it.
    pub const fn mime_type(self) -> &'static str {
        match self {
            Codec::Av1 => "video/AV1",
            Codec::Vp9 => "video/VP9",
            Codec::H264 => "video/H264",
            Codec::Vp8 => "video/VP8",
        }
    }
}

/// How one picture is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Picture {
    /// False while nobody looks at it there.
    pub sent: bool,
    /// `None` for as many as the path carries.
    pub bits: Option<u32>,
    /// The picture's width and height are divided by it.
    pub shrink: f32,
    /// At most so many a second, `None` for as many as there are.
    pub frames: Option<u32>,
}

/// As it comes, to whoever wants it.
pub const WHOLE: Picture = Picture {
    sent: true,
    bits: None,
    shrink: 1.0,
    frames: None,
};

/// What there is to go by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// Of all that is sent, to everybody.
    pub limit: Option<u32>,
    pub hi_fi: bool,
    /// How many people it is sent to.
    pub people: u32,
    /// The path to this one stands long enough for browsers to know what it carries.
    pub path_known: bool,
    /// What the path to this one loses speaks for less than this.
    pub path_bits: Option<u32>,
    /// How hard this device works, as `Strain` says.
    pub strain: usize,
    /// As it comes from the camera; nothing while it is off.
    pub camera: Size,
    /// The same of what is shared.
    pub screen: Option<Size>,
    /// What this person can see; `None` until they have said.
    pub need: Option<Need>,
    /// What this device has circuits to encode, and theirs to decode.
    pub encodes: Codecs,
    pub decodes: Codecs,
}

pub fn decide(situation: &Situation) -> Encoding {
    let wish = if situation.hi_fi {
        MUSIC_BITS
    } else {
        SPEECH_BITS
    };
    let share = situation.limit.map(|all| all / situation.people.max(1));
    // Whichever is less: what a person allows, and what the path carries without loss.
    let room = match (share, situation.path_bits) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let sound_bits = room.map_or(wish, |room| wish.min(room / 2).max(LEAST_SOUND_BITS));
    let left = room.map(|room| room.saturating_sub(sound_bits));
    let camera = camera(situation);
    let screen = screen(situation);
    // What is shared is what people came for.
    let of_screen = match (situation.screen.is_some() && screen.sent, camera.sent) {
        (true, true) => left.map(|left| left / 3 * 2),
        (true, false) => left,
        (false, _) => None,
    };
    let of_camera = left.map(|left| left - of_screen.unwrap_or(0));
    Encoding {
        sound_bits,
        camera: camera.within(of_camera),
        screen: screen.within(of_screen.or(left)),
        codec: codec(situation.encodes, situation.decodes),
    }
}

/// What both ends have circuits for, the best first; `None` leaves it to the browsers.
pub fn codec(encodes: Codecs, decodes: Codecs) -> Option<Codec> {
    [
        (encodes.av1 && decodes.av1, Codec::Av1),
        (encodes.vp9 && decodes.vp9, Codec::Vp9),
        (encodes.h264 && decodes.h264, Codec::H264),
        (encodes.vp8 && decodes.vp8, Codec::Vp8),
    ]
    .into_iter()
    .find_map(|(both, codec)| both.then_some(codec))
}

/// A face fills its box.
fn camera(situation: &Situation) -> Picture {
    let shown = situation.need.map(|need| need.camera);
    if shown.is_some_and(Size::is_nothing) {
        return Picture {
            sent: false,
            ..WHOLE
        };
    }
    let (relief, strained) = RELIEF[situation.strain.min(Strain::LEVELS - 1)];
    let fitting = shown.map_or(1.0, |shown| situation.camera.over(shown, f32::min));
    let mut shrink = (fitting * relief).clamp(1.0, MOST_SHRUNK);
    if shrink < WORTH_IT {
        shrink = 1.0;
    }
    let crowd = (situation.people >= CROWD).then_some(CROWD_FRAMES);
    let spare = shrink > 1.0 || situation.people > 1;
    Picture {
        sent: true,
        bits: spare.then(|| bits(situation.camera, shrink)),
        shrink: if situation.path_known {
            shrink
        } else {
            shrink.max(SMALL)
        },
        frames: [strained, crowd].into_iter().flatten().min(),
    }
}

/// A screen is seen whole, and read.
fn screen(situation: &Situation) -> Picture {
    let shown = situation.need.map(|need| need.screen);
    let source = situation.screen.unwrap_or_default();
    let (_, frames) = RELIEF[situation.strain.min(Strain::LEVELS - 1)];
    let fitting = shown.map_or(1.0, |shown| source.over(shown, f32::max));
    Picture {
        sent: !shown.is_some_and(Size::is_nothing),
        bits: None,
        // Half is the first step that leaves letters alone.
        shrink: if fitting < 2.0 {
            1.0
        } else {
            fitting.min(MOST_SHRUNK)
        },
        frames,
    }
}

/// What a face of this size is worth.
fn bits(source: Size, shrink: f32) -> u32 {
    let pixels = f32::from(source.width) * f32::from(source.height) / (shrink * shrink);
    BASE_BITS + pixels as u32 / 10 * BITS_FOR_TEN_PIXELS
}

impl Picture {
    fn within(self, room: Option<u32>) -> Picture {
        let most = match (self.bits, room) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Picture {
            bits: most.map(|bits| bits.max(LEAST_PICTURE_BITS)),
            ..self
        }
    }
}

impl Size {
    const fn is_nothing(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// How many times this is as large as `shown`; which of its sides counts is for `pick` to say.
    fn over(self, shown: Size, pick: fn(f32, f32) -> f32) -> f32 {
        let times = |own: u16, shown: u16| f32::from(own) / f32::from(shown.max(1));
        pick(
            times(self.width, shown.width),
            times(self.height, shown.height),
        )
        .max(1.0)
    }
}

#[cfg(test)]
mod tests;
