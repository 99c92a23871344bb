//! docs/protocol.md says what the types say: every line of JSON in it is a message, word for word.

use duologue_core::json::Json;
use duologue_core::ring::Letter;
use duologue_core::wire::{
    ClientMsg, PeerMsg, ServerMsg, decode, encode,
    names::{Ask, Say},
};

const PAGE: &str = include_str!("../../../../docs/protocol.md");

/// The JSON lines below a heading, up to the next one.
fn lines(heading: &str) -> Vec<&'static str> {
    let start = PAGE
        .find(&format!("{heading}\n"))
        .map(|at| at + heading.len());
    let section = &PAGE[start.unwrap_or(PAGE.len())..];
    let section = section.split("\n#").next().unwrap_or(section);
    section
        .lines()
        .filter(|line| line.starts_with('{'))
        .collect()
}

fn all_are<T: Json>(heading: &str, messages: usize) {
    let lines = lines(heading);
    assert!(
        lines.len() >= messages,
        "{heading}: every message has an example"
    );
    for line in lines {
        let message = decode::<T>(line, 9_999);
        assert_eq!(
            message.map(|message| encode(&message)).as_deref(),
            Ok(line),
            "{heading}"
        );
    }
}

#[test]
fn every_example_in_the_protocol_document_is_a_message() {
    all_are::<ClientMsg>("### Client → server", 6);
    all_are::<ServerMsg>("### Server → client", 7);
    all_are::<PeerMsg>("## Peer to peer", 8);
    all_are::<PeerMsg>("### Making sure who it is", 5);
    all_are::<Ask>("### Tab → directory", 6);
    all_are::<Say>("### Directory → tab", 8);
    all_are::<Letter>("### Letters", 9);
}
