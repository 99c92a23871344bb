//! What is looked at again and again while a call lives: loudness ten times a second, statistics
//! twice.

use super::{driver::Driver, jolts::Jolts};
use crate::browser::{clock::Timer, peer_connection::Stats};
use duologue_core::{
    ids::ConnId,
    io::{Input, Intent},
    table::Table,
};
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};
use wasm_bindgen_futures::spawn_local;

const TICK: u64 = 100;
/// Every so many ticks the browser is asked for statistics.
const ASK: u32 = 5;

/// Newest statistics, by connection.
pub type Samples = RefCell<Table<ConnId, Stats>>;

#[must_use]
pub struct Pulse {
    _timer: Rc<RefCell<Option<Timer>>>,
    _jolts: Jolts,
}

impl Pulse {
    pub fn start(driver: &Rc<Driver>) -> Pulse {
        let timer = Rc::new(RefCell::new(None));
        arm(Rc::downgrade(driver), &timer, 0);
        Pulse {
            _timer: timer,
            _jolts: Jolts::listen(driver),
        }
    }
}

fn arm(driver: Weak<Driver>, slot: &Rc<RefCell<Option<Timer>>>, tick: u32) {
    let weak = Rc::downgrade(slot);
    let timer = Timer::after(TICK, move || {
        let (Some(driver_now), Some(slot)) = (driver.upgrade(), weak.upgrade()) else {
            return;
        };
        driver_now.local.measure();
        // Whoever ends a capture in the browser's own bar is not always told of by an event.
        if driver_now.share.has_ended() {
            driver_now.dispatch(Input::User(Intent::StopScreen));
        }
        if tick.is_multiple_of(ASK) {
            driver_now.show.follow_speaker();
            driver_now.tell_needs();
            driver_now.files.catch_up();
            driver_now.verify.catch_up();
            driver_now.sleep.look(&driver_now);
            ask(&driver_now);
        }
        arm(driver, &slot, tick.wrapping_add(1));
    });
    *slot.borrow_mut() = Some(timer);
}

fn ask(driver: &Driver) {
    for (conn, connection) in driver.conns.borrow().iter() {
        let (conn, stats, this) = (*conn, connection.stats(), driver.this.clone());
        spawn_local(async move {
            let stats = stats.await;
            if let (Ok(stats), Some(driver)) = (stats, this.upgrade()) {
                driver.on_stats(conn, stats);
            }
        });
    }
}
