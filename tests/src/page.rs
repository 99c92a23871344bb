//! What a page shows, as typed values read by scripts: tiles, peers, pictures, marks, sentences.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeMap;
use thirtyfour::error::WebDriverResult;

/// `byRole(role, name)` and what it needs; scripts that find things begin with it.
pub const BY_ROLE: &str = include_str!("by_role.js");

/// One participant as the page shows them.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Tile {
    pub name: String,
    pub peer: String,
    pub state: String,
    pub has_video: bool,
}

/// One remote as `window.duologue.peers()` tells it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Peer {
    pub id: String,
    pub name: String,
    pub state: String,
    #[serde(default)]
    pub path: Option<String>,
    #[serde(default)]
    pub frames_decoded: Option<f64>,
    #[serde(default)]
    pub audio_energy: Option<f64>,
    #[serde(default)]
    pub screen_frames_decoded: Option<f64>,
    #[serde(default)]
    pub screen_audio_energy: Option<f64>,
}

/// What a `<video>` shows at this moment, drawn small on a canvas.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Picture {
    pub width: u32,
    /// Mean of the brightest channel, 0 to 255: a black picture is near nothing.
    pub brightness: f64,
    /// Differs when the picture differs.
    pub checksum: f64,
    /// Seconds of media played so far.
    pub time: f64,
}

/// Marks by name, in milliseconds of the page's own clock.
pub type Marks = BTreeMap<String, f64>;

pub const TILES: &str = r#"
    return byRole("group", null).filter((el) => el.hasAttribute("data-peer")).map((el) => ({
        name: nameOf(el), peer: el.dataset.peer, state: el.dataset.state || "",
        has_video: el.querySelector("video") !== null,
    }));
"#;

pub const PEERS: &str = "return Promise.resolve(window.duologue.peers());";

pub const CHOOSE: &str = r#"
    const list = byRole("combobox", arguments[0])[0];
    const option = [...(list?.options ?? [])].find((it) => it.text === arguments[1]);
    if (!option) return false;
    list.value = option.value;
    list.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
"#;

pub const MARKS: &str = r#"
    const marks = window.duologue.marks;
    return Object.fromEntries(Object.entries(typeof marks === "function" ? marks.call(window.duologue) : marks)
        .map(([name, mark]) => [name, typeof mark === "object" ? mark.startTime : mark]));
"#;

pub const PICTURE: &str = r#"
    const tile = byRole("group", arguments[0])[0];
    const video = tile && tile.querySelector("video");
    if (!video || !video.videoWidth) return null;
    const canvas = document.createElement("canvas");
    canvas.width = 64; canvas.height = 36;
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0, 64, 36);
    const pixels = context.getImageData(0, 0, 64, 36).data;
    let sum = 0, checksum = 0;
    for (let i = 0; i < pixels.length; i += 4) {
        sum += Math.max(pixels[i], pixels[i + 1], pixels[i + 2]);
        checksum = (checksum * 31 + pixels[i] * 7 + pixels[i + 1] * 3 + pixels[i + 2]) % 4294967296;
    }
    return { width: video.videoWidth, brightness: sum / 2304, checksum, time: video.currentTime };
"#;

/// Texts of all elements of a role, the empty ones left out.
pub const SENTENCES: &str = r#"
    return arguments[0].flatMap((role) => byRole(role, null)).map((el) => fold(contentOf(el))).filter(Boolean);
"#;

pub fn typed<T: DeserializeOwned>(value: &Value) -> WebDriverResult<T> {
    Ok(serde_json::from_value(value.clone())?)
}
