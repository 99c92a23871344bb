//! What is said about what people write to each other.

use super::table::ChatWords;
use crate::session::chat::{Delivery, MAX_TEXT, SayTrouble};

impl ChatWords {
    /// Nothing where there is none.
    pub fn unread(&self, count: usize) -> String {
        match count {
            0 => String::new(),
            _ => self.unread_messages(count),
        }
    }

    pub fn delivery(&self, delivery: Delivery) -> String {
        match delivery {
            Delivery::Kept => self.kept.to_string(),
            Delivery::OnItsWay => self.on_its_way.to_string(),
            Delivery::Arrived => self.arrived.to_string(),
            Delivery::Partly(0, _) => self.not_arrived.to_string(),
            Delivery::Partly(some, all) => self.partly(all, some),
        }
    }

    pub fn trouble(&self, trouble: SayTrouble) -> String {
        match trouble {
            SayTrouble::Empty => self.empty.to_string(),
            SayTrouble::TooLong(length) => self.too_long(length, MAX_TEXT),
            SayTrouble::Gone => self.left.to_string(),
        }
    }
}
