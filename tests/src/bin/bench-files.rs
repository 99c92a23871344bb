//! How fast files go, and what a page needs for it: between two windows of one browser, beside a bare
//! data channel, simple-peer and PeerJS in the same run; and over a way of 20 ms there and back. The
//! time is from the receiver's press to the file being there, read, checked and written. `--size MB`
//! says how much goes the short way (1024), `--only NAME` runs one of them. Writes target/bench/files.json.

use anyhow::{Context, Result, bail, ensure};
use duologue_e2e::{
    Kind, Person, Scene,
    far::Far,
    paths,
    process::Process,
    scene::{Failure, Weight},
    server::Server,
    static_host::StaticHost,
    until, within,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;
use std::{
    fs,
    io::Write,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

const MEGABYTE: u64 = 1 << 20;
/// In this order: what is ours stands between what it is held against.
const ALL: [&str; 6] = [
    "bare",
    "simple-peer",
    "peerjs",
    "duologue",
    "bare, 20 ms",
    "duologue, 20 ms",
];
/// The long way takes less of it: a bare channel is ten times slower there.
const FAR_SIZE: u64 = 256 * MEGABYTE;
const FAR_BARE_SIZE: u64 = 32 * MEGABYTE;
const ONE_WAY: Duration = Duration::from_millis(10);
const LONGEST: Duration = within(150);
const LOOK: Duration = Duration::from_millis(250);

struct Row {
    name: &'static str,
    bytes: u64,
    seconds: f64,
    /// What the hungriest of the browser's pages grew by meanwhile.
    grown: u64,
}

impl Row {
    fn megabits(&self) -> f64 {
        self.bytes as f64 * 8.0 / 1e6 / self.seconds
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let (size, only) = read(std::env::args().skip(1))?;
    let far = Far::new(ONE_WAY);
    let mut rows = Vec::new();
    for name in ALL {
        if only.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        Scene::play(
            &format!("bench files {name}"),
            Weight::Heavy,
            async |scene| {
                rows.push(match name {
                    "duologue" => ours(scene, name, size, None).await?,
                    "duologue, 20 ms" => ours(scene, name, FAR_SIZE, Some(&far)).await?,
                    "bare, 20 ms" => others(scene, name, FAR_BARE_SIZE, Some(&far)).await?,
                    _ => others(scene, name, size / 2, None).await?,
                });
                Ok(())
            },
        )
        .await?;
    }
    Ok(report(&rows)?)
}

fn read(mut args: impl Iterator<Item = String>) -> Result<(u64, Option<String>)> {
    let (mut size, mut only) = (1024, None);
    while let Some(option) = args.next() {
        match (option.as_str(), args.next()) {
            ("--size", Some(it)) => size = it.parse().context("--size MB")?,
            ("--only", Some(it)) if ALL.contains(&it.as_str()) => only = Some(it),
            _ => bail!("there are --size MB and --only NAME, one of {ALL:?}"),
        }
    }
    Ok((size * MEGABYTE, only))
}

#[derive(Deserialize)]
struct Took {
    bytes: u64,
    ms: f64,
}

/// Two pages that do nothing else.
async fn others(
    scene: &Scene,
    name: &'static str,
    size: u64,
    far: Option<&std::sync::Arc<Far>>,
) -> Result<Row> {
    let by = if far.is_some() { "bare" } else { name };
    let modules = paths::root().join("target/tools/bench");
    let page = "transfer.html";
    fs::copy(
        paths::root().join("tests/fixtures").join(page),
        modules.join(page),
    )?;
    let host = StaticHost::start(modules.clone(), "").await?;
    let (_broker, port) = broker(&modules).await?;
    let sender = scene.person(Kind::Chromium, "sender").await?;
    let receiver = sender.in_another_window("receiver").await?;
    let address = |role: &str| {
        format!(
            "{}{page}?by={by}&role={role}&size={size}&port={port}&wait",
            host.page()
        )
    };
    for (person, role) in [(&sender, "sender"), (&receiver, "receiver")] {
        person.goto(&address(role)).await?;
        if let Some(far) = far {
            far.stand_before(person).await?;
        }
    }
    let memory = Memory::watch(&sender)?;
    for person in [&sender, &receiver] {
        person.script::<()>("begin(); return null", vec![]).await?;
    }
    let (took, grown): (Took, u64) = memory
        .grown_until(&sender, &receiver, "return window.result")
        .await?;
    Ok(Row {
        name,
        bytes: took.bytes,
        seconds: took.ms / 1000.0,
        grown,
    })
}

/// PeerJS's own server.
async fn broker(modules: &Path) -> Result<(Process, u16)> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let mut command = Command::new("node");
    command
        .arg(modules.join("node_modules/peer/dist/bin/peerjs.js"))
        .args(["--port", &port.to_string(), "--path", "/"]);
    let process = Process::spawn(command)?;
    process.announces("Started PeerServer", within(20)).await?;
    Ok((process, port))
}

/// A call without cameras, and a file in it.
async fn ours(
    scene: &Scene,
    name: &'static str,
    size: u64,
    far: Option<&std::sync::Arc<Far>>,
) -> Result<Row> {
    let folder = tempfile::TempDir::new_in(paths::root().join("target"))?;
    let file = folder.path().join("film.bin");
    make(&file, size)?;
    let server = Server::start().await?;
    let sender = scene.person(Kind::Chromium, "Ana").await?;
    let receiver = sender.in_another_window("Ben").await?;
    for person in [&sender, &receiver] {
        let query = format!(
            "?name={}&join=auto&camera=off&microphone=off#/r/files",
            person.label
        );
        person.goto(&[server.page(), query].concat()).await?;
        person.find("toolbar", "Call controls").await?;
    }
    until("them to meet", within(60), async || {
        let peers = receiver.peers().await?;
        ensure!(peers.len() == 1, "{peers:?}");
        Ok(())
    })
    .await?;
    for person in [&sender, &receiver] {
        if let Some(far) = far {
            far.stand_before(person).await?;
        }
        person.press("Chat").await?;
    }
    sender.upload(&file).await?;
    receiver.find("button", "Accept").await?;
    let memory = Memory::watch(&sender)?;
    let start = Instant::now();
    receiver.press("Accept").await?;
    let grown = memory.grown_until(
        &sender,
        &receiver,
        "return document.querySelector('.file-actions .button')?.textContent === 'Save' || null",
    );
    let (_, grown): (bool, u64) = grown.await?;
    Ok(Row {
        name,
        bytes: size,
        seconds: start.elapsed().as_secs_f64(),
        grown,
    })
}

fn make(file: &Path, size: u64) -> Result<()> {
    let mut to = std::io::BufWriter::new(fs::File::create(file)?);
    let mut state = 1_u64;
    for _ in 0..size / 8 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        to.write_all(&(state ^ state >> 31).to_le_bytes())?;
    }
    Ok(to.flush()?)
}

/// What the pages of a browser hold.
struct Memory(Vec<(u32, u64)>);

impl Memory {
    fn watch(of: &Person) -> Result<Memory> {
        Ok(Memory(of.pages_memory()?))
    }

    /// By how much at the most, until a script on the receiver's page answers. Looked at a few times
    /// only: looking costs what is measured.
    async fn grown_until<T: DeserializeOwned>(
        &self,
        of: &Person,
        receiver: &Person,
        done: &str,
    ) -> Result<(T, u64)> {
        let (start, mut grown) = (Instant::now(), 0);
        for look in 0_u32.. {
            tokio::time::sleep(LOOK).await;
            if look % 8 == 0 {
                grown = grown.max(self.grown(of)?);
            }
            let answer: Option<T> = receiver.script(done, vec![]).await?;
            if let Some(answer) = answer {
                return Ok((answer, grown.max(self.grown(of)?)));
            }
            ensure!(
                start.elapsed() < LONGEST,
                "it is not there after {LONGEST:?}"
            );
        }
        bail!("it never was there")
    }

    fn grown(&self, of: &Person) -> Result<u64> {
        let before = |id: u32| self.0.iter().find(|it| it.0 == id).map_or(0, |it| it.1);
        let now = of.pages_memory()?;
        let grown = now.iter().map(|(id, now)| now.saturating_sub(before(*id)));
        Ok(grown.max().unwrap_or_default())
    }
}

fn report(rows: &[Row]) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{:<18}{:>8}{:>10}{:>12}{:>16}",
        "", "MB", "seconds", "Mbit/s", "page grew MB"
    )?;
    let mut all = Vec::new();
    for row in rows {
        let (size, grown) = (row.bytes / MEGABYTE, row.grown as f64 / MEGABYTE as f64);
        writeln!(
            out,
            "{:<18}{size:>8}{:>10.1}{:>12.0}{grown:>16.1}",
            row.name,
            row.seconds,
            row.megabits()
        )?;
        all.push(json!({
            "by": row.name, "megabytes": size, "seconds": row.seconds,
            "megabits_per_second": row.megabits(), "page_grew_megabytes": grown,
        }));
    }
    let folder = paths::root().join("target/bench");
    fs::create_dir_all(&folder)?;
    Ok(fs::write(
        folder.join("files.json"),
        serde_json::to_string_pretty(&all)?,
    )?)
}
