//! The room that a ring leads to, on its way from the directory to the call: joined without a green room,
//! left when the other one leaves. And, the other way, whether this tab is in a call.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

pub struct Summons {
    /// The text after `#/r/`.
    room: String,
    /// The name that I am signed in under.
    pub me: String,
    pub camera: bool,
}

/// Who wants to know of it.
type OnChange = Option<Rc<dyn Fn(bool)>>;

thread_local! {
    static SUMMONS: RefCell<Option<Summons>> = const { RefCell::new(None) };
    /// Whether the next call is answered with the camera on.
    static CAMERA: Cell<bool> = const { Cell::new(true) };
    static IN_CALL: Cell<bool> = const { Cell::new(false) };
    static ON_CHANGE: RefCell<OnChange> = const { RefCell::new(None) };
}

pub(super) fn camera(on: bool) {
    CAMERA.set(on);
}

pub(super) fn set(room: String, me: String) {
    let camera = CAMERA.replace(true);
    SUMMONS.set(Some(Summons { room, me, camera }));
}

/// Whether a ring leads to this room. Once.
pub fn summoned(room: &str) -> Option<Summons> {
    SUMMONS.with_borrow_mut(|it| it.take_if(|it| it.room == room))
}

/// This tab is in a call from now on, or no more.
pub fn in_call(now: bool) {
    if IN_CALL.replace(now) != now
        && let Some(tell) = ON_CHANGE.with_borrow(Clone::clone)
    {
        tell(now);
    }
}

/// Tells how it is, and whenever that changes.
pub(super) fn on_change(tell: impl Fn(bool) + 'static) {
    tell(IN_CALL.get());
    ON_CHANGE.set(Some(Rc::new(tell)));
}
