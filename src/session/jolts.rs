//! What shakes a network, as far as a browser tells of it: the core looks at once whether what stood
//! still stands, instead of finding out by and by.

use super::driver::Driver;
use crate::browser::{clock, listener::Listener, page};
use duologue_core::io::Input;
use std::{cell::Cell, rc::Rc};

/// A beat that comes this late came after a sleep.
const SLEPT_MS: u64 = 4_000;

/// Dropped with the call.
#[must_use]
pub struct Jolts {
    _online: Listener,
    _network: Option<Listener>,
    _visible: Option<Listener>,
}

impl Jolts {
    pub fn listen(driver: &Rc<Driver>) -> Jolts {
        let send = driver.sender();
        let jolt = move || send(Input::Jolt);
        let (on_network, on_visible) = (jolt.clone(), jolt.clone());
        Jolts {
            _online: page::on_online(jolt),
            _network: page::on_other_network(on_network),
            _visible: page::on_visible(move |visible| {
                if visible {
                    on_visible();
                }
            }),
        }
    }
}

/// Notices by a beat that stays out that the computer, or the tab, was asleep.
#[derive(Default)]
pub struct Sleep(Cell<u64>);

impl Sleep {
    /// At each beat: was there none for long?
    pub fn look(&self, driver: &Driver) {
        let now = clock::now().0;
        let before = self.0.replace(now);
        if before > 0 && now.saturating_sub(before) > SLEPT_MS {
            driver.dispatch(Input::Jolt);
        }
    }
}
