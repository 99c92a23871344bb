//! Names over three servers beside one NATS: one person each, whoever asks where, and whatever dies.

use crate::cluster::{says, servers};
use anyhow::{Context, Result, ensure};
use base64ct::{Base64UrlUnpadded, Encoding};
use duologue_core::{
    cluster::message::{Claimed, Holder},
    ids::{NodeId, PeerToken},
    wire::{self, names::LetterKey},
};
use duologue_e2e::{caller::Caller, nats::Nats, server::Server, until, within};
use sha2::{Digest, Sha256};
use std::fs;
use tempfile::NamedTempFile;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_one_persons_at_all_servers_and_letters_go_between_them() -> Result<()> {
    let nats = Nats::start().await?;
    let servers = servers(&nats, &[]).await?;
    let mut ana = Caller::signs_in(&servers[0], "Ana", 1).await?;
    let ben = Caller::signs_in(&servers[1], "Ben", 2).await?;
    // Looks like it, at another server.
    let thief = Caller::asks(&servers[2], "аnа", 3).await?;
    thief.is_denied().await?;
    for caller in [&ana, &ben] {
        caller.sees(&["Ana", "Ben"]).await?;
    }
    for number in 0..20 {
        ana.tell("Ben", &format!("no{number}")).await?;
    }
    until("Ben's letters", within(5), async || {
        let told = ben.known().told;
        ensure!(told.len() >= 20, "{told:?}");
        Ok(())
    })
    .await?;
    let letters = (0..20).map(|number| ("Ana".to_owned(), format!("no{number}")));
    ensure!(ben.known().told.into_iter().eq(letters));
    // The same person may be at two servers.
    let too = Caller::signs_in(&servers[2], "Ana", 1).await?;
    drop(ana);
    too.sees(&["Ana", "Ben"]).await?;
    drop(too);
    ben.sees(&["Ben"]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_ask_at_once_one_has_it() -> Result<()> {
    let nats = Nats::start().await?;
    let servers = servers(&nats, &[]).await?;
    let beside = Caller::signs_in(&servers[0], "Zoe", 99).await?;
    for number in 0..10 {
        let name = format!("Ana {}", char::from(b'a' + number));
        let ask = |server: usize, person: u8| Caller::asks(&servers[server], &name, person);
        let (one, two) = tokio::try_join!(ask(0, 2 * number + 1), ask(1, 2 * number + 2))?;
        until("both answers", within(10), async || {
            let known = [one.known(), two.known()];
            let has = known.iter().filter(|it| it.name.is_some()).count();
            let denied = known.iter().filter(|it| it.denied.is_some()).count();
            ensure!((has, denied) == (1, 1), "{known:?}");
            Ok(())
        })
        .await?;
    }
    beside.sees(&["Zoe"]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_at_a_killed_server_has_their_name_at_once_elsewhere_and_nobody_else()
-> Result<()> {
    let nats = Nats::start().await?;
    let servers = servers(&nats, &[]).await?;
    let ana = Caller::signs_in(&servers[0], "Ana", 1).await?;
    let ben = Caller::signs_in(&servers[1], "Ben", 2).await?;
    ben.sees(&["Ana", "Ben"]).await?;
    servers[0].kill();
    let thief = Caller::asks(&servers[2], "Ana", 3).await?;
    thief.is_denied().await?;
    let again = Caller::signs_in(&servers[1], "Ana", 1).await?;
    again.sees(&["Ana", "Ben"]).await?;
    drop(ana);
    // Also when the death has been noticed.
    ben.sees(&["Ana", "Ben"]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_nats_people_sign_in_and_when_it_is_back_each_name_is_one_persons() -> Result<()> {
    let mut nats = Nats::start().await?;
    let servers = servers(&nats, &[]).await?;
    let ben = Caller::signs_in(&servers[2], "Ben", 2).await?;
    nats.kill();
    for server in &servers {
        says(server, "ok, alone", within(10)).await?;
    }
    let one = Caller::signs_in(&servers[0], "Ana", 1).await?;
    let two = Caller::signs_in(&servers[1], "Ana", 3).await?;
    nats.restart().await?;
    until(
        "one of two to be told that it is taken",
        within(15),
        async || {
            let known = [one.known(), two.known()];
            let denied = known.iter().filter(|it| it.denied.is_some()).count();
            ensure!(denied == 1, "{known:?}");
            Ok(())
        },
    )
    .await?;
    ben.sees(&["Ana", "Ben"]).await?;
    ensure!(ben.known().denied.is_none());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nats_that_keeps_nothing_leaves_names_to_each_server() -> Result<()> {
    let nats = Nats::without_store().await?;
    let url = nats.url();
    let server = Server::start_with(&["--cluster", &url]).await?;
    says(&server, "ok, names alone", within(10)).await?;
    let ana = Caller::signs_in(&server, "Ana", 1).await?;
    let thief = Caller::asks(&server, "Ana", 2).await?;
    thief.is_denied().await?;
    ana.sees(&["Ana"]).await?;
    until("the host to be told", within(5), async || {
        let log = server.log();
        ensure!(log.contains("NATS keeps no names"), "{log}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_know_the_secret_takes_nobodys_name() -> Result<()> {
    let nats = Nats::start().await?;
    let secret = NamedTempFile::new()?;
    fs::write(secret.path(), "open sesame\n")?;
    let file = secret.path().to_str().context("a path in UTF-8")?;
    let sealed = ["--cluster-secret-file", file, "--cluster-name", "sealed"];
    let (sealed, open) = (servers(&nats, &sealed).await?, servers(&nats, &[]).await?);
    let believer = Caller::signs_in(&open[0], "Ben", 2).await?;
    let other = Caller::signs_in(&sealed[0], "Ben", 2).await?;
    let forged = wire::encode(&Claimed {
        name: "ana".into(),
        shown: "Ana".into(),
        owner: PeerToken([99; 16]).id(),
        key: LetterKey([99; 32]),
        holders: vec![Holder {
            node: NodeId([99; 16]),
            busy: false,
        }],
    });
    let digest = Sha256::digest(b"duologue name 1\0ana");
    let key = Base64UrlUnpadded::encode_string(&digest[..16]);
    for cluster in ["main", "sealed"] {
        let subject = format!("$KV.duologue_{cluster}_names.{key}");
        nats.write(&subject, &forged).await?;
    }
    // Where anybody is believed, it is.
    believer.sees(&["Ana", "Ben"]).await?;
    let _ana = Caller::signs_in(&sealed[1], "Ana", 1).await?;
    other.sees(&["Ana", "Ben"]).await
}
