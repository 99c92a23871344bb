//! Tells encoders what core's `encoding` decides, whenever something that it goes by has changed: one
//! more person, a path that has become known, another limit. Never by negotiation.

use super::driver::Driver;
use crate::browser::{clock, peer_connection::PeerConnection};
use duologue_core::{
    encoding::{Situation, decide},
    ids::ConnId,
    table::Table,
};
use std::{cell::RefCell, rc::Weak};
use wasm_bindgen_futures::spawn_local;

/// Browsers have learned by then what a path carries.
const LEARNING: u64 = 500;

/// The connections whose path is known.
pub type Known = RefCell<Table<ConnId, ()>>;

impl Driver {
    /// To everybody.
    pub(super) fn tune_all(&self) {
        let conns = self.conns.borrow();
        self.known
            .borrow_mut()
            .retain(|conn, _| conns.contains_key(conn));
        for (conn, connection) in conns.iter() {
            self.tune(*conn, connection);
        }
    }

    fn tune(&self, conn: ConnId, connection: &PeerConnection) {
        let (limit, hi_fi) = self.local.sending();
        connection.encode(decide(Situation {
            limit,
            hi_fi,
            people: u32::try_from(self.conns.borrow().len()).unwrap_or(1),
            path_known: self.known.borrow().contains_key(&conn),
        }));
    }

    /// It can send from now on. A path that stands already is known.
    pub(super) fn tune_new(&self, conn: ConnId) {
        let conns = self.conns.borrow();
        if conns.get(&conn).is_some_and(PeerConnection::is_connected) {
            self.known.borrow_mut().insert(conn, ());
        }
        drop(conns);
        self.tune_all();
    }

    /// A path stands.
    pub(super) fn learn(&self, conn: ConnId) {
        spawn_local(learn(self.this.clone(), conn));
    }
}

async fn learn(driver: Weak<Driver>, conn: ConnId) {
    clock::pause(LEARNING).await;
    if let Some(driver) = driver.upgrade() {
        driver.known.borrow_mut().insert(conn, ());
        driver.tune_all();
    }
}
