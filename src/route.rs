//! Addresses, both ways: the fragment ↔ `Route`, what people type ↔ `Route`, and the query's presets.
//! Pure text: knows no browser. Everything is in the fragment, so that no web server sees a room.

use std::fmt::Write;

/// Which screen an address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Home,
    /// The room's secret or typed name, decoded.
    Room(String),
    /// A call without a server; with somebody's invite, where the address carries one.
    Direct(Option<String>),
    People,
    /// A channel to watch; empty for one's own broadcast.
    Live(String),
    Check,
    Recordings,
    /// A pass to a host that is not for everybody, and behind it the address that it leads to, as it stands.
    Invite(String),
    NotFound,
}

impl Route {
    /// Reads `location.hash`, with or without its `#`.
    pub fn parse(fragment: &str) -> Route {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        let path = fragment.strip_prefix('/').unwrap_or(fragment);
        let (head, rest) = path.split_once('/').unwrap_or((path, ""));
        match (head, rest) {
            ("", "") => Route::Home,
            ("r", room) => Route::Room(decode(room)),
            ("direct", invite) => {
                // A whole invite address pasted behind `#/direct/` carries its token at its end.
                let token = invite.rsplit("#/direct/").next().unwrap_or(invite);
                Route::Direct((!token.is_empty()).then(|| decode(token)))
            }
            ("live", channel) => Route::Live(decode(channel)),
            ("people", "") => Route::People,
            ("check", "") => Route::Check,
            ("recordings", "") => Route::Recordings,
            ("invite", invite) if !invite.is_empty() => Route::Invite(invite.to_string()),
            _ => Route::NotFound,
        }
    }

    /// The address, `#` included; `parse` reads it back.
    pub fn fragment(&self) -> String {
        let (head, rest) = match self {
            Route::Home => ("", None),
            Route::Room(room) => ("r", Some(room)),
            Route::Direct(token) => ("direct", token.as_ref()),
            Route::People => ("people", None),
            Route::Live(channel) => ("live", Some(channel)),
            Route::Check => ("check", None),
            Route::Recordings => ("recordings", None),
            Route::Invite(invite) => return ["#/invite/", invite].concat(),
            Route::NotFound => ("not-found", None),
        };
        let mut fragment = String::from("#/");
        fragment.push_str(head);
        if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
            fragment.push('/');
            encode(rest, &mut fragment);
        }
        fragment
    }

    /// What a person typed or pasted: a link to a room or an invite, from any host, or a room's name.
    /// `None` for nothing, and for a link that leads elsewhere.
    pub fn entered(text: &str) -> Option<Route> {
        let text = text.trim();
        if let Some((_, fragment)) = text.split_once("#/") {
            return match Route::parse(fragment) {
                Route::Room(room) if room.is_empty() => None,
                route @ (Route::Room(_) | Route::Direct(_) | Route::Invite(_)) => Some(route),
                _ => None,
            };
        }
        let named = !text.is_empty() && !text.contains("://");
        named.then(|| Route::Room(text.to_string()))
    }
}

/// What the query (before the `#`) asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presets {
    pub name: Option<String>,
    pub lang: Option<String>,
    pub camera: bool,
    pub microphone: bool,
    /// Join without the green room, once a name is known.
    pub join: bool,
    pub signal: Option<Signal>,
}

/// Which signaller to take, whatever the host offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Socket,
    Tabs,
}

impl Default for Presets {
    fn default() -> Self {
        let (camera, microphone) = (true, true);
        Presets {
            name: None,
            lang: None,
            camera,
            microphone,
            join: false,
            signal: None,
        }
    }
}

impl Presets {
    /// Reads `location.search`, with or without its `?`. What is not known is passed over.
    pub fn parse(query: &str) -> Presets {
        let mut presets = Presets::default();
        let query = query.strip_prefix('?').unwrap_or(query);
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decode(&value.replace('+', " "));
            match (key, value.as_str()) {
                ("name", name) => presets.name = filled(name),
                ("lang", lang) => presets.lang = filled(lang),
                ("camera", "off") => presets.camera = false,
                ("microphone", "off") => presets.microphone = false,
                ("join", "auto") => presets.join = true,
                ("signal", "socket") => presets.signal = Some(Signal::Socket),
                ("signal", "tabs") => presets.signal = Some(Signal::Tabs),
                _ => {}
            }
        }
        presets
    }
}

/// The query without its language, which somebody has just chosen another one of.
pub fn without_lang(query: &str) -> String {
    let query = query.strip_prefix('?').unwrap_or(query);
    let others = query
        .split('&')
        .filter(|it| it.split('=').next() != Some("lang"));
    others.collect::<Vec<_>>().join("&")
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_string())
}

/// Percent-encodes all but RFC 3986's unreserved characters, so that a name survives any chat program.
fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

/// Undoes percent-encoding. Text that is not validly encoded stands for itself.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        match (first, behind) {
            (b'%', [high, low, ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high * 16 + low);
                    rest = &behind[2..];
                }
                _ => bytes.push(b'%'),
            },
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_string())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
#[path = "route_tests.rs"]
mod tests;
