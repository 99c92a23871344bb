//! A recording while it is written, piece by piece, each flushed before the next; and how one is made
//! whole when it ends, or after a crash. WebM gets its length and its index here; anything else stays
//! as the browser made it.

use super::{
    blobs::breathe,
    disk::{Fault, Folder, Place},
    lock::Lock,
};
use crate::recordings::{About, Trouble};
use duologue_webm::{Error, Finisher, Head, Step, Store};

pub const CONTENT: &str = "content";
pub const ABOUT: &str = "about.json";

pub struct Tape {
    pub about: About,
    pub size: u64,
    folder: Folder,
    content: Place,
    head: Head,
    /// After a piece that could not be kept none is: there would be a hole.
    torn: bool,
    lock: Lock,
}

/// Where it lies after its end.
pub enum Kept {
    OnDisk,
    InMemory(Place),
}

impl Tape {
    pub async fn begin(folder: Folder, about: About, lock: Lock) -> Result<Tape, Fault> {
        write_about(&folder, &about).await?;
        let content = folder.place(CONTENT).await?;
        Ok(Tape {
            about,
            size: 0,
            folder,
            content,
            head: Head::new(),
            torn: false,
            lock,
        })
    }

    /// The next bytes, safe when this returns. Nothing is kept of what came after a failure.
    pub fn keep(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.torn {
            return Ok(());
        }
        let bytes = self.head.take(bytes);
        let kept = self
            .content
            .write_at(self.size, &bytes)
            .and_then(|()| self.content.flush());
        match kept {
            Ok(()) => self.size += bytes.len() as u64,
            Err(_) => self.torn = true,
        }
        kept
    }

    /// `millis`: how long it is, as far as anybody else knows.
    pub async fn end(
        mut self,
        millis: u64,
        on: impl Fn(u64, u64),
    ) -> Result<(About, Kept), Trouble> {
        self.content.truncate(self.size).map_err(trouble)?;
        self.about.millis = match make_whole(&mut self.content, &self.about.kind, on).await? {
            0 => millis,
            found => found,
        };
        self.about.whole = true;
        let Tape {
            about,
            folder,
            content,
            lock,
            ..
        } = self;
        if let Place::Memory(_) = content {
            return Ok((about, Kept::InMemory(content)));
        }
        drop(content);
        write_about(&folder, &about).await.map_err(trouble)?;
        drop(lock);
        Ok((about, Kept::OnDisk))
    }
}

/// How long it is, in milliseconds; 0 where it does not say. `on` is told how far it is.
pub async fn make_whole(
    content: &mut Place,
    kind: &str,
    on: impl Fn(u64, u64),
) -> Result<u64, Trouble> {
    if content.size().map_err(trouble)? == 0 {
        return Err(Trouble::Empty);
    }
    if !kind.starts_with("video/webm") {
        return Ok(0);
    }
    let mut finisher = Finisher::new(content).map_err(unfinished)?;
    loop {
        match finisher.step(content).map_err(unfinished)? {
            Step::Working { done, of } => {
                on(done, of);
                breathe().await;
            }
            Step::Done(what) => return Ok(what.duration.map_or(0, |it| it.as_millis() as u64)),
        }
    }
}

pub async fn write_about(folder: &Folder, about: &About) -> Result<(), Fault> {
    let text = crate::protocol::write(about);
    let mut place = folder.place(ABOUT).await?;
    place.write_at(0, text.as_bytes())?;
    place.truncate(text.len() as u64)?;
    place.flush()
}

pub fn trouble(fault: Fault) -> Trouble {
    match fault {
        Fault::Full => Trouble::NoRoom,
        Fault::Busy => Trouble::Busy,
        Fault::Broken => Trouble::Broken,
    }
}

fn unfinished(error: Error<Fault>) -> Trouble {
    match error {
        Error::Store(fault) => trouble(fault),
        Error::Empty => Trouble::Empty,
        Error::NotWebm | Error::NoRoom => Trouble::Broken,
    }
}

impl Store for Place {
    type Error = Fault;

    fn size(&mut self) -> Result<u64, Fault> {
        Place::size(self)
    }

    fn read_at(&mut self, at: u64, to: &mut [u8]) -> Result<usize, Fault> {
        Place::read_at(self, at, to)
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> Result<(), Fault> {
        Place::write_at(self, at, bytes)
    }

    fn truncate(&mut self, to: u64) -> Result<(), Fault> {
        Place::truncate(self, to)
    }

    fn flush(&mut self) -> Result<(), Fault> {
        Place::flush(self)
    }
}
