//! One message. Text is text: it goes into text nodes and, where it is a web address, into a link
//! that opens elsewhere and tells that place nothing.

use crate::{
    parts::{
        icon::{CHECK, Icon},
        lean::{part, text},
        tile::called,
    },
    session::chat::{Delivery, Line, Piece, Privacy, Written},
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn ChatLine(line: Line) -> impl IntoView {
    let written = line.written.clone();
    let private = written.privacy != Privacy::Everyone;
    let fate = written
        .mine
        .then(|| view! { <Fate delivery=line.delivery /> });
    view! {
        <div
            class="chat-line"
            data-mine=yes(written.mine)
            data-private=yes(private)
            data-follows=yes(line.follows())
        >
            <p class="chat-head">
                <bdi class="chat-name">{author(&written)}</bdi>
                " "
                {aside(&written).map(|aside| view! { <span class="chat-aside">{aside}</span> " " })}
                <time datetime=written.iso()>{written.time()}</time>
            </p>
            <p class="chat-text" dir="auto">{written.pieces.iter().map(piece).collect_view()}</p>
            {fate}
        </div>
    }
    .into_any()
}

fn yes(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

fn piece(piece: &Piece) -> AnyView {
    match piece {
        Piece::Text(text) => text.clone().into_any(),
        Piece::Link(link) => view! {
            <a href=link.clone() target="_blank" rel="noopener noreferrer">{link.clone()}</a>
        }
        .into_any(),
    }
}

/// What became of one's own message, small: a tick when all is well, words when it is not.
#[component]
fn Fate(delivery: RwSignal<Delivery>) -> impl IntoView {
    let words = text(move || words().chat.delivery(delivery.get()));
    let arrived = part(move || {
        let arrived = delivery.get() == Delivery::Arrived;
        arrived.then(|| view! { <Icon glyph=CHECK /> }.into_any())
    });
    view! { <p class="chat-fate">{arrived} <span>{words}</span></p> }.into_any()
}

fn author(written: &Written) -> String {
    if written.mine {
        words().chat.you.to_string()
    } else {
        called(&written.name)
    }
}

/// What else there is to know about it.
fn aside(written: &Written) -> Option<String> {
    let words = &words().chat;
    match (&written.privacy, &written.told_by) {
        (Privacy::Me, _) => Some(words.to_you.to_string()),
        (Privacy::Only(name), _) => Some(words.to_one(&called(name))),
        (Privacy::Everyone, Some(teller)) => Some(words.told_by(&called(teller))),
        (Privacy::Everyone, None) => None,
    }
}

/// All of it as plain text, to be taken along.
pub fn transcript(lines: &[Line]) -> String {
    let one = |line: &Line| entry(&line.written, &line.written.time());
    lines.iter().map(one).collect()
}

fn entry(written: &Written, time: &str) -> String {
    let aside = aside(written).map(|aside| [" (", &aside, ")"].concat());
    let head = [&author(written), &aside.unwrap_or_default()]
        .map(String::as_str)
        .concat();
    let text = written.text().replace('\n', "\n    ");
    ["[", time, "] ", &head, ": ", &text, "\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_says_who_wrote_what_to_whom() {
        let line = |mine, privacy, told_by: Option<&str>| {
            let text = Piece::Text("see\n".to_string());
            let link = Piece::Link("https://example.org".to_string());
            let told_by = told_by.map(String::from);
            entry(
                &Written::example("Ana", mine, privacy, told_by, vec![text, link]),
                "10:32",
            )
        };
        let only = Privacy::Only("Ben".to_string());
        let tail = ": see\n    https://example.org\n";
        for (line, head) in [
            (line(false, Privacy::Everyone, None), "[10:32] Ana"),
            (
                line(false, Privacy::Everyone, Some("Cem")),
                "[10:32] Ana (as told by Cem)",
            ),
            (line(false, Privacy::Me, None), "[10:32] Ana (to you only)"),
            (line(true, only, None), "[10:32] You (to Ben only)"),
        ] {
            assert_eq!(line, [head, tail].concat());
        }
    }
}
