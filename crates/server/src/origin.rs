//! Which pages may open the signalling socket. Browsers always send `Origin` with a WebSocket and no
//! page can forge it, so it keeps a stranger's page from using a visitor's browser and address.

use axum::http::{HeaderMap, Uri, header};

/// The server's own origin, and these.
#[derive(Clone, Debug, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// Each as browsers write it: `https://calls.example.org`, with the port if it is not the usual one.
    pub fn allow(origins: impl IntoIterator<Item = String>) -> Self {
        Origins(origins.into_iter().collect())
    }

    /// One `Origin`, and it names either the host that was asked or one of the allowed.
    pub(crate) fn accept(&self, headers: &HeaderMap) -> bool {
        let mut given = headers.get_all(header::ORIGIN).iter();
        let (Some(origin), None) = (given.next(), given.next()) else {
            return false;
        };
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        self.0
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(origin))
            || host.is_some_and(|host| is_same_host(origin, host))
    }
}

/// Whether a browser asks for a page of this very host: only browsers say so, and pages cannot.
pub(crate) fn is_own_page(headers: &HeaderMap) -> bool {
    let mut said = headers.get_all("sec-fetch-site").iter();
    said.next().is_some_and(|it| it == "same-origin") && said.next().is_none()
}

/// What `--origin` takes: a scheme and a host, and nothing after them.
pub fn parse(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let wrong = || format!("{text:?} is no origin; write it like https://calls.example.org");
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let whole = format!(
        "{}://{}",
        uri.scheme_str().unwrap_or(""),
        uri.host().unwrap_or("")
    );
    let whole = uri
        .port()
        .map_or(whole.clone(), |port| format!("{whole}:{port}"));
    if uri.host().is_none() || whole != text {
        Err(wrong())
    } else {
        Ok(text.to_ascii_lowercase())
    }
}

/// The scheme is the page's own: behind a proxy that ends TLS, only the page knows it.
fn is_same_host(origin: &str, host: &str) -> bool {
    let (usual_port, authority) = match origin.split_once("://") {
        Some(("https", authority)) => (":443", authority),
        Some(("http", authority)) => (":80", authority),
        _ => return false,
    };
    let bare = |text: &str| {
        text.strip_suffix(usual_port)
            .unwrap_or(text)
            .to_ascii_lowercase()
    };
    !authority.is_empty() && bare(authority) == bare(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn accepts(origin: Option<&str>, host: &str) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        Origins::allow(["https://other.example".to_string()]).accept(&headers)
    }

    #[test]
    fn the_own_host_and_the_allowed_may_and_nobody_who_looks_alike() {
        for (origin, host, may) in [
            ("http://localhost:8080", "localhost:8080", true),
            ("https://calls.example", "calls.example", true),
            ("https://Calls.Example", "calls.example:443", true),
            ("http://calls.example", "calls.example:80", true),
            ("https://other.example", "calls.example", true),
            ("http://other.example", "calls.example", false),
            ("https://other.example.evil", "calls.example", false),
            ("https://sub.calls.example", "calls.example", false),
            ("https://calls.example.evil", "calls.example", false),
            ("https://calls.example:8443", "calls.example", false),
            ("http://localhost:8081", "localhost:8080", false),
            ("null", "null", false),
            ("file://", "", false),
            ("http://", "", false),
        ] {
            assert_eq!(accepts(Some(origin), host), may, "{origin} at {host}");
        }
        assert!(!accepts(None, "calls.example"), "no browser leaves it out");
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        assert_eq!(
            parse("https://Calls.example/"),
            Ok("https://calls.example".into())
        );
        assert_eq!(parse("http://[::1]:8080"), Ok("http://[::1]:8080".into()));
        for wrong in [
            "calls.example",
            "https://",
            "https://a.example/b",
            "https://u@a.example",
            "*",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
