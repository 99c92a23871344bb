//! Three servers beside one NATS, people spread over them, and what happens when one of all these dies.

use anyhow::{Context, Result, ensure};
use duologue_core::{
    cluster::message::{NodeMsg, Said, Seated},
    ids::{NodeId, PeerId, PeerToken, RoomId},
    wire::{self, Sealed},
};
use duologue_e2e::{guest::Guest, nats::Nats, server::Server, until, within};
use std::{
    fs,
    time::{Duration, Instant, SystemTime},
};
use tempfile::NamedTempFile;

const ROOM: RoomId = RoomId([7; 16]);
/// Others see the members of a dead server leave within this.
const NOTICED: Duration = within(5);

pub(crate) async fn servers(nats: &Nats, more: &[&str]) -> Result<Vec<Server>> {
    let mut servers = Vec::new();
    for _ in 0..3 {
        let url = nats.url();
        let args = [&["--cluster", url.as_str()], more].concat();
        servers.push(Server::start_with(&args).await?);
    }
    for server in &servers {
        says(server, "ok", within(10)).await?;
    }
    Ok(servers)
}

pub(crate) async fn says(server: &Server, word: &str, deadline: Duration) -> Result<()> {
    until("a server's health", deadline, async || {
        let (status, said) = server.health().await?;
        ensure!(status == 200 && said == word, "{status} {said}");
        Ok(())
    })
    .await
}

/// One at each server, all of whom see all.
async fn one_at_each(servers: &[Server], room: RoomId) -> Result<Vec<Guest>> {
    let mut guests = Vec::new();
    for (server, number) in servers.iter().zip(1..) {
        guests.push(Guest::join(server, room, number).await?);
    }
    all_see_all(&guests.iter().collect::<Vec<_>>()).await?;
    Ok(guests)
}

async fn all_see_all(guests: &[&Guest]) -> Result<()> {
    for guest in guests {
        let others: Vec<PeerId> = (guests.iter().map(|it| it.id))
            .filter(|id| *id != guest.id)
            .collect();
        guest.sees(&others, within(5)).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_meets_everybody_and_no_letter_is_lost_or_out_of_order() -> Result<()> {
    /// To each of two others: together within what one client may say at once.
    const LETTERS: usize = 90;
    let nats = Nats::start().await?;
    let servers = servers(&nats, &[]).await?;
    let mut guests = one_at_each(&servers, ROOM).await?;
    let ids: Vec<PeerId> = guests.iter().map(|it| it.id).collect();
    for number in 0..LETTERS {
        for guest in &mut guests {
            let me = guest.id;
            for to in ids.iter().filter(|id| **id != me) {
                guest.write(*to, &format!("no{number}")).await?;
            }
        }
    }
    let expected: Vec<String> = (0..LETTERS).map(|number| format!("no{number}")).collect();
    for guest in &guests {
        for from in ids.iter().filter(|id| **id != guest.id) {
            ensure!(guest.reads(*from, LETTERS).await? == expected);
        }
    }
    guests.truncate(2);
    guests[0].sees(&[ids[1]], within(1)).await?;
    guests[1].sees(&[ids[0]], within(1)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_through_another_server_is_short() -> Result<()> {
    const ROUNDS: usize = 60;
    let nats = Nats::start().await?;
    let servers = servers(&nats, &[]).await?;
    let mut took = Vec::new();
    // At one server, then at two.
    for (room, other) in [(RoomId([8; 16]), 0), (RoomId([9; 16]), 1)] {
        let mut ana = Guest::join(&servers[0], room, 1).await?;
        let ben = Guest::join(&servers[other], room, 2).await?;
        all_see_all(&[&ana, &ben]).await?;
        let mut each = Vec::new();
        for round in 0..ROUNDS {
            let sent = Instant::now();
            ana.write(ben.id, "x").await?;
            ben.reads(ana.id, round + 1).await?;
            let (.., came) = ben.seen().letters[round].clone();
            each.push(came - sent);
        }
        each.sort();
        took.push(each[ROUNDS / 2]);
    }
    eprintln!(
        "a letter takes {:?} at one server, {:?} over two",
        took[0], took[1]
    );
    ensure!(took[1] < Duration::from_millis(50), "{:?}", took[1]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_of_a_killed_server_leave_in_time_and_are_back_elsewhere() -> Result<()> {
    let nats = Nats::start().await?;
    let servers = servers(&nats, &[]).await?;
    let mut guests = one_at_each(&servers, ROOM).await?;
    let cleo = guests.pop().context("three guests")?;
    let mut ben = guests.pop().context("three guests")?;
    let mut ana = guests.pop().context("three guests")?;
    // Under load: the two who stay write to each other all the time.
    let mut written = 0;
    servers[2].kill();
    let killed = Instant::now();
    while ana.seen().others.contains(&cleo.id) || ben.seen().others.contains(&cleo.id) {
        ensure!(killed.elapsed() < NOTICED, "a ghost after {NOTICED:?}");
        ana.write(ben.id, &format!("a{written}")).await?;
        ben.write(ana.id, &format!("b{written}")).await?;
        written += 1;
        // As fast as a client may.
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    eprintln!("noticed after {:?}", killed.elapsed());
    ensure!(cleo.seen().closed.is_some(), "its socket ended with it");
    let again = Guest::join(&servers[0], ROOM, 3).await?;
    all_see_all(&[&ana, &ben, &again]).await?;
    ensure!(again.id == cleo.id);
    let expected = |letter| (0..written).map(move |it| format!("{letter}{it}"));
    ensure!(
        (ben.reads(ana.id, written).await?)
            .into_iter()
            .eq(expected("a"))
    );
    ensure!(
        (ana.reads(ben.id, written).await?)
            .into_iter()
            .eq(expected("b"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_before_the_death_is_noticed_leaves_no_ghost() -> Result<()> {
    let nats = Nats::start().await?;
    let servers = servers(&nats, &[]).await?;
    let guests = one_at_each(&servers, ROOM).await?;
    servers[2].kill();
    let again = Guest::join(&servers[1], ROOM, 3).await?;
    let all: Vec<&Guest> = guests[..2].iter().chain([&again]).collect();
    all_see_all(&all).await?;
    // While the old server lives, its connection is closed as replaced.
    let elsewhere = Guest::join(&servers[0], ROOM, 2).await?;
    until("the older connection to be closed", within(5), async || {
        let closed = guests[1].seen().closed;
        ensure!(closed == Some(Some(wire::close::REPLACED)), "{closed:?}");
        Ok(())
    })
    .await?;
    all_see_all(&[&guests[0], &elsewhere, &again]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_nats_each_server_serves_its_own_and_with_it_all_again() -> Result<()> {
    let mut nats = Nats::start().await?;
    let servers = servers(&nats, &[]).await?;
    let mut guests = one_at_each(&servers, ROOM).await?;
    let beside = Guest::join(&servers[0], ROOM, 4).await?;
    guests[0]
        .sees(&[guests[1].id, guests[2].id, beside.id], within(5))
        .await?;
    nats.kill();
    for server in &servers {
        says(server, "ok, alone", within(10)).await?;
    }
    guests[0].write(beside.id, "still-here").await?;
    beside.reads(guests[0].id, 1).await?;
    guests[0].sees(&[beside.id], within(10)).await?;
    // Comes in while the servers know nothing of each other.
    let late = Guest::join(&servers[1], ROOM, 5).await?;
    guests[1].sees(&[late.id], within(5)).await?;

    nats.restart().await?;
    let back = Instant::now();
    for server in &servers {
        says(server, "ok", within(10)).await?;
    }
    let all: Vec<&Guest> = guests.iter().chain([&beside, &late]).collect();
    all_see_all(&all).await?;
    eprintln!("all see all {:?} after NATS was back", back.elapsed());
    let late = late.id;
    guests[2].write(late, "hello-again").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_starts_before_its_nats() -> Result<()> {
    let mut nats = Nats::start().await?;
    nats.kill();
    let server = Server::start_with(&["--cluster", &nats.url()]).await?;
    says(&server, "ok, alone", within(5)).await?;
    let ana = Guest::join(&server, ROOM, 1).await?;
    nats.restart().await?;
    says(&server, "ok", within(10)).await?;
    let other = Server::start_with(&["--cluster", &nats.url()]).await?;
    let ben = Guest::join(&other, ROOM, 2).await?;
    all_see_all(&[&ana, &ben]).await
}

/// What a node would say that has somebody in the room.
fn forged() -> Result<String> {
    let stranger = Seated {
        peer: PeerToken([99; 16]).id(),
        card: Sealed("A".repeat(120)),
        since: 1,
    };
    let at = SystemTime::UNIX_EPOCH.elapsed()?.as_millis();
    Ok(wire::encode(&NodeMsg {
        node: NodeId([99; 16]),
        at: u64::try_from(at)?,
        said: Said::Part {
            room: ROOM,
            no: 1,
            members: [stranger].into(),
            ask: false,
        },
    }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_know_the_secret_is_no_server() -> Result<()> {
    let nats = Nats::start().await?;
    let secret = NamedTempFile::new()?;
    fs::write(secret.path(), "open sesame\n")?;
    let file = secret.path().to_str().context("a path in UTF-8")?;
    let sealed = ["--cluster-secret-file", file, "--cluster-name", "sealed"];
    let (sealed, open) = (servers(&nats, &sealed).await?, servers(&nats, &[]).await?);
    let (guests, believers) = (
        one_at_each(&sealed, ROOM).await?,
        one_at_each(&open, ROOM).await?,
    );
    let room = ROOM.text();
    nats.write(&format!("duologue.sealed.room.{room}"), &forged()?)
        .await?;
    nats.write(&format!("duologue.main.room.{room}"), &forged()?)
        .await?;
    // Where anybody is believed, it would have been.
    let stranger = PeerToken([99; 16]).id();
    until("the forged one to be seen", within(5), async || {
        ensure!(believers[0].seen().others.contains(&stranger));
        Ok(())
    })
    .await?;
    // What came after it at that address is through.
    let fourth = Guest::join(&sealed[1], ROOM, 4).await?;
    all_see_all(&guests.iter().chain([&fourth]).collect::<Vec<_>>()).await
}
