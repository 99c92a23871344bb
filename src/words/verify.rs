//! What is said of who somebody is, and the words that people read to each other.

use super::{Text, table::VerifyWords, words};
use crate::session::{
    Trust,
    verify::{Code, Trouble},
};

impl VerifyWords {
    /// The code, in words of this language.
    pub fn code(&self, code: Code) -> String {
        let word = |place| self.words.split(' ').nth(place).unwrap_or_default();
        code.words().map(word).join(" ")
    }

    pub fn trouble(&self, trouble: Trouble) -> Text {
        match trouble {
            Trouble::Silent => self.silent,
            Trouble::Misfit => self.misfit,
            Trouble::Unseen => self.unseen,
        }
    }

    /// Nothing to say of most people.
    pub fn trust(&self, trust: &Trust, name: &str) -> Option<String> {
        match trust {
            Trust::Unchecked => None,
            Trust::Compared => Some(self.compared.to_string()),
            Trust::Known { name: then } if then == name => Some(self.known.to_string()),
            Trust::Known { name: then } => {
                let then = match then.as_str() {
                    "" => words().call.guest,
                    then => then,
                };
                Some(self.known_as(then))
            }
            Trust::Doubtful => Some(self.doubtful(name)),
        }
    }
}
