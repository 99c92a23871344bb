//! One connection by TCP or TLS: cuts what comes into messages and packets (RFC 8656 §12.5), and writes
//! what waits. Whoever borrows nothing in time, or says what is no message, is let go.

use super::{
    hall::{Hall, MOST, Place},
    lent::CHANNEL_HEADER,
};
use crate::listen::{BREATHER, TLS_HANDSHAKE};
use std::{sync::Arc, time::Duration};
use stun_types::message::MessageHeader;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    time::{Instant, sleep, timeout},
};

/// For one packet to leave this machine.
const SEND: Duration = Duration::from_secs(10);

pub(super) async fn accept(
    hall: Arc<Hall>,
    listener: TcpListener,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        let Ok((stream, at)) = accepted else {
            sleep(BREATHER).await;
            continue;
        };
        if let Some((place, queue)) = hall.let_in(at) {
            let (hall, mut stopped) = (hall.clone(), stopped.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = meet(&hall, stream, &place, queue) => {}
                    _ = stopped.wait_for(|stop| *stop) => {}
                }
            });
        }
    }
}

async fn meet(hall: &Hall, stream: TcpStream, place: &Place, queue: mpsc::Receiver<Vec<u8>>) {
    // Calls are short packets that somebody waits for.
    stream.set_nodelay(true).ok();
    let until = Instant::now() + hall.quotas.patience;
    let mut first = [0];
    if !matches!(
        timeout_at(until, stream.peek(&mut first)).await,
        Some(Ok(1))
    ) {
        return;
    }
    match &hall.acceptor {
        _ if first != TLS_HANDSHAKE => serve(hall, stream, place, queue, until).await,
        Some(acceptor) => {
            if let Some(Ok(stream)) = timeout_at(until, acceptor.accept(stream)).await {
                serve(hall, stream, place, queue, until).await;
            }
        }
        None => {}
    }
}

async fn timeout_at<T>(until: Instant, task: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout_at(until, task).await.ok()
}

async fn serve(
    hall: &Hall,
    stream: impl AsyncRead + AsyncWrite,
    place: &Place,
    queue: mpsc::Receiver<Vec<u8>>,
    until: Instant,
) {
    let (reader, writer) = tokio::io::split(stream);
    tokio::select! {
        () = read(hall, reader, place, until) => {}
        () = write(writer, queue) => {}
    }
}

/// Until it ends, or is in nobody's use.
async fn read(hall: &Hall, mut stream: impl AsyncRead + Unpin, place: &Place, until: Instant) {
    let client = place.client;
    let mut buffer = Vec::with_capacity(2 * MOST);
    let mut look = until;
    loop {
        match tokio::time::timeout_at(look, stream.read_buf(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => return,
            Ok(Ok(_)) => {}
            Err(_) => look = Instant::now() + hall.quotas.patience,
        }
        let mut taken = 0;
        loop {
            match cut(&buffer[taken..]) {
                Cut::Whole { length, padded } => {
                    hall.hear(client, &buffer[taken..taken + length]);
                    taken += padded;
                }
                Cut::NotYet => break,
                Cut::Rubbish => return,
            }
        }
        buffer.drain(..taken);
        if Instant::now() >= until && !hall.lends_to(client) {
            return;
        }
    }
}

async fn write(mut stream: impl AsyncWrite + Unpin, mut queue: mpsc::Receiver<Vec<u8>>) {
    while let Some(mut bytes) = queue.recv().await {
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        let written = async {
            stream.write_all(&bytes).await?;
            stream.flush().await
        };
        if !matches!(timeout(SEND, written).await, Ok(Ok(()))) {
            return;
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Cut {
    NotYet,
    /// So many bytes are it, and so many it takes up.
    Whole {
        length: usize,
        padded: usize,
    },
    Rubbish,
}

/// What stands at the beginning.
fn cut(bytes: &[u8]) -> Cut {
    let Some(&[first, _, high, low]) = bytes.first_chunk() else {
        return match bytes.first() {
            None | Some(0..=3 | 0x40..=0x4f) => Cut::NotYet,
            Some(_) => Cut::Rubbish,
        };
    };
    let said = usize::from(u16::from_be_bytes([high, low]));
    let length = match first {
        0..=3 if said % 4 == 0 => MessageHeader::LENGTH + said,
        0x40..=0x4f => CHANNEL_HEADER + said,
        _ => return Cut::Rubbish,
    };
    let padded = length.next_multiple_of(4);
    match padded {
        too_long if too_long > MOST => Cut::Rubbish,
        enough if enough <= bytes.len() => Cut::Whole { length, padded },
        _ => Cut::NotYet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_is_cut_where_it_ends() {
        let whole = |length, padded| Cut::Whole { length, padded };
        let long = [&[0x40, 0, 0x0f, 0xfc][..], &[0; MOST]].concat();
        let too_long = [&[0x40, 0, 0x0f, 0xfd][..], &[0; MOST]].concat();
        for (bytes, expected) in [
            (&b""[..], Cut::NotYet),
            (&[0], Cut::NotYet),
            (&[0x40, 0, 0], Cut::NotYet),
            (&[0x40, 0, 0, 0], whole(4, 4)),
            (&[0x40, 0, 0, 1, 7], Cut::NotYet),
            (&[0x40, 0, 0, 1, 7, 0, 0], Cut::NotYet),
            (&[0x40, 0, 0, 1, 7, 0, 0, 0, 9], whole(5, 8)),
            (&[0x4f, 0xff, 0, 4, 1, 2, 3, 4], whole(8, 8)),
            (&[0; 20], whole(20, 20)),
            (&[0; 19], Cut::NotYet),
            (&[0, 1, 0, 2, 0, 0], Cut::Rubbish),
            (&[0, 1, 0xff, 0xfc], Cut::Rubbish),
            (&long, whole(MOST, MOST)),
            (&too_long, Cut::Rubbish),
            (b"GET / HTTP/1.1", Cut::Rubbish),
            (&[0x50, 0, 0, 0], Cut::Rubbish),
            (&[0x80], Cut::Rubbish),
            (&[22, 3, 1], Cut::Rubbish),
        ] {
            assert_eq!(cut(bytes), expected, "{bytes:?}");
        }
    }
}
