//! What two ends of one connection agree on once both nonces are told: the code that people compare, a
//! secret by which they know each other again, and the proof that somebody has such a secret.

use super::certificates::Fingerprint;
use crate::ids::{Commitment, Nonce, PairSecret, PeerId, Proof};
use alloc::{format, string::String};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};

/// Three words out of 128: whoever stands in the middle has one guess in two million.
const BITS: u32 = 21;
/// Words in a list, of which each language has one.
pub const WORDS: usize = 128;

/// What two people compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(u32);

impl Code {
    /// Places in the list of words.
    pub fn words(self) -> [usize; 3] {
        [14, 7, 0].map(|shift| (self.0 >> shift) as usize % WORDS)
    }

    /// The same as a number, for two people whose pages speak different languages.
    pub fn digits(self) -> String {
        format!("{:03} {:04}", self.0 / 10_000, self.0 % 10_000)
    }
}

/// One end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct End {
    pub id: PeerId,
    pub certificate: Fingerprint,
    pub nonce: Nonce,
}

/// Who commits, and to whom: one's own commitment cannot be handed back as another's.
pub fn commit(by: PeerId, to: PeerId, nonce: &Nonce) -> Commitment {
    let digest = Sha256::new()
        .chain_update(b"duologue commit 1")
        .chain_update(by.0)
        .chain_update(to.0)
        .chain_update(nonce.0)
        .finalize();
    Commitment(digest.into())
}

/// What both ends, and nobody else, can work out. Every part has a fixed length: no two readings.
pub struct Agreed {
    code: Code,
    secret: PairSecret,
    /// What proofs are about: this connection.
    here: [u8; 32],
}

impl Agreed {
    pub fn between(one: &End, other: &End) -> Agreed {
        let (first, second) = match one.id < other.id {
            true => (one, other),
            false => (other, one),
        };
        let [first, second] = [first, second].map(|it| {
            let mut bytes = [0; 16 + 32 + 32];
            bytes[..16].copy_from_slice(&it.id.0);
            bytes[16..48].copy_from_slice(&it.certificate);
            bytes[48..].copy_from_slice(&it.nonce.0);
            bytes
        });
        let both = [first, second].concat();
        let key = Hkdf::<Sha256>::new(Some(b"duologue verify 1"), &both);
        Agreed {
            code: Code(u32::from_be_bytes(expand(&key, b"code")) >> (32 - BITS)),
            secret: PairSecret(expand(&key, b"secret")),
            here: expand(&key, b"proof"),
        }
    }

    pub fn code(&self) -> Code {
        self.code
    }

    pub fn secret(&self) -> PairSecret {
        self.secret
    }

    /// That `by` has this secret, shown to the other end of this connection and of no other use.
    pub fn proof(&self, secret: &PairSecret, by: PeerId) -> Proof {
        let about = [&self.here[..], &by.0].concat();
        let key = Hkdf::<Sha256>::new(Some(&secret.0), &about);
        Proof(expand(&key, b"proof"))
    }
}

#[expect(
    clippy::expect_used,
    reason = "HKDF refuses only more than 8,160 bytes"
)]
fn expand<const N: usize>(key: &Hkdf<Sha256>, of: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    key.expand(of, &mut bytes).expect("a few bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    fn end(number: u8) -> End {
        End {
            id: PeerId([number; 16]),
            certificate: [number; 32],
            nonce: Nonce([number; 32]),
        }
    }

    /// Reckoned by another program. A change here is a change of the protocol.
    #[test]
    fn the_same_ends_come_to_the_documented_code() {
        let agreed = Agreed::between(&end(1), &end(2));
        let turned = Agreed::between(&end(2), &end(1));
        assert_eq!(agreed.code(), turned.code());
        assert_eq!(agreed.code().digits(), "023 7528");
        assert_eq!(agreed.secret(), turned.secret());
        let proof = agreed.proof(&PairSecret([9; 32]), PeerId([1; 16]));
        assert_eq!(proof.text(), "p_ust-TWNYiBBNLrxAXXHQ");
        assert_eq!(
            commit(PeerId([1; 16]), PeerId([2; 16]), &Nonce([1; 32])).text(),
            "m7XlGkFffDjYE3J1wwYI12yNLgWOBpHU674komddYoM"
        );
    }

    #[test]
    fn every_part_of_either_end_counts() {
        let changes: [fn(&mut End); 4] = [
            |_| {},
            |it| it.id.0[15] ^= 1,
            |it| it.certificate[31] ^= 1,
            |it| it.nonce.0[0] ^= 1,
        ];
        let mut secrets = BTreeSet::new();
        for (change, turned) in changes.iter().flat_map(|it| [(it, false), (it, true)]) {
            let (mut one, mut other) = (end(1), end(2));
            change(if turned { &mut other } else { &mut one });
            secrets.insert(Agreed::between(&one, &other).secret().0);
        }
        assert_eq!(secrets.len(), 7, "unchanged twice");
    }

    #[test]
    fn a_code_is_three_words_and_seven_digits() {
        for (code, words, digits) in [
            (0, [0, 0, 0], "000 0000"),
            (129, [0, 1, 1], "000 0129"),
            ((1 << BITS) - 1, [127, 127, 127], "209 7151"),
        ] {
            assert_eq!(Code(code).words(), words);
            assert_eq!(Code(code).digits(), digits);
        }
    }

    #[test]
    fn a_proof_is_of_use_to_its_author_on_its_connection_alone() {
        let secret = PairSecret([9; 32]);
        let here = Agreed::between(&end(1), &end(2));
        let mut elsewhere = end(2);
        elsewhere.certificate = [3; 32];
        let there = Agreed::between(&end(1), &elsewhere);
        let proof = here.proof(&secret, PeerId([1; 16]));
        assert_ne!(proof, here.proof(&secret, PeerId([2; 16])), "handed back");
        assert_ne!(proof, there.proof(&secret, PeerId([1; 16])), "carried on");
        assert_ne!(proof, here.proof(&PairSecret([8; 32]), PeerId([1; 16])));
    }
}
