//! Closures under a few fixed types. Every closure is a type of its own, and a view is compiled anew
//! for each one that it holds, about a kilobyte every time; boxed, they share that code. So what
//! changes in a view is written `text(…)`, `word(…)`, `flag(…)` or `part(…)`, what people do `press(…)`,
//! `submit(…)`, `pointer(…)` or `input(…)`, and effects `watch(…)`.

use leptos::{ev, prelude::*};

pub type Text = Box<dyn Fn() -> String + Send>;
pub type Word = Box<dyn Fn() -> &'static str + Send>;
pub type Part = Box<dyn Fn() -> AnyView + Send>;
pub type Press = Box<dyn FnMut(ev::MouseEvent)>;

/// A text that changes, as a child or an attribute.
pub fn text(read: impl Fn() -> String + Send + 'static) -> Text {
    Box::new(read)
}

/// One of a few texts that are known beforehand; an empty one for none.
pub fn word(read: impl Fn() -> &'static str + Send + 'static) -> Word {
    Box::new(read)
}

/// `true` or `false`, for `aria-*` and `data-*`.
pub fn flag(read: impl Fn() -> bool + Send + 'static) -> Word {
    Box::new(move || if read() { "true" } else { "false" })
}

/// A piece of the view that comes, goes and changes.
pub fn part(read: impl Fn() -> Option<AnyView> + Send + 'static) -> Part {
    Box::new(move || read().unwrap_or_else(|| ().into_any()))
}

pub fn press(mut act: impl FnMut() + 'static) -> Press {
    Box::new(move |_| act())
}

/// A form is sent: to us, not to a server.
pub fn submit(mut act: impl FnMut() + 'static) -> Box<dyn FnMut(ev::SubmitEvent)> {
    Box::new(move |event| {
        event.prevent_default();
        act();
    })
}

pub fn pointer(act: impl FnMut(ev::PointerEvent) + 'static) -> Box<dyn FnMut(ev::PointerEvent)> {
    Box::new(act)
}

/// What somebody types, or chooses from a list.
pub fn input(mut act: impl FnMut(String) + 'static) -> Box<dyn FnMut(ev::Event)> {
    Box::new(move |event| act(event_target_value(&event)))
}

/// An effect: something outside the reactive graph follows what `act` reads.
pub fn watch(act: impl Fn() + 'static) {
    let act: Box<dyn Fn()> = Box::new(act);
    Effect::new(move |_| act());
}

/// A value that tells its readers only when it is another one.
pub fn memo<T: PartialEq + Send + Sync + 'static>(
    read: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    let read: Box<dyn Fn() -> T + Send + Sync> = Box::new(read);
    Memo::new(move |_| read())
}
