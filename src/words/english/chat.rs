//! What is said about what people write to each other.

use crate::{
    session::chat::{Delivery, MAX_TEXT, SayTrouble},
    words::ChatWords,
};

pub const CHAT: ChatWords = ChatWords {
    title: "Chat",
    log: "Chat messages",
    message: "Message",
    placeholder: "Write a message",
    send: "Send",
    to: "To",
    everyone: "Everyone",
    gone: |name| [name, " (left)"].concat(),
    nothing_yet: "Nothing written yet",
    nothing_yet_text: "What is written here goes straight to the people in the call. \
                       Whoever joins later can read it too.",
    you: "You",
    to_you: "to you only",
    to_one: |name| ["to ", name, " only"].concat(),
    told_by: |name| ["as told by ", name].concat(),
    delivery,
    trouble,
    unread: |count| match count {
        0 => String::new(),
        1 => "1 unread message".to_string(),
        _ => [&count.to_string(), " unread messages"].concat(),
    },
    news: |name, text| [name, ": ", text].concat(),
    copy_all: "Copy all messages",
    copied_all: "All messages copied.",
    not_copied: "Your browser did not allow copying. Save the messages instead.",
    save: "Save as text",
};

fn delivery(delivery: Delivery) -> String {
    match delivery {
        Delivery::Kept => "Kept for whoever joins".to_string(),
        Delivery::OnItsWay => "Sending…".to_string(),
        Delivery::Arrived => "Delivered".to_string(),
        Delivery::Partly(0, _) => "Not delivered".to_string(),
        Delivery::Partly(some, all) => {
            ["Delivered to ", &some.to_string(), " of ", &all.to_string()].concat()
        }
    }
}

fn trouble(trouble: SayTrouble) -> String {
    match trouble {
        SayTrouble::Empty => "There is nothing to send yet. Write something first.".to_string(),
        SayTrouble::TooLong(length) => [
            "This message has ",
            &grouped(length),
            " characters; ",
            &grouped(MAX_TEXT),
            " is the most. Shorten it, or send it in parts.",
        ]
        .concat(),
        SayTrouble::Gone => "They have left the call. Choose whom to write to.".to_string(),
    }
}

/// Thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_said_in_figures_that_can_be_read() {
        assert_eq!(
            [1, 999, 4_000, 1_234_567].map(grouped),
            ["1", "999", "4,000", "1,234,567"]
        );
        let text = trouble(SayTrouble::TooLong(12_345));
        assert!(text.contains("12,345") && text.contains("4,000"), "{text}");
    }
}
