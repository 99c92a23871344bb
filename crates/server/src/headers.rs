//! What every answer of the server carries. The policy lets the page load and reach nothing but this
//! server, and run nothing but its own files, WebAssembly and the inline scripts of index.html.

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

const FIXED: [(HeaderName, HeaderValue); 4] = [
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), microphone=(self), display-capture=(self)"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// What differs from host to host.
#[derive(Clone)]
pub(crate) struct Policies {
    /// Which may be loaded and reached.
    pub(crate) content: HeaderValue,
    /// Browsers are to come by https only, from now on. Not where a certificate is this host's own word.
    pub(crate) https_only: bool,
}

/// A year.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The content policy for a page with these inline scripts in it.
pub(crate) fn policy(page: &str) -> HeaderValue {
    let mut scripts = String::from("script-src 'self' 'wasm-unsafe-eval'");
    for script in inline_scripts(page) {
        // Browsers hash what the HTML parser hands on, and that has single line feeds.
        let hash = Sha256::digest(script.replace("\r\n", "\n").as_bytes());
        scripts += &format!(" 'sha256-{}'", Base64::encode_string(&hash));
    }
    // 'self' covers this host's WebSocket too: seen in Chromium 156 and Firefox 153.
    let whole = format!(
        "default-src 'none'; {scripts}; style-src 'self'; img-src 'self' blob: data:; \
         media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    // Base64 and fixed words are always a fit header.
    HeaderValue::from_str(&whole).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

pub(crate) async fn add(State(policies): State<Policies>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policies.content);
    if policies.https_only {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    response
}

/// The contents of the `<script>`s that have no `src`.
fn inline_scripts(page: &str) -> Vec<&str> {
    // Same length as the page: only ASCII letters change.
    let lower = page.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = lower[at..].find("<script").map(|n| at + n) {
        let Some(open) = lower[start..].find('>').map(|n| start + n + 1) else {
            break;
        };
        let Some(end) = lower[open..].find("</script").map(|n| open + n) else {
            break;
        };
        let has_source = lower[start..open]
            .split_whitespace()
            .any(|word| word.starts_with("src="));
        if !has_source && open < end {
            found.push(&page[open..end]);
        }
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scripts_written_in_the_page_are_hashed() {
        let page = "<!doctype html><Script type=\"module\">\r\nimport 'ä';\n</SCRIPT>\
                    <script src=\"a.js\"></script><script></script><script>2</script><script>cut";
        assert_eq!(inline_scripts(page), ["\r\nimport 'ä';\n", "2"]);
    }

    #[test]
    fn the_hash_is_the_one_browsers_compute() {
        // The example of the CSP specification: 'sha256-' of `alert('Hello, world.');`.
        let policy = policy("<script>alert('Hello, world.');</script>");
        let text = policy.to_str().unwrap();
        assert!(
            text.contains(" 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='; style-src"),
            "{text}"
        );
        assert!(!text.contains("unsafe-inline"));
    }
}
