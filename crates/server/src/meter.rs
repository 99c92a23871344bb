//! Whether a client has begun a message that it does not end. The library for WebSockets tells of whole
//! messages alone, so it is reckoned: what was read of the connection, less what was told of.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The head of a short frame, and its mask.
const HEAD: u64 = 2 + 4;

/// Bytes that were read of one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<AtomicU64>);

impl Meter {
    fn read(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// What of them was messages. May be too much by what the library had read beyond a text, 2 KiB.
#[derive(Debug)]
pub(crate) struct Told {
    meter: Meter,
    whole: u64,
}

impl Told {
    pub(crate) fn from_now_on(meter: Meter) -> Self {
        let whole = meter.read();
        Told { meter, whole }
    }

    /// Messages come one after another: with it, all that was before it has ended.
    pub(crate) fn text(&mut self) {
        self.whole = self.meter.read();
    }

    /// It may come between the parts of a text.
    pub(crate) fn control(&mut self, payload: &[u8]) {
        self.whole += HEAD + payload.len() as u64;
    }

    pub(crate) fn leaves_some(&self) -> bool {
        self.meter.read() > self.whole
    }
}

/// A connection whose bytes are counted as they are read.
pub(crate) struct Metered<S> {
    stream: S,
    meter: Meter,
}

impl<S> Metered<S> {
    pub(crate) fn new(stream: S, meter: Meter) -> Self {
        Metered { stream, meter }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = to.filled().len();
        let done = Pin::new(&mut self.stream).poll_read(cx, to);
        let read = to.filled().len() - before;
        self.meter.0.fetch_add(read as u64, Relaxed);
        done
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
