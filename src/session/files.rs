//! Files as the screens see them: a line for each, and what can be done with it. The rules are the
//! core's `files`; `desk` drives them.

mod desk;

use crate::browser::files;
pub use crate::browser::files::{Chosen, has_files, of_drop, of_field, of_paste};
pub(super) use desk::FileDesk;
pub use duologue_core::files::{Stage as FileStage, Transfer, TransferId, Trouble as FileTrouble};
use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Copy)]
pub struct FileTransfers {
    /// In the order in which they came up.
    pub lines: RwSignal<Vec<FileLine>>,
    /// The page's second file is there: files may be dropped and pasted.
    pub ready: RwSignal<bool>,
    /// What is kept here goes with the tab: a private window.
    pub fleeting: RwSignal<bool>,
    /// Nothing can be kept or sent: the worker did not come.
    pub broken: RwSignal<bool>,
    desk: StoredValue<Rc<FileDesk>, LocalStorage>,
}

/// One file. `Copy`, like the signals in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FileLine {
    pub id: TransferId,
    pub now: RwSignal<Transfer>,
}

impl FileTransfers {
    pub(super) fn new() -> FileTransfers {
        let lines = RwSignal::new(Vec::new());
        let [ready, fleeting, broken] = [(); 3].map(|()| RwSignal::new(false));
        let desk = FileDesk::new(lines, [ready, fleeting, broken]);
        FileTransfers {
            lines,
            ready,
            fleeting,
            broken,
            desk: StoredValue::new_local(desk),
        }
    }

    pub(super) fn desk(self) -> Option<Rc<FileDesk>> {
        self.desk.try_get_value()
    }

    /// To everyone, or to one person alone.
    pub fn send(self, chosen: Vec<Chosen>, only: Option<&str>) {
        if let Some(desk) = self.desk() {
            for one in chosen {
                desk.choose(one, only);
            }
        }
    }

    pub fn accept(self, id: TransferId) {
        files::keep_what_is_here();
        self.with(|desk| desk.accept(id));
    }

    pub fn accept_all(self) {
        let offered = self.lines.with_untracked(|lines| {
            let offered = |it: &&FileLine| it.now.with_untracked(is_offer);
            lines
                .iter()
                .filter(offered)
                .map(|it| it.id)
                .collect::<Vec<_>>()
        });
        for id in offered {
            self.accept(id);
        }
    }

    /// Or says no to what is offered.
    pub fn cancel(self, id: TransferId) {
        self.with(|desk| desk.cancel(id));
    }

    pub fn put_away(self, id: TransferId) {
        self.with(|desk| desk.put_away(id));
    }

    /// In the handling of a press: some browsers ask where to.
    pub fn save(self, file: &Transfer) {
        let Some(desk) = self.desk() else { return };
        let target = files::pick(duologue_core::files::name::last(&file.about.name));
        let about = file.about.clone();
        spawn_local(async move {
            if let Ok(target) = target.await {
                desk.save(&about, target);
            }
        });
    }

    fn with(self, act: impl FnOnce(&FileDesk)) {
        if let Some(desk) = self.desk() {
            act(&desk);
        }
    }
}

/// Somebody offers it, and waits for a word.
pub fn is_offer(file: &Transfer) -> bool {
    !file.mine && file.stage == FileStage::Offered
}
