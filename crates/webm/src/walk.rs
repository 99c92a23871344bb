//! The walk over the Clusters, from element to element, to where the last whole block ends. On its way
//! it writes what is true at once: the size of a Cluster it has passed, and a Void over bytes that are
//! no elements. Sizes that Clusters have already are not relied on.
//!
//! between Clusters ──Cluster──▶ in a Cluster ──BlockGroup──▶ in a group, and back;
//! any ──bytes that make no sense──▶ searching ──the next Cluster──▶ at it, or ──none──▶ ended.

use crate::Store;
use crate::cluster::{self, BlockHead, Cluster, Group};
use crate::ebml::{self, Header, id};
use crate::layout::Facts;
use crate::tracks::{Block, Tracks};
use crate::window::{Next, Window};

#[derive(Clone, Copy)]
enum Place {
    Between,
    Cluster(Cluster),
    Group(Cluster, Group),
    /// Nothing is understood from `from` on; no Cluster begins before `to`.
    Searching {
        from: u64,
        to: u64,
        within: Option<Cluster>,
    },
    /// The end of what is worth keeping.
    Ended,
}

pub struct Walk {
    place: Place,
    at: u64,
    file: u64,
    data_at: u64,
    /// An element of an unknown kind is believed once something known follows it.
    doubted: Option<u64>,
    window: Window,
    writes: u32,
    pub tracks: Tracks,
}

impl Walk {
    pub fn new(facts: &Facts, file: u64) -> Self {
        Walk {
            place: Place::Between,
            at: facts.layout.first_cluster as u64,
            file,
            data_at: facts.layout.data_at as u64,
            doubted: None,
            window: Window::new(),
            writes: 0,
            tracks: Tracks::new(facts),
        }
    }

    /// How far it is; once it has ended, where the file is to end.
    pub fn at(&self) -> u64 {
        self.at
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.place, Place::Ended)
    }

    /// How often the store has been asked for anything; may wrap.
    pub fn asks(&self) -> u32 {
        self.window.reads.wrapping_add(self.writes)
    }

    /// One element further, or one buffer further in a search. After an error it stands where it stood.
    pub fn step<S: Store>(&mut self, store: &mut S) -> Result<(), S::Error> {
        self.place = match self.place {
            Place::Between => self.in_segment(store, None)?,
            Place::Cluster(cluster) => self.in_segment(store, Some(cluster))?,
            Place::Group(cluster, group) => self.in_group(store, cluster, group)?,
            Place::Searching { from, to, within } => self.search(store, from, to, within)?,
            Place::Ended => Place::Ended,
        };
        Ok(())
    }

    /// At an element of the Segment, or of the Cluster: only its kind tells.
    fn in_segment<S: Store>(
        &mut self,
        store: &mut S,
        cluster: Option<Cluster>,
    ) -> Result<Place, S::Error> {
        match (self.window.next(store, self.at, self.file)?, cluster) {
            (Next::End, _) if self.doubted.is_none() => self.end(store, cluster),
            (Next::End | Next::Damage, _) => Ok(self.lost(self.at, cluster)),
            (Next::Cluster(header), _) => {
                self.close(store, cluster)?;
                let at = self.at;
                self.pass(at + header.len() as u64);
                Ok(Place::Cluster(Cluster::new(at, header)))
            }
            (Next::Element(header, end), _) => match (header.id, cluster) {
                // Left by an earlier finishing: written anew.
                (id::CUES, _) => self.end(store, cluster),
                (id::INFO | id::TRACKS | id::SEEK_HEAD, _)
                | (id::TAGS | id::CHAPTERS | id::ATTACHMENTS, _)
                | (id::VOID | id::CRC_32, None) => {
                    self.close(store, cluster)?;
                    self.pass(end);
                    Ok(Place::Between)
                }
                (_, None) => Ok(self.doubt(end, None)),
                (_, Some(cluster)) => self.in_cluster(store, cluster, header, end),
            },
        }
    }

    fn in_cluster<S: Store>(
        &mut self,
        store: &mut S,
        mut cluster: Cluster,
        header: Header,
        end: u64,
    ) -> Result<Place, S::Error> {
        let body_at = self.at + header.len() as u64;
        match header.id {
            id::TIMESTAMP if end - body_at <= 8 => {
                cluster.time = self.window.number(store, body_at, end)?;
            }
            id::SIMPLE_BLOCK => {
                let Some(head) = self.window.block_head(store, body_at, end)? else {
                    return Ok(self.lost(self.at, Some(cluster)));
                };
                self.note(&mut cluster, head, None);
            }
            id::BLOCK_GROUP => {
                let at = self.at;
                self.pass(body_at);
                let group = Group {
                    at,
                    end,
                    block: None,
                    is_key: true,
                    lasts: None,
                };
                return Ok(Place::Group(cluster, group));
            }
            id::SILENT_TRACKS | id::POSITION | id::PREV_SIZE | id::VOID | id::CRC_32 => {}
            _ => return Ok(self.doubt(end, Some(cluster))),
        }
        self.pass(end);
        Ok(Place::Cluster(cluster))
    }

    fn in_group<S: Store>(
        &mut self,
        store: &mut S,
        mut cluster: Cluster,
        mut group: Group,
    ) -> Result<Place, S::Error> {
        let (header, end) = match self.window.next(store, self.at, group.end)? {
            Next::Element(header, end) => (header, end),
            Next::Damage | Next::Cluster(_) => return Ok(self.lost(group.at, Some(cluster))),
            Next::End => {
                if let Some(block) = group.block {
                    let block = BlockHead {
                        is_key: group.is_key,
                        ..block
                    };
                    self.note(&mut cluster, block, group.lasts);
                }
                return Ok(Place::Cluster(cluster));
            }
        };
        let body_at = self.at + header.len() as u64;
        match header.id {
            id::BLOCK => {
                group.block = self.window.block_head(store, body_at, end)?;
                if group.block.is_none() {
                    return Ok(self.lost(group.at, Some(cluster)));
                }
            }
            id::REFERENCE_BLOCK => group.is_key = false,
            id::BLOCK_DURATION => group.lasts = Some(self.window.number(store, body_at, end)?),
            _ => {}
        }
        self.pass(end);
        Ok(Place::Group(cluster, group))
    }

    fn note(&mut self, cluster: &mut Cluster, block: BlockHead, lasts: Option<u64>) {
        cluster.has_blocks = true;
        self.tracks.note(&Block {
            track: block.track,
            time: cluster.time.saturating_add_signed(block.after.into()),
            lasts,
            is_key: block.is_key,
            cluster: cluster.at.saturating_sub(self.data_at),
        });
    }

    fn pass(&mut self, end: u64) {
        self.doubted = None;
        self.at = end;
    }

    /// An element of a kind that is not known here: a newer browser's, or damage.
    fn doubt(&mut self, end: u64, cluster: Option<Cluster>) -> Place {
        if self.doubted.is_some() {
            return self.lost(self.at, cluster);
        }
        self.doubted = Some(self.at);
        self.at = end;
        cluster.map_or(Place::Between, Place::Cluster)
    }

    fn lost(&mut self, at: u64, within: Option<Cluster>) -> Place {
        let from = self.doubted.take().unwrap_or(at);
        self.at = from;
        // A Void takes two bytes.
        Place::Searching {
            from,
            to: from.saturating_add(2),
            within,
        }
    }

    /// On to the next Cluster. That there is none is the rule: what was lost is a torn block.
    fn search<S: Store>(
        &mut self,
        store: &mut S,
        from: u64,
        to: u64,
        within: Option<Cluster>,
    ) -> Result<Place, S::Error> {
        let bytes = self.window.from(store, to, cluster::START)?;
        let len = bytes.len();
        if len < cluster::START {
            self.at = from;
            return self.end(store, within);
        }
        let Some(skip) = cluster::find(bytes) else {
            self.at = to;
            let to = to + (len - cluster::START + 1) as u64;
            return Ok(Place::Searching { from, to, within });
        };
        self.at = to + skip as u64;
        store.write_at(from, &ebml::void_head(self.at - from).unwrap_or_default())?;
        self.writes = self.writes.wrapping_add(1);
        Ok(within.map_or(Place::Between, Place::Cluster))
    }

    /// Nothing from here on is kept, nor a Cluster without a block.
    fn end<S: Store>(
        &mut self,
        store: &mut S,
        cluster: Option<Cluster>,
    ) -> Result<Place, S::Error> {
        match cluster {
            Some(cluster) if !cluster.has_blocks => self.at = cluster.at,
            _ => self.close(store, cluster)?,
        }
        Ok(Place::Ended)
    }

    fn close<S: Store>(&mut self, store: &mut S, cluster: Option<Cluster>) -> Result<(), S::Error> {
        if let Some(cluster) = cluster {
            let wrote = cluster.close(store, self.at)?;
            self.writes = self.writes.wrapping_add(wrote.into());
        }
        Ok(())
    }
}
