//! What becomes of https while there is no certificate by ACME. That one is got, kept and renewed is shown
//! end to end, with an authority that takes more than a compiler.

#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;

use common::{PATIENCE, config, http, serve};
use duologue_server::{
    Config, Timing,
    tls::{Tls, acme::Acme},
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};
use tokio_rustls::TlsConnector;

fn from(directory: SocketAddr, state: &Path) -> Config {
    let tls = Tls::Acme(Acme {
        domains: vec!["calls.example.org".into()],
        contact: None,
        directory: format!("https://{directory}/directory"),
        root: None,
        state: state.into(),
    });
    let timing = Timing {
        certificate: Duration::from_millis(20),
        ..Timing::default()
    };
    Config {
        tls: Some(tls),
        timing,
        ..config()
    }
}

#[tokio::test]
async fn a_directory_that_does_not_answer_is_asked_again_and_less_often() {
    let state = TempDir::new().unwrap();
    let directory = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (_running, _) = serve(from(directory.local_addr().unwrap(), state.path())).await;
    let mut asked = Vec::new();
    while asked.len() < 4 {
        let (stream, _) = timeout(PATIENCE, directory.accept())
            .await
            .unwrap()
            .unwrap();
        asked.push(Instant::now());
        drop(stream);
    }
    // At least; a busy machine takes longer.
    for (pair, least) in asked.windows(2).zip([80, 160, 320]) {
        let pause = pair[1] - pair[0];
        assert!(
            pause >= Duration::from_millis(least),
            "{pause:?}, not {least} ms"
        );
    }
}

#[tokio::test]
async fn meanwhile_nobody_gets_in_and_http_is_sent_on() {
    let state = TempDir::new().unwrap();
    let nowhere = "127.0.0.1:1".parse().unwrap();
    let (_running, address) = serve(from(nowhere, state.path())).await;
    let reply = http(address, "GET /", &[]).await;
    assert_eq!(reply.status, 308);
    // No certificate is shown, not even one that browsers warn of.
    let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = "calls.example.org".try_into().unwrap();
    let connecting = TlsConnector::from(Arc::new(client)).connect(name, stream);
    let refused = timeout(PATIENCE, connecting).await.unwrap().unwrap_err();
    assert!(refused.to_string().contains("fatal alert"), "{refused}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_said_at_the_start() {
    let state = TempDir::new().unwrap();
    let file = state.path().join("file");
    std::fs::write(&file, "").unwrap();
    let nowhere = "127.0.0.1:1".parse().unwrap();
    let refused = duologue_server::start(from(nowhere, &file)).await.err();
    let sentence = refused.unwrap().to_string();
    assert!(sentence.contains("--state"), "{sentence}");
}
