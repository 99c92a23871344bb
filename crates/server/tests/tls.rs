//! https: certificates made here and brought along, and what becomes of whoever comes without.

#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;

use common::{PATIENCE, Reply, config, http, http_over, serve};
use duologue_server::{AUTHORITY, Config, Running, Timing, start, tls::Tls};
use rcgen::{CertificateParams, Issuer, KeyPair, generate_simple_self_signed};
use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use std::{fs, io, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Trusts one certificate and what it signs.
fn trusting(root: &CertificateDer<'static>) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    Arc::new(roots)
}

async fn connect(
    address: SocketAddr,
    name: &str,
    root: &CertificateDer<'static>,
    protocol: &str,
) -> io::Result<TlsStream<TcpStream>> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusting(root))
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.into()];
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

async fn get(address: SocketAddr, root: &CertificateDer<'static>, path: &str) -> Reply {
    let stream = connect(address, "localhost", root, "http/1.1")
        .await
        .unwrap();
    http_over(stream, address, &format!("GET {path}"), &[]).await
}

async fn self_signed(state: &Path) -> (Running, SocketAddr) {
    let tls = Tls::SelfSigned {
        state: state.into(),
    };
    serve(Config {
        tls: Some(tls),
        ..config()
    })
    .await
}

fn pem(file: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(file).unwrap()
}

#[tokio::test]
async fn a_certificate_of_its_own_is_for_every_near_address_and_is_kept() {
    let state = TempDir::new().unwrap();
    let (running, address) = self_signed(state.path()).await;
    let root = pem(&state.path().join("authority.pem"));
    for name in ["localhost", "127.0.0.1", "::1"] {
        connect(address, name, &root, "http/1.1").await.unwrap();
    }
    for ip in duologue_server::tls::addresses() {
        connect(address, &ip.to_string(), &root, "h2")
            .await
            .unwrap();
    }
    if let Some(host) = duologue_server::tls::hostname() {
        connect(address, &format!("{host}.local"), &root, "h2")
            .await
            .unwrap();
    }
    assert!(
        connect(address, "example.org", &root, "http/1.1")
            .await
            .is_err()
    );

    // What people install is that authority, as the type says that devices know.
    let install = get(address, &root, AUTHORITY).await;
    assert_eq!(install.body, *root);
    assert_eq!(
        install.header("content-type"),
        Some("application/x-x509-ca-cert")
    );
    // Nobody is to be locked out who once went past the warning.
    assert_eq!(install.header("strict-transport-security"), None);

    let kept =
        ["authority.pem", "certificate.pem"].map(|it| fs::read(state.path().join(it)).unwrap());
    running.stop().await;
    let (_running, again) = self_signed(state.path()).await;
    assert_eq!(get(again, &root, "/healthz").await.body, b"ok");
    let now =
        ["authority.pem", "certificate.pem"].map(|it| fs::read(state.path().join(it)).unwrap());
    assert_eq!(now, kept);
}

#[cfg(unix)]
#[tokio::test]
async fn keys_are_for_nobody_elses_eyes() {
    use std::os::unix::fs::PermissionsExt;
    let state = TempDir::new().unwrap();
    let (_running, _) = self_signed(state.path()).await;
    for key in ["key.pem", "authority-key.pem"] {
        let mode = fs::metadata(state.path().join(key))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
}

#[tokio::test]
async fn a_stolen_authority_makes_nobody_a_bank() {
    let state = TempDir::new().unwrap();
    let (_running, _) = self_signed(state.path()).await;
    let read = |file: &str| fs::read_to_string(state.path().join(file)).unwrap();
    let key = KeyPair::from_pem(&read("authority-key.pem")).unwrap();
    let thief = Issuer::from_ca_cert_pem(&read("authority.pem"), key).unwrap();
    let root = pem(&state.path().join("authority.pem"));
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(trusting(&root), provider)
        .build()
        .unwrap();
    let believed = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let made = params.signed_by(&key, &thief).unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        verifier
            .verify_server_cert(made.der(), &[], &name, &[], UnixTime::now())
            .is_ok()
    };
    assert!(believed("kitchen.local") && believed("192.168.7.7") && believed("fd12::1"));
    for far in ["bank.example", "8.8.8.8", "2001:db8::1", "mylocal"] {
        assert!(!believed(far), "{far}");
    }
}

#[tokio::test]
async fn damaged_files_are_made_anew() {
    let state = TempDir::new().unwrap();
    let (running, _) = self_signed(state.path()).await;
    running.stop().await;
    for damaged in [
        "certificate.pem",
        "key.pem",
        "authority-key.pem",
        "authority.pem",
    ] {
        fs::write(state.path().join(damaged), "rubbish").unwrap();
        let (running, address) = self_signed(state.path()).await;
        let root = pem(&state.path().join("authority.pem"));
        assert_eq!(
            get(address, &root, "/healthz").await.status,
            200,
            "{damaged}"
        );
        running.stop().await;
    }
}

/// Writes a certificate for localhost and its key, and says what to trust.
fn bring(folder: &Path) -> CertificateDer<'static> {
    let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(folder.join("key"), made.signing_key.serialize_pem()).unwrap();
    fs::write(folder.join("certificate"), made.cert.pem()).unwrap();
    made.cert.der().clone()
}

fn brought(folder: &Path) -> Config {
    let tls = Tls::Files {
        certificate: folder.join("certificate"),
        key: folder.join("key"),
    };
    let timing = Timing {
        certificate: Duration::from_millis(20),
        header: Duration::from_millis(300),
        ..Timing::default()
    };
    Config {
        tls: Some(tls),
        timing,
        ..config()
    }
}

#[tokio::test]
async fn a_certificate_that_changes_is_taken_up_and_a_broken_one_is_not() {
    let folder = TempDir::new().unwrap();
    let first = bring(folder.path());
    let (_running, address) = serve(brought(folder.path())).await;
    let reply = get(address, &first, "/healthz").await;
    assert_eq!(
        reply.header("strict-transport-security"),
        Some("max-age=31536000")
    );

    let second = bring(folder.path());
    let taken_up = async {
        while connect(address, "localhost", &second, "h2").await.is_err() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, taken_up).await.unwrap();

    fs::write(folder.path().join("certificate"), "rubbish").unwrap();
    sleep(Duration::from_millis(100)).await;
    connect(address, "localhost", &second, "h2").await.unwrap();
}

#[tokio::test]
async fn http2_is_spoken_to_those_who_speak_it() {
    let folder = TempDir::new().unwrap();
    let root = bring(folder.path());
    let (_running, address) = serve(brought(folder.path())).await;
    let stream = connect(address, "localhost", &root, "h2").await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = hyper_util::rt::TokioIo::new(stream);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .unwrap();
    tokio::spawn(connection);
    let mut ask = async |path: &str, origin: &str| {
        let ask = hyper::Request::get(format!("https://{address}{path}"))
            .header("origin", origin)
            .body(axum::body::Body::empty());
        let reply = timeout(PATIENCE, sender.send_request(ask.unwrap())).await;
        reply.unwrap().unwrap()
    };
    let reply = ask("/healthz", "https://evil.example").await;
    assert_eq!(
        (reply.status().as_u16(), reply.version()),
        (200, hyper::Version::HTTP_2)
    );
    // Whose page it is has no header to be held against in HTTP/2: the address says it.
    let own = format!("https://{address}");
    for (origin, is_own) in [(own.as_str(), true), ("https://evil.example", false)] {
        let reply = ask("/config.json", origin).await;
        let allowed = reply.headers().get("access-control-allow-origin");
        assert_eq!(allowed.is_some(), is_own, "{origin}");
    }
}

#[tokio::test]
async fn whoever_asks_for_nothing_over_http2_is_let_go() {
    let folder = TempDir::new().unwrap();
    let root = bring(folder.path());
    let timing = Timing {
        idle: Duration::from_millis(200),
        ..Timing::default()
    };
    let (_running, address) = serve(Config {
        timing,
        ..brought(folder.path())
    })
    .await;
    let stream = connect(address, "localhost", &root, "h2").await.unwrap();
    let io = hyper_util::rt::TokioIo::new(stream);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (_sender, connection) =
        hyper::client::conn::http2::handshake::<_, _, axum::body::Body>(executor, io)
            .await
            .unwrap();
    timeout(PATIENCE, connection).await.unwrap().ok();
}

#[tokio::test]
async fn whoever_says_nothing_at_all_over_http2_is_let_go_sooner() {
    let folder = TempDir::new().unwrap();
    let root = bring(folder.path());
    let timing = Timing {
        header: Duration::from_millis(500),
        ..Timing::default()
    };
    let (_running, address) = serve(Config {
        timing,
        ..brought(folder.path())
    })
    .await;
    let ends = async |mut stream: TlsStream<TcpStream>| {
        let mut rest = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut rest))
            .await
            .unwrap()
            .ok();
    };
    ends(connect(address, "localhost", &root, "h2").await.unwrap()).await;
    // Nor is a connection kept that begins as HTTP/2 does, and then asks for nothing.
    let mut polite = connect(address, "localhost", &root, "h2").await.unwrap();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    polite.write_all(preface).await.unwrap();
    polite.flush().await.unwrap();
    ends(polite).await;
}

#[tokio::test]
async fn who_says_http_is_sent_to_https() {
    let folder = TempDir::new().unwrap();
    bring(folder.path());
    let (_running, address) = serve(brought(folder.path())).await;
    let reply = http(address, "GET /sub/path?lang=ar", &[]).await;
    assert_eq!(reply.status, 308);
    let there = format!("https://{address}/sub/path?lang=ar");
    assert_eq!(reply.header("location"), Some(there.as_str()));
}

#[tokio::test]
async fn who_does_not_finish_the_handshake_is_let_go() {
    let folder = TempDir::new().unwrap();
    bring(folder.path());
    let (_running, address) = serve(brought(folder.path())).await;
    for said in [&b""[..], &[22], &[22, 3, 1, 2, 0, 1]] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said).await.unwrap();
        let closed = timeout(PATIENCE, stream.read(&mut [0; 64])).await.unwrap();
        assert!(matches!(closed, Ok(0) | Err(_)), "{said:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_none_is_said_to_be_none() {
    let folder = TempDir::new().unwrap();
    let refused = async || {
        start(brought(folder.path()))
            .await
            .err()
            .unwrap()
            .to_string()
    };
    assert!(refused().await.contains("cannot read"));
    bring(folder.path());
    fs::write(folder.path().join("key"), "rubbish").unwrap();
    assert!(refused().await.contains("is no private key"));
    let other = KeyPair::generate().unwrap();
    fs::write(folder.path().join("key"), other.serialize_pem()).unwrap();
    assert!(refused().await.contains("do not go together"));
    fs::write(folder.path().join("certificate"), "").unwrap();
    assert!(refused().await.contains("no certificate"));
    let tls = Tls::SelfSigned {
        state: folder.path().join("key"),
    };
    let config = Config {
        tls: Some(tls),
        ..config()
    };
    assert!(
        start(config)
            .await
            .err()
            .unwrap()
            .to_string()
            .contains("--state")
    );
}
