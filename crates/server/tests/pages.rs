//! What browsers get: the page's files, how they are cached and compressed, and the headers on all.

#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;

use common::*;
use duologue_server::{Config, Running, assets::Assets, origin::Origins, relays::Relays};
use std::{fs, net::SocketAddr};

const PAGE: &str = "<!doctype html><script type=module>start()</script>";
const SCRIPT: &str = "app-0123456789abcdef.js";
const WASM: &str = "app-0123456789abcdef_bg.wasm";

/// A small bundle in a directory, as `--static` reads it.
async fn served() -> (Running, SocketAddr) {
    let directory = tempfile::tempdir().unwrap();
    let outside = directory.path().join("secret.txt");
    let dist = directory.path().join("dist");
    fs::create_dir_all(dist.join("sub")).unwrap();
    for (name, text) in [
        ("index.html", PAGE),
        (SCRIPT, "let plain;"),
        ("app-0123456789abcdef.js.br", "as brotli"),
        ("app-0123456789abcdef.js.gz", "as gzip"),
        (WASM, "\0asm"),
        ("manifest.webmanifest", "{}"),
        ("sub/index.html", "below"),
        ("a b.txt", "spaced"),
    ] {
        fs::write(dist.join(name), text).unwrap();
    }
    fs::write(&outside, "secret").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside, dist.join("link.txt")).unwrap();
    serve(Config {
        assets: Assets::read(&dist).unwrap(),
        ..config()
    })
    .await
}

#[tokio::test]
async fn files_have_their_types_and_hashed_ones_are_kept_forever() {
    let (_running, address) = served().await;
    let forever = "public, max-age=31536000, immutable";
    for (path, content_type, caching) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/?name=Ana", "text/html; charset=utf-8", "no-cache"),
        ("/sub/", "text/html; charset=utf-8", "no-cache"),
        (
            "/app-0123456789abcdef.js",
            "text/javascript; charset=utf-8",
            forever,
        ),
        ("/app-0123456789abcdef_bg.wasm", "application/wasm", forever),
        (
            "/manifest.webmanifest",
            "application/manifest+json",
            "no-cache",
        ),
        ("/a%20b.txt", "text/plain; charset=utf-8", "no-cache"),
    ] {
        let reply = http(address, &format!("GET {path}"), &[]).await;
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.header("content-type"), Some(content_type), "{path}");
        assert_eq!(reply.header("cache-control"), Some(caching), "{path}");
        assert_eq!(reply.header("vary"), Some("accept-encoding"), "{path}");
    }
    assert_eq!(http(address, "GET /", &[]).await.body, PAGE.as_bytes());
}

#[tokio::test]
async fn the_smallest_form_that_the_browser_takes_is_sent() {
    let (_running, address) = served().await;
    for (accept, encoding, body) in [
        (
            "accept-encoding: gzip, deflate, br, zstd",
            Some("br"),
            "as brotli",
        ),
        ("accept-encoding: gzip", Some("gzip"), "as gzip"),
        (
            "accept-encoding: br;q=0, gzip;q=0.5",
            Some("gzip"),
            "as gzip",
        ),
        ("accept-encoding: identity", None, "let plain;"),
        ("x-nothing: asked", None, "let plain;"),
    ] {
        let reply = http(address, &format!("GET /{SCRIPT}"), &[accept]).await;
        assert_eq!(reply.header("content-encoding"), encoding, "{accept}");
        assert_eq!(reply.body, body.as_bytes(), "{accept}");
        assert_eq!(
            reply.header("content-type"),
            Some("text/javascript; charset=utf-8")
        );
    }
    // A file without siblings comes as it is.
    let reply = http(address, &format!("GET /{WASM}"), &["accept-encoding: br"]).await;
    assert_eq!(reply.header("content-encoding"), None);
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let (_running, address) = served().await;
    let plain = http(address, &format!("GET /{SCRIPT}"), &[]).await;
    let brotli = http(address, &format!("GET /{SCRIPT}"), &["accept-encoding: br"]).await;
    let etag = brotli.header("etag").unwrap();
    assert_ne!(
        plain.header("etag"),
        Some(etag),
        "another form, another tag"
    );

    for known in [
        format!("if-none-match: {etag}"),
        format!("if-none-match: \"x\", W/{etag}"),
    ] {
        let reply = http(
            address,
            &format!("GET /{SCRIPT}"),
            &["accept-encoding: br", &known],
        )
        .await;
        assert_eq!((reply.status, reply.body.len()), (304, 0));
        assert_eq!(reply.header("etag"), Some(etag));
        assert!(reply.header("cache-control").unwrap().contains("immutable"));
    }
    let other = http(
        address,
        &format!("GET /{SCRIPT}"),
        &[&format!("if-none-match: {etag}")],
    )
    .await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn head_has_the_headers_only_and_other_methods_are_not_allowed() {
    let (_running, address) = served().await;
    let reply = http(address, "HEAD /", &[]).await;
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert_eq!(
        reply.header("content-length"),
        Some(PAGE.len().to_string().as_str())
    );
    assert_eq!(
        http(address, "POST /", &["content-length: 0"]).await.status,
        405
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_nothing_outside_is_there() {
    let (_running, address) = served().await;
    for path in [
        "/nothing",
        "/sub",
        "/index.html/",
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//secret.txt",
        "/link.txt",
        "/%ff",
        "/app-0123456789abcdef.js.br",
    ] {
        assert_eq!(
            http(address, &format!("GET {path}"), &[]).await.status,
            404,
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let (_running, address) = served().await;
    for path in ["/", "/nothing", "/healthz", "/config.json", "/ws"] {
        let reply = http(address, &format!("GET {path}"), &[]).await;
        let policy = reply.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-")
        );
        for part in [
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {part}");
        }
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(
            reply.header("cross-origin-opener-policy"),
            Some("same-origin")
        );
        let permissions = "camera=(self), microphone=(self), display-capture=(self)";
        assert_eq!(reply.header("permissions-policy"), Some(permissions));
    }
}

#[tokio::test]
async fn the_page_can_ask_whether_the_server_is_ready_and_what_it_offers() {
    let (_running, address) = served().await;
    let health = http(address, "GET /healthz", &[]).await;
    assert_eq!(
        (health.status, health.body.as_slice()),
        (200, b"ok".as_slice())
    );

    let config = http(address, "GET /config.json", &[]).await;
    assert_eq!(config.header("content-type"), Some("application/json"));
    assert_eq!(config.header("cache-control"), Some("no-cache"));
    let config: serde_json::Value = serde_json::from_slice(&config.body).unwrap();
    let expected = serde_json::json!({
        "duologue": 1,
        "signal": "ws",
        "ice_servers": [],
        "features": ["names"],
        "ring_seconds": 45,
    });
    assert_eq!(config, expected);
}

#[tokio::test]
async fn passwords_for_relays_are_for_pages_that_may_use_this_server() {
    let turn = "turn:relay.example?secret=north&transport=udp";
    let (_running, address) = serve(Config {
        origins: Origins::allow(["https://friend.example".to_owned()]),
        relays: Relays::of(Vec::new(), vec![turn.parse().unwrap()]),
        ..config()
    })
    .await;
    let own = format!("origin: http://{address}");
    for (headers, allowed, trusted) in [
        (vec!["sec-fetch-site: same-origin"], None, true),
        (vec![own.as_str()], Some(own.as_str()), true),
        (
            vec![
                "origin: https://friend.example",
                "sec-fetch-site: cross-site",
            ],
            Some("origin: https://friend.example"),
            true,
        ),
        (vec!["origin: https://stranger.example"], None, false),
        (
            vec![
                "origin: https://stranger.example",
                "sec-fetch-site: same-origin",
            ],
            None,
            false,
        ),
        (vec!["sec-fetch-site: cross-site"], None, false),
        (vec![], None, false),
    ] {
        let reply = http(address, "GET /config.json", &headers).await;
        let allowed = allowed.and_then(|it| it.strip_prefix("origin: "));
        assert_eq!(
            reply.header("access-control-allow-origin"),
            allowed,
            "{headers:?}"
        );
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let said: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        let relays = said["ice_servers"].as_array().unwrap();
        assert_eq!(relays.len(), usize::from(trusted), "{headers:?}");
        assert!(!said.to_string().contains("north"));
    }
}

#[tokio::test]
async fn a_server_built_without_the_page_says_how_to_build_it() {
    let (_running, address) = serve(config()).await;
    let reply = http(address, "GET /", &[]).await;
    assert_eq!(reply.status, 200);
    assert!(
        String::from_utf8(reply.body)
            .unwrap()
            .contains("cargo xtask dist")
    );
}
