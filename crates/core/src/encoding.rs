//! How much of one's sound and picture goes to each person. The one place that decides what encoders
//! are told; it knows what a person set, to how many it goes, and whether the path is known.

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

/// What is sent to one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Encoding {
    /// At most so many bits of sound a second.
    pub sound_bits: u32,
    /// `None` for as many as the path carries.
    pub picture_bits: Option<u32>,
    /// The picture's width and height are divided by it.
    pub shrink: f32,
}

/// What there is to go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    /// Of all that is sent, to everybody.
    pub limit: Option<u32>,
    pub hi_fi: bool,
    /// How many people it is sent to.
    pub people: u32,
    /// The path to this one stands long enough for browsers to know what it carries.
    pub path_known: bool,
}

/// Sound first: people forgive a poor picture.
pub fn decide(situation: Situation) -> Encoding {
    let wish = if situation.hi_fi {
        MUSIC_BITS
    } else {
        SPEECH_BITS
    };
    let share = situation.limit.map(|all| all / situation.people.max(1));
    let sound = share.map_or(wish, |share| wish.min(share / 2).max(LEAST_SOUND_BITS));
    let picture = share.map(|share| share.saturating_sub(sound).max(LEAST_PICTURE_BITS));
    Encoding {
        sound_bits: sound,
        picture_bits: picture,
        shrink: if situation.path_known { 1.0 } else { SMALL },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TWO: Situation = Situation {
        limit: None,
        hi_fi: false,
        people: 1,
        path_known: true,
    };

    #[test]
    fn without_a_limit_the_picture_takes_what_the_path_carries() {
        let encoding = decide(TWO);
        assert_eq!(encoding.picture_bits, None);
        assert_eq!(encoding.shrink, 1.0);
        assert_eq!(encoding.sound_bits, SPEECH_BITS);
        let music = decide(Situation { hi_fi: true, ..TWO });
        assert_eq!(music.sound_bits, MUSIC_BITS);
    }

    #[test]
    fn a_new_path_begins_with_a_small_picture() {
        let path_known = false;
        let encoding = decide(Situation { path_known, ..TWO });
        assert_eq!(encoding.shrink, SMALL);
    }

    #[test]
    fn nobody_to_send_to_is_no_trouble() {
        let people = 0;
        let limit = Some(500_000);
        assert!(
            decide(Situation {
                limit,
                people,
                ..TWO
            })
            .picture_bits
                > Some(0)
        );
    }

    proptest! {
        #[test]
        fn a_limit_holds_for_all_people_together_and_sound_is_never_starved(
            limit in 500_000u32..5_000_000,
            people in 1u32..8,
            hi_fi: bool,
        ) {
            let all = limit;
            let limit = Some(all);
            let encoding = decide(Situation { limit, people, hi_fi, ..TWO });
            let (sound, picture) = (encoding.sound_bits, encoding.picture_bits.unwrap());
            prop_assert!(people * (sound + picture) <= all);
            prop_assert!(sound >= SPEECH_BITS.min(all / people / 2));
        }
    }
}
