//! What whoever serves this page says about itself: `config.json` beside it. A static bundle on a
//! dumb host has none.

use super::peer_connection::{IceConfig, IceServer};
use gloo_net::http::Request;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct HostConfig {
    /// The protocol that it speaks; what tells our configuration from any other file of that name.
    pub duologue: u16,
    /// Where the signalling socket is, relative to the page. Absent: there is none.
    #[serde(default)]
    pub signal: Option<String>,
    #[serde(default)]
    pub ice_servers: Vec<IceServer>,
    /// What else the host turned on.
    #[serde(default)]
    pub features: Vec<String>,
}

impl HostConfig {
    pub fn ice(&self) -> IceConfig {
        IceConfig {
            ice_servers: self.ice_servers.clone(),
        }
    }
}

/// `None` when there is no such file, or it is not ours.
pub async fn config() -> Option<HostConfig> {
    let response = Request::get("config.json").send().await.ok()?;
    if !response.ok() {
        return None;
    }
    serde_json::from_str(&response.text().await.ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_configuration_counts() {
        let ours = r#"{"duologue":1,"later":1,"signal":"ws","ice_servers":[{"urls":["stun:a"]}]}"#;
        let config: HostConfig = serde_json::from_str(ours).unwrap();
        assert_eq!(config.signal.as_deref(), Some("ws"));
        assert_eq!(config.ice().ice_servers[0].urls, ["stun:a"]);
        assert!(serde_json::from_str::<HostConfig>(r#"{"ice_servers":[]}"#).is_err());
    }
}
