//! What a directory full of people costs: signs so many in at a server in a process of its own, prints
//! KiB for each, and how long it takes until everybody knows that one of them is in a call now.
//! `cargo xtask bench names` runs it (Linux: memory is read from /proc). Every person takes two file
//! handles in all: see `ulimit -n`. Arguments: how many, and where the figures go as JSON.

mod child;

use child::{Child, Outcome, Socket};
use duologue_core::{
    ids::PeerToken,
    wire::{
        MAX_FRAME, decode, encode,
        names::{Ask, LetterKey, Say},
    },
};
use futures_util::{SinkExt, Stream, StreamExt};
use std::{
    env, fs,
    io::{self, Write},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};
use tokio_tungstenite::tungstenite::{Error, Message};

/// Before counting: what the first connections cost once is not theirs.
const WARM_UP: u32 = 20;
const ROUNDS: usize = 20;
/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Outcome<()> {
    match child::number(5_000).await? {
        Some(count) => measure(count).await,
        None => Ok(()),
    }
}

async fn measure(count: u32) -> Outcome<()> {
    let child = Child::start()?;
    let (heard, mut news) = mpsc::unbounded_channel();
    for n in 0..WARM_UP {
        listen(sign_in(&child, n).await?, heard.clone());
    }
    let before = child.resident()?;
    let begun = Instant::now();
    // Reads like the others: who answers no ping is let go.
    let (mut one, its_news) = sign_in(&child, WARM_UP).await?.split();
    listen(its_news, heard.clone());
    for n in WARM_UP + 1..WARM_UP + count {
        listen(sign_in(&child, n).await?, heard.clone());
    }
    let signed_in = begun.elapsed();
    let all = (WARM_UP + count) as usize;

    let mut took: Vec<Duration> = Vec::new();
    for round in 0..ROUNDS {
        let busy = round % 2 == 0;
        one.send(Message::text(encode(&Ask::Busy { busy }))).await?;
        let begun = Instant::now();
        let mut told = 0;
        while told < all {
            let it = timeout(PATIENCE, news.recv()).await?;
            told += usize::from(it.ok_or("nobody listens any more")? == busy);
        }
        took.push(begun.elapsed());
    }
    took.sort();
    let after = child.resident()?;
    let each = (after - before) as f64 / f64::from(count);
    let (half, most) = (took[ROUNDS / 2], took[ROUNDS - 1]);
    writeln!(
        io::stdout(),
        "{all} people signed in, {signed_in:.1?} for all; {each:.1} KiB each\n\
         one change known to all: median {half:.0?}, longest {most:.0?} of {ROUNDS}"
    )?;
    if let Some(path) = env::args().nth(2) {
        let (half, most) = (half.as_millis(), most.as_millis());
        let figures = format!(
            "{{\"people\":{all},\"kib_each\":{each:.1},\"told_median_ms\":{half},\"told_longest_ms\":{most}}}\n"
        );
        fs::write(path, figures)?;
    }
    child.stop()
}

async fn sign_in(child: &Child, n: u32) -> Outcome<Socket> {
    let mut socket = child.connect("names").await?;
    let mut token = [0; 16];
    token[..4].copy_from_slice(&n.to_le_bytes());
    let ask = Ask::SignIn {
        version: 1,
        name: format!("Person {}", letters(n)),
        token: PeerToken(token),
        key: LetterKey([7; 32]),
    };
    socket.send(Message::text(encode(&ask))).await?;
    match next(&mut socket).await? {
        Say::SignedIn { .. } => Ok(socket),
        other => Err(format!("not signed in: {other:?}").into()),
    }
}

/// A number in letters of which no two look alike.
fn letters(n: u32) -> String {
    (0..4)
        .map(|at| char::from(b"abcdefghkp"[(n / 10_u32.pow(at)) as usize % 10]))
        .collect()
}

async fn next(socket: &mut (impl Stream<Item = Result<Message, Error>> + Unpin)) -> Outcome<Say> {
    loop {
        if let Message::Text(text) = socket.next().await.ok_or("the server closed")?? {
            return decode(&text, MAX_FRAME).map_err(|it| format!("{it:?}: {text}").into());
        }
    }
}

/// Passes on what is said of the one who is busy now and then.
fn listen(
    mut socket: impl Stream<Item = Result<Message, Error>> + Unpin + Send + 'static,
    heard: mpsc::UnboundedSender<bool>,
) {
    let whom = format!("Person {}", letters(WARM_UP));
    tokio::spawn(async move {
        let mut last = false;
        while let Ok(say) = next(&mut socket).await {
            // The latest to come have it from the list.
            let (Say::Changed { here: told, .. } | Say::People { people: told, .. }) = say else {
                continue;
            };
            let Some(it) = told.iter().find(|it| it.name == whom) else {
                continue;
            };
            if it.busy != last {
                last = it.busy;
                if heard.send(last).is_err() {
                    return;
                }
            }
        }
    });
}
