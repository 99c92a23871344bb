//! Files between people: they arrive as they were, whatever happens on the way.

use crate::{steps::*, *};
use anyhow::{Context, ensure};
use duologue_e2e::{Scene, server::Server, until, within};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;

/// A file arrives in this time, on a busy small machine.
const ARRIVING: Duration = within(60);
pub const MEGABYTE: usize = 1 << 20;

/// A file that nothing makes smaller, and that differs everywhere.
pub fn make_file(folder: &Path, name: &str, len: usize) -> Result<PathBuf> {
    let mut state = 0x9e37_79b9_u64 ^ len as u64;
    let bytes: Vec<u8> = (0..len)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        })
        .collect();
    let path = folder.join(name);
    fs::write(&path, bytes)?;
    Ok(path)
}

fn sha256(path: &Path) -> Result<String> {
    let mut file = fs::File::open(path).with_context(|| path.display().to_string())?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; MEGABYTE]);
    loop {
        let len = file.read(&mut buffer)?;
        if len == 0 {
            let digest = hash.finalize();
            return Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hash.update(&buffer[..len]);
    }
}

/// What the card of a file says: its state, and how far it is.
async fn card(person: &Person, name: &str) -> Result<(String, f64)> {
    let script = r#"
        const card = byRole("group", arguments[0])[0];
        const bar = card?.querySelector("[role=progressbar]");
        return card ? [card.querySelector(".file-state").textContent, Number(bar?.getAttribute("aria-valuenow") ?? -1)] : null;
    "#;
    let card: Option<(String, f64)> = person.roles(script, name).await?;
    card.with_context(|| format!("there is no card {name:?} on {}'s page", person.label))
}

pub async fn says(person: &Person, name: &str, words: &str) -> Result<()> {
    let what = format!("{name:?} on {}'s page to say {words:?}", person.label);
    until(&what, ARRIVING, async || {
        let (state, _) = card(person, name).await?;
        ensure!(state.contains(words), "it says {state:?}");
        Ok(())
    })
    .await
}

/// In a call, with the chat open and downloads that nobody is asked about.
pub async fn with_chats(server: &Server, ana: &Person, ben: &Person) -> Result<String> {
    let room = start_call(ana, &server.page()).await?;
    enter(ana).await?;
    join(ben, &room).await?;
    all_connected(&[ana, ben]).await?;
    for person in [ana, ben] {
        open_chat(person).await?;
    }
    Ok(room)
}

async fn open_chat(person: &Person) -> Result<()> {
    person
        .script::<()>("window.showSaveFilePicker = undefined; return null", vec![])
        .await?;
    if !person.is_pressed("Chat").await? {
        person.press("Chat").await?;
    }
    person.find("button", "Send file").await?;
    Ok(())
}

/// Saved by the receiver, and the same as the sender's on every byte.
pub async fn is_same(person: &Person, name: &str, file: &Path) -> Result<()> {
    person.press_in(name, "Save").await?;
    let saved = person.saved(name, fs::metadata(file)?.len()).await?;
    ensure!(sha256(&saved)? == sha256(file)?, "{name} is another one");
    Ok(())
}

pairs!(a_file_arrives_as_it_was, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    chromium_to_firefox: (Chromium, Firefox),
    firefox_to_chromium: (Firefox, Chromium),
});

async fn a_file_arrives_as_it_was(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let folder = TempDir::new()?;
    let server = Server::start().await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    with_chats(&server, &ana, &ben).await?;
    for (name, len) in [("report.pdf", 3 * MEGABYTE + 77), ("empty.txt", 0)] {
        let file = make_file(folder.path(), name, len)?;
        ana.upload(&file).await?;
        ben.find("group", name).await?;
        ben.press_in(name, "Accept").await?;
        says(&ben, name, "Received, and checked").await?;
        says(&ana, name, "Delivered").await?;
        is_same(&ben, name, &file).await?;
    }
    Ok(())
}

/// How many bytes of it are there, as the bar says in hundredths.
async fn reaches(person: &Person, name: &str, percent: f64) -> Result<()> {
    let what = format!("{name:?} on {}'s page to be at {percent} %", person.label);
    until(&what, ARRIVING, async || {
        let (state, at) = card(person, name).await?;
        ensure!(at >= percent, "{at} %: {state:?}");
        ensure!(
            at < 100.0,
            "it was there before anything could happen to it: {state:?}"
        );
        Ok(())
    })
    .await
}

pairs!(a_file_goes_on_after_a_reload_of_either, Heavy, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    mixed: (Chromium, Firefox),
});

async fn a_file_goes_on_after_a_reload_of_either(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let folder = TempDir::new()?;
    let server = Server::start().await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    with_chats(&server, &ana, &ben).await?;
    let name = "film.mkv";
    let file = make_file(folder.path(), name, 48 * MEGABYTE)?;
    ana.upload(&file).await?;
    ben.press_in(name, "Accept").await?;
    reaches(&ben, name, 20.0).await?;
    ben.reload().await?;
    comes_back(&ben).await?;
    open_chat(&ben).await?;
    // What was there is there still, and more comes by itself.
    reaches(&ben, name, 40.0).await?;
    ana.reload().await?;
    comes_back(&ana).await?;
    open_chat(&ana).await?;
    says(&ana, name, "Choose it again").await?;
    says(&ben, name, "Waiting for someone").await?;
    ana.upload(&file).await?;
    says(&ben, name, "Received, and checked").await?;
    says(&ana, name, "Delivered").await?;
    is_same(&ben, name, &file).await
}

pairs!(a_second_person_goes_on_where_the_first_left, Heavy, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn a_second_person_goes_on_where_the_first_left(scene: &Scene, with: Kind) -> Result<()> {
    let folder = TempDir::new()?;
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let ben = scene.person(with, "Ben").await?;
    let room = with_chats(&server, &ana, &ben).await?;
    let cem = scene.person(with, "Cem").await?;
    let name = "film.mkv";
    let file = make_file(folder.path(), name, 40 * MEGABYTE)?;
    ana.upload(&file).await?;
    ben.press_in(name, "Accept").await?;
    says(&ben, name, "Received, and checked").await?;
    // Who comes later is offered it too.
    join(&cem, &room).await?;
    all_connected(&[&ana, &ben, &cem]).await?;
    open_chat(&cem).await?;
    cem.press_in(name, "Accept").await?;
    reaches(&cem, name, 20.0).await?;
    ana.press("Leave call").await?;
    says(&cem, name, "Received, and checked").await?;
    is_same(&cem, name, &file).await
}

pairs!(either_side_ends_it_and_says_so, Light, {
    chromium: (Chromium, Chromium),
    mixed: (Firefox, Chromium),
});

async fn either_side_ends_it_and_says_so(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let folder = TempDir::new()?;
    let server = Server::start().await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    with_chats(&server, &ana, &ben).await?;
    let big = make_file(folder.path(), "big.bin", 80 * MEGABYTE)?;
    ana.upload(&big).await?;
    // All of it is read and hashed before it is offered.
    offered(&ben).await?;
    ben.press_in("big.bin", "Accept").await?;
    reaches(&ben, "big.bin", 5.0).await?;
    ana.press_in("big.bin", "Cancel").await?;
    says(&ben, "big.bin", "does not offer this file any more").await?;
    says(&ana, "big.bin", "Cancelled").await?;
    ana.press_in("big.bin", "Remove from the list").await?;
    ana.upload(&big).await?;
    offered(&ben).await?;
    ben.press("Cancel").await?;
    says(&ana, "big.bin", "Not wanted").await
}

async fn offered(person: &Person) -> Result<()> {
    until("an offer", ARRIVING, async || {
        ensure!(person.shows("button", "Accept").await?, "there is none");
        Ok(())
    })
    .await
}

pairs!(files_are_dropped_and_pasted_with_their_folders, Light, {
    chromium: Chromium,
    firefox: Firefox,
});

async fn files_are_dropped_and_pasted_with_their_folders(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    let ben = scene.person(with, "Ben").await?;
    with_chats(&server, &ana, &ben).await?;
    // A script may make the event and what it carries, not a folder of the disk; that a folder's own
    // field says where each file lay is what a path in it stands for.
    let carry = |kind: &str| {
        format!(
            "const data = new DataTransfer(); \
             for (const [name, text] of arguments[0]) data.items.add(new File([text], name)); \
             const event = '{kind}' === 'paste' \
                 ? new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true, cancelable: true }}) \
                 : new DragEvent('{kind}', {{ dataTransfer: data, bubbles: true, cancelable: true }}); \
             document.querySelector('main').dispatchEvent(event); return event.defaultPrevented"
        )
    };
    let two = json!([["one.txt", "eins"], ["two.txt", "zwei"]]);
    let taken: bool = ana.script(&carry("dragover"), vec![two.clone()]).await?;
    ensure!(taken, "the page does not take what is held above it");
    ana.script::<bool>(&carry("drop"), vec![two]).await?;
    let mut names = vec!["one.txt", "two.txt"];
    // Firefox gives no script a clipboard with files in it.
    if with == Chromium {
        let pasted = json!([["pasted.png", "bild"]]);
        ana.script::<bool>(&carry("paste"), vec![pasted]).await?;
        names.push("pasted.png");
    }
    for name in &names {
        ben.find("group", name).await?;
    }
    ben.press("Accept all").await?;
    for name in names {
        says(&ben, name, "Received, and checked").await?;
    }
    Ok(())
}

/// Makes a page say something else of its files than is true, and send something else: each offer goes
/// through `arguments[0]`, a list of what stands there and what is to stand there; data through `lie`.
const LIE: &str = r#"
    const send = RTCDataChannel.prototype.send;
    window.lie = arguments[1];
    window.words = arguments[0];
    RTCDataChannel.prototype.send = function (data) {
        if (typeof data === 'string' && data.includes('"file":"offer"'))
            for (const [is, becomes] of window.words) data = data.replace(new RegExp(is), becomes);
        if (data instanceof ArrayBuffer && data.byteLength > 20 && new Uint8Array(data)[0] === 3) {
            if (window.lie === 'altered') { data = data.slice(0); new Uint8Array(data)[20] ^= 1; }
            if (window.lie === 'unasked') {
                const more = data.slice(0);
                new Uint8Array(more)[14] = 1;
                send.call(this, more);
            }
        }
        return send.call(this, data);
    };
    return null"#;

pairs!(whoever_lies_is_refused_with_a_sentence, Light, {
    chromium: (Chromium, Chromium),
    to_firefox: (Chromium, Firefox),
});

async fn whoever_lies_is_refused_with_a_sentence(scene: &Scene, with: (Kind, Kind)) -> Result<()> {
    let folder = TempDir::new()?;
    let server = Server::start().await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    with_chats(&server, &ana, &ben).await?;
    ana.script::<()>(LIE, vec![json!([]), json!("")]).await?;
    let long = format!("{}.txt", "x".repeat(10_000));
    let cases: [(&str, serde_json::Value, &str, &str, bool); 7] = [
        // The card has what is left of the name.
        (
            "x",
            json!([["\"name\":\"[^\"]*", "\"name\":\"../../x"]]),
            "",
            "no honest file has such a name",
            false,
        ),
        (
            "b",
            json!([["\"name\":\"[^\"]*", "\"name\":\"a\\u0000/b"]]),
            "",
            "no honest file has such a name",
            false,
        ),
        (
            "long",
            json!([["\"name\":\"[^\"]*", format!("\"name\":\"{long}")]]),
            "",
            "no honest file has such a name",
            false,
        ),
        (
            "huge.bin",
            json!([["\"size\":\\d+", "\"size\":9007199254740992"]]),
            "",
            "larger than any disk",
            false,
        ),
        (
            "short.bin",
            json!([["\"size\":\\d+", "\"size\":1000"]]),
            "",
            "not what was offered",
            true,
        ),
        (
            "altered.bin",
            json!([]),
            "altered",
            "not what was offered",
            true,
        ),
        (
            "unasked.bin",
            json!([]),
            "unasked",
            "nobody had asked for",
            true,
        ),
    ];
    for (at, (name, words, lie, sentence, accepted)) in cases.into_iter().enumerate() {
        // One sentence is said of all bad names of one person: it has to be put away before the next.
        let set = "window.words = arguments[0]; window.lie = arguments[1]; return null";
        ana.script::<()>(set, vec![words, json!(lie)]).await?;
        let name = if name == "long" { "long.bin" } else { name };
        let file = make_file(folder.path(), name, MEGABYTE + at)?;
        ana.upload(&file).await?;
        if accepted {
            ben.press_in(name, "Accept").await?;
        }
        ben.is_told(&sentence.split(' ').collect::<Vec<_>>())
            .await?;
        ben.press("Remove from the list").await?;
        until("nothing to be kept of it", ARRIVING, async || {
            let kept: Vec<String> = ben.script_async(KEPT).await?;
            ensure!(kept.is_empty(), "{kept:?}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// What lies in the page's own folder for files.
const KEPT: &str = r#"
    const done = arguments[0];
    (async () => {
        const top = await navigator.storage.getDirectory();
        const names = [];
        try { for await (const name of (await top.getDirectoryHandle('files')).keys()) names.push(name); } catch {}
        return names;
    })().then(done, (error) => done([String(error)]));
"#;
