//! Writing to each other in a call: who reads what, what becomes of text that is up to something, and
//! what can be taken along.

use crate::{steps::*, *};
use anyhow::{Context, ensure};
use duologue_e2e::{Scene, server::Server, until, within};
use serde::Deserialize;
use serde_json::json;

/// One message as the page shows it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Line {
    head: String,
    text: String,
    fate: String,
    /// Addresses that it leads to.
    links: Vec<String>,
    /// Elements in the text other than links.
    strange: usize,
}

const LINES: &str = r#"
    return [...document.querySelectorAll("[role=log] .chat-line")].map((el) => {
        const text = el.querySelector(".chat-text");
        const links = [...text.querySelectorAll("a")];
        for (const link of links)
            if (link.target !== "_blank" || link.rel !== "noopener noreferrer") throw new Error(link.outerHTML);
        return {
            head: el.querySelector(".chat-head").textContent, text: text.textContent,
            fate: el.querySelector(".chat-fate")?.textContent ?? "",
            links: links.map((link) => link.href), strange: text.querySelectorAll(":not(a)").length,
        };
    });
"#;

async fn lines(person: &Person) -> Result<Vec<Line>> {
    person.script(LINES, vec![]).await
}

/// The newest message with this text, once it is there.
pub async fn reads(person: &Person, text: &str) -> Result<Line> {
    let what = format!("{} to read {text:?}", person.label);
    until(&what, within(20), async || {
        let lines = lines(person).await?;
        let line = lines.iter().rev().find(|line| line.text == text);
        line.cloned().with_context(|| format!("it says {lines:?}"))
    })
    .await
}

async fn is_marked(person: &Person, text: &str, fate: &str) -> Result<()> {
    until(
        &format!("{text:?} to be {fate:?}"),
        within(20),
        async || {
            let line = reads(person, text).await?;
            ensure!(line.fate.trim() == fate, "{line:?}");
            Ok(())
        },
    )
    .await
}

pub async fn writes(person: &Person, text: &str) -> Result<()> {
    person.fill("Message", text).await?;
    person.press("Send").await
}

/// Puts a text into the field that keys cannot make.
async fn pastes(person: &Person, text: &str) -> Result<()> {
    person.find("textbox", "Message").await?;
    let script = "const field = document.querySelector('textarea'); field.value = arguments[0]; \
                  field.dispatchEvent(new Event('input', { bubbles: true })); return null";
    person.script::<()>(script, vec![json!(text)]).await?;
    person.press("Send").await
}

pub async fn opens_chat(person: &Person) -> Result<()> {
    person.press("Chat").await?;
    person.becomes_pressed("Chat", true).await?;
    person.find("log", "Chat messages").await?;
    Ok(())
}

/// Two in a call, with the chat open.
async fn two(
    scene: &Scene,
    server: &Server,
    with: (Kind, Kind),
) -> Result<(Person, Person, String)> {
    let ana = scene.person(with.0, "Ana").await?;
    let ben = if with.0 == with.1 {
        scene.beside(&ana, "Ben").await?
    } else {
        scene.person(with.1, "Ben").await?
    };
    let room = start_call(&ana, &server.page()).await?;
    enter(&ana).await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await?;
    Ok((ana, ben, room))
}

pairs!(people_write_to_each_other, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    chromium_and_firefox: (Chromium, Firefox),
});

async fn people_write_to_each_other(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let server = Server::start().await?;
    let (ana, ben, room) = two(scene, &server, with).await?;
    opens_chat(&ana).await?;
    opens_chat(&ben).await?;
    writes(&ana, "Hello Ben").await?;
    ensure!(
        reads(&ben, "Hello Ben").await?.head.starts_with("Ana "),
        "whose is it?"
    );
    is_marked(&ana, "Hello Ben", "Delivered").await?;
    ensure!(
        reads(&ana, "Hello Ben").await?.head.starts_with("You "),
        "whose is it?"
    );
    // Enter sends, Shift and Enter together begin a new line.
    const SHIFT: char = '\u{e008}';
    const ENTER: char = '\u{e007}';
    let keys = format!("First{SHIFT}{ENTER}{SHIFT}second{ENTER}");
    ben.types("Message", &keys).await?;
    reads(&ana, "First\nsecond").await?;
    let left: String = ben
        .script("return document.querySelector('textarea').value", vec![])
        .await?;
    ensure!(left.is_empty(), "{left:?} is still in the field");

    // Whoever comes later reads it too, and what they have is marked as nobody's invention.
    let cem = scene.beside(&ben, "Cem").await?;
    join(&cem, &room).await?;
    all_connected(&[&ana, &ben, &cem]).await?;
    opens_chat(&cem).await?;
    let line = reads(&cem, "First\nsecond").await?;
    ensure!(line.head.starts_with("Ben "), "{line:?}");
    let line = reads(&cem, "Hello Ben").await?;
    ensure!(
        line.head.starts_with("Ana ") && !line.head.contains("told"),
        "{line:?}"
    );

    // To one of them alone.
    choose(&ana, "To", "Ben").await?;
    writes(&ana, "Between us").await?;
    ensure!(
        reads(&ben, "Between us")
            .await?
            .head
            .contains("to you only"),
        "not marked"
    );
    ensure!(
        reads(&ana, "Between us")
            .await?
            .head
            .contains("to Ben only"),
        "not marked"
    );
    choose(&ana, "To", "Everyone").await?;
    writes(&ana, "For all").await?;
    reads(&cem, "For all").await?;
    let seen: Vec<String> = lines(&cem)
        .await?
        .into_iter()
        .map(|line| line.text)
        .collect();
    ensure!(
        seen == ["Hello Ben", "First\nsecond", "For all"],
        "{seen:?}"
    );
    is_marked(&ana, "For all", "Delivered").await?;

    // Somebody who came last is told of those who left.
    ben.press("Leave call").await?;
    sees_exactly(&cem, &[&ana]).await?;
    let dora = scene.beside(&ana, "Dora").await?;
    join(&dora, &room).await?;
    all_connected(&[&ana, &cem, &dora]).await?;
    opens_chat(&dora).await?;
    let line = reads(&dora, "First\nsecond").await?;
    ensure!(line.head.contains("Ben as told by "), "{line:?}");
    Ok(())
}

/// Chooses from a list by what it says.
async fn choose(person: &Person, list: &str, option: &str) -> Result<()> {
    let script = "const list = [...document.querySelectorAll('select')].find((it) => it.labels[0]?.textContent.startsWith(arguments[0])); \
        const option = [...list.options].find((it) => it.text === arguments[1]); if (!option) return false; \
        list.value = option.value; list.dispatchEvent(new Event('change', { bubbles: true })); return true";
    person.find("combobox", list).await?;
    until(&format!("{option:?} in {list:?}"), within(10), async || {
        let chosen: bool = person
            .script(script, vec![json!(list), json!(option)])
            .await?;
        ensure!(chosen, "it is not offered");
        Ok(())
    })
    .await
}

pairs!(text_stays_text, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
});

async fn text_stays_text(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let server = Server::start().await?;
    let (ana, ben, _) = two(scene, &server, with).await?;
    opens_chat(&ana).await?;
    opens_chat(&ben).await?;
    for (written, read, links) in [
        (
            "<img src=x onerror=\"document.title='owned'\">",
            None,
            &[][..],
        ),
        ("<script>document.title='owned'</script>", None, &[]),
        ("&lt;b&gt; {{1}} ${2}", None, &[]),
        (
            "see https://example.org/a?b=c#d.",
            None,
            &["https://example.org/a?b=c#d"],
        ),
        ("javascript:alert(1) data:text/html,x", None, &[]),
        ("https://\"onmouseover=alert(1)//", None, &[]),
        (
            "https://a.example/'><b>x</b>",
            None,
            &["https://a.example/"],
        ),
        ("\u{202e}txt.exe\u{2066}", Some("txt.exe"), &[]),
        ("\u{5d0}\u{5d1}\u{5d2} abc", None, &[]),
    ] {
        pastes(&ana, written).await?;
        let read = read.unwrap_or(written);
        for person in [&ana, &ben] {
            let line = reads(person, read).await?;
            ensure!(line.links == links && line.strange == 0, "{line:?}");
        }
    }
    for person in [&ana, &ben] {
        let title: String = person.script("return document.title", vec![]).await?;
        ensure!(!title.contains("owned"), "a message ran");
    }
    let count = lines(&ben).await?.len();
    // Nothing is not sent; too much is not either, and stays where it can be shortened.
    for nothing in ["", "  \n ", "\u{200b}\u{202e}"] {
        pastes(&ana, nothing).await?;
    }
    let huge = "x".repeat(100_000);
    pastes(&ana, &huge).await?;
    ana.is_told(&["100,000", "4,000", "shorten"]).await?;
    let kept: usize = ana
        .script(
            "return document.querySelector('textarea').value.length",
            vec![],
        )
        .await?;
    ensure!(kept == huge.len(), "{kept} characters are left");
    pastes(&ana, &huge[..4_000]).await?;
    reads(&ben, &huge[..4_000]).await?;
    ensure!(
        lines(&ben).await?.len() == count + 1,
        "something came of nothing"
    );
    Ok(())
}

pairs!(what_nobody_has_read_is_counted_and_can_be_taken_along, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
});

const ESCAPE: char = '\u{e00c}';
const BADGE: &str = "return document.querySelector('.badge')?.textContent ?? ''";
const FOCUS: &str = "return document.activeElement?.getAttribute('aria-label') ?? ''";
/// Keeps what is copied, and what is offered for saving, instead of letting the browser have it.
const CATCH: &str = "window.caught = {}; \
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { caught.copied = text; } } }); \
    const make = URL.createObjectURL; \
    URL.createObjectURL = (blob) => { blob.text().then((text) => { caught.saved = text; }); return make(blob); }; \
    HTMLAnchorElement.prototype.click = function () { caught.name = this.download; }; return null";

async fn what_nobody_has_read_is_counted_and_can_be_taken_along(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let server = Server::start().await?;
    let (ana, ben, _) = two(scene, &server, with).await?;
    opens_chat(&ana).await?;
    writes(&ana, "One").await?;
    ben.is_told(&["ana: one"]).await?;
    writes(&ana, "Two").await?;
    until("two on the badge", within(10), async || {
        let badge: String = ben.script(BADGE, vec![]).await?;
        ensure!(badge == "2", "it says {badge:?}");
        Ok(())
    })
    .await?;
    let button = ben.find("button", "Chat").await?;
    let said = button.attr("aria-description").await?.unwrap_or_default();
    ensure!(said == "2 unread messages", "{said:?}");

    // By its key; the focus goes in and comes back.
    ben.look_away().await?;
    ben.strike('c').await?;
    reads(&ben, "Two").await?;
    focus(&ben, "Message").await?;
    let badge: String = ben.script(BADGE, vec![]).await?;
    ensure!(badge.is_empty(), "still {badge:?} unread");
    // In the field a letter is a letter.
    ben.fill("Message", "chic").await?;
    ben.strike(ESCAPE).await?;
    ben.becomes_pressed("Chat", false).await?;
    opens_chat(&ben).await?;
    focus(&ben, "Message").await?;
    let kept: String = ben
        .script("return document.querySelector('textarea').value", vec![])
        .await?;
    ensure!(kept == "chic", "{kept:?} is left of what was being written");
    ben.strike(ESCAPE).await?;
    ben.becomes_pressed("Chat", false).await?;
    focus(&ben, "Chat").await?;

    ana.script::<()>(CATCH, vec![]).await?;
    ana.press("Copy all messages").await?;
    ana.is_told(&["copied"]).await?;
    ana.press("Save as text").await?;
    let caught: serde_json::Value = until("a file", within(10), async || {
        let caught: serde_json::Value = ana.script("return caught", vec![]).await?;
        ensure!(caught["saved"].is_string(), "{caught}");
        Ok(caught)
    })
    .await?;
    ensure!(caught["saved"] == caught["copied"], "{caught}");
    let text = caught["saved"].as_str().unwrap_or_default();
    let whole: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once("] "))
        .map(|it| it.1)
        .collect();
    ensure!(whole == ["You: One", "You: Two"], "{text}");
    let name = caught["name"].as_str().unwrap_or_default();
    ensure!(
        name.starts_with("chat-2") && name.ends_with(".txt"),
        "{name}"
    );
    Ok(())
}

async fn focus(person: &Person, on: &str) -> Result<()> {
    until(&format!("the focus on {on:?}"), within(10), async || {
        let name: String = person.script(FOCUS, vec![]).await?;
        ensure!(name == on, "it is on {name:?}");
        Ok(())
    })
    .await
}
