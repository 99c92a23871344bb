//! What whoever serves this page says about itself: `config.json` beside it. A static bundle on a
//! dumb host has none.

use super::{
    BrowserError, object,
    peer_connection::{IceConfig, IceServer},
};
use duologue_core::{
    json::{self, Json},
    record,
};
use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, Window};

/// Where the host does not say.
const RING_SECONDS: u16 = 45;

#[derive(Clone, Debug, PartialEq)]
pub struct HostConfig {
    /// The protocol that it speaks; what tells our configuration from any other file of that name.
    pub duologue: u16,
    /// Where the signalling socket is, relative to the page. Absent: there is none.
    pub signal: Option<String>,
    pub ice_servers: Option<Vec<IceServer>>,
    /// What else the host turned on.
    pub features: Option<Vec<String>>,
    /// How long a name rings.
    pub ring_seconds: Option<u16>,
}

record!(HostConfig {
    duologue,
    signal,
    ice_servers,
    features,
    ring_seconds
});

impl HostConfig {
    /// How long it rings here when people call each other by name, in milliseconds. `None`: they cannot.
    pub fn names(&self) -> Option<u64> {
        self.has("names")
            .then(|| u64::from(self.ring_seconds.unwrap_or(RING_SECONDS)) * 1_000)
    }

    pub fn has(&self, feature: &str) -> bool {
        let features = self.features.as_ref();
        features.is_some_and(|all| all.iter().any(|it| it == feature))
    }

    pub fn ice(&self) -> IceConfig {
        IceConfig {
            ice_servers: self.ice_servers.clone().unwrap_or_default(),
            relayed_only: false,
        }
    }
}

/// `None` when there is no such file, or it is not ours, or the host cannot be reached.
pub async fn config(pass: Option<&str>) -> Option<HostConfig> {
    ask(pass).await.ok()?
}

/// The same, with an error for a host that cannot be reached.
pub async fn ask(pass: Option<&str>) -> Result<Option<HostConfig>, BrowserError> {
    let window = super::page::window().ok_or(BrowserError::Missing)?;
    let response = match pass {
        None => window.fetch_with_str("config.json"),
        Some(pass) => with_pass(&window, pass),
    };
    let response = JsFuture::from(response).await?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return Ok(None);
    }
    let text = JsFuture::from(response.text()?).await?;
    Ok(text.as_string().and_then(|it| parse(&it)))
}

/// Relays are told to those with a pass.
#[inline(never)]
fn with_pass(window: &Window, pass: &str) -> Promise {
    let headers = object::new(&[("authorization", ["Bearer ", pass].concat().into())]);
    let init = object::new(&[("headers", headers)]);
    window.fetch_with_str_and_init("config.json", init.unchecked_ref())
}

/// What a host answers to a password.
pub enum Said {
    Pass(String),
    Wrong,
    TooFast,
}

pub async fn say_password(word: &str) -> Result<Said, BrowserError> {
    let window = super::page::window().ok_or(BrowserError::Missing)?;
    let init = object::new(&[("method", "POST".into()), ("body", word.into())]);
    let response = window.fetch_with_str_and_init("pass", init.unchecked_ref());
    let response = JsFuture::from(response).await?;
    let response: Response = response.unchecked_into();
    match response.status() {
        200 => {
            let text = JsFuture::from(response.text()?).await?;
            Ok(Said::Pass(text.as_string().unwrap_or_default()))
        }
        429 => Ok(Said::TooFast),
        _ => Ok(Said::Wrong),
    }
}

fn parse(text: &str) -> Option<HostConfig> {
    json::parse(text).and_then(HostConfig::read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_configuration_counts() {
        let ours = r#"{"duologue":1,"later":1,"signal":"ws","ice_servers":[{"urls":["stun:a"]}]}"#;
        let config = parse(ours).unwrap();
        assert_eq!(config.signal.as_deref(), Some("ws"));
        assert_eq!(config.ice().ice_servers[0].urls, ["stun:a"]);
        assert!(parse(r#"{"ice_servers":[]}"#).is_none());
        assert_eq!(config.names(), None);
        let named = r#"{"duologue":1,"features":["later","names"],"ring_seconds":5}"#;
        assert_eq!(parse(named).unwrap().names(), Some(5_000));
    }
}
