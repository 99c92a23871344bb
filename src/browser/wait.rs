//! A flag that is raised once and can be awaited by many: what joins an event, a timer and a promise
//! into one future without holding anything alive.

use js_sys::Promise;
use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Starts what nobody waits for. It fails only where that does not matter, on a connection or a track
/// that has ended; without this the console would say so.
pub fn unheard(promise: Promise) {
    let done = JsFuture::from(promise);
    spawn_local(async move {
        let _ = done.await;
    });
}

#[derive(Clone, Default)]
pub struct Flag(Rc<Shared>);

#[derive(Default)]
struct Shared {
    raised: Cell<bool>,
    next: Cell<u32>,
    waiting: RefCell<Vec<(u32, Waker)>>,
}

/// One who waits; leaves the list when its future ends.
struct Waiter {
    flag: Flag,
    id: u32,
}

impl Flag {
    pub fn raise(&self) {
        self.0.raised.set(true);
        let waiting = std::mem::take(&mut *self.0.waiting.borrow_mut());
        for (_, waker) in waiting {
            waker.wake();
        }
    }

    pub async fn wait(&self) {
        let waiter = self.waiter();
        poll_fn(|cx| waiter.poll(cx)).await;
    }

    /// What `future` answers, or `None` when the flag is raised first.
    pub async fn unless<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let waiter = self.waiter();
        let mut future = pin!(future);
        poll_fn(|cx| match waiter.poll(cx) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => future.as_mut().poll(cx).map(Some),
        })
        .await
    }

    fn waiter(&self) -> Waiter {
        let id = self.0.next.get();
        self.0.next.set(id.wrapping_add(1));
        Waiter {
            flag: self.clone(),
            id,
        }
    }
}

impl Waiter {
    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.flag.0.raised.get() {
            return Poll::Ready(());
        }
        let mut waiting = self.flag.0.waiting.borrow_mut();
        match waiting.iter_mut().find(|(id, _)| *id == self.id) {
            Some((_, waker)) => waker.clone_from(cx.waker()),
            None => waiting.push((self.id, cx.waker().clone())),
        }
        Poll::Pending
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.flag
            .0
            .waiting
            .borrow_mut()
            .retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    fn poll<T>(future: impl Future<Output = T>) -> Poll<T> {
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_future_answers_unless_the_flag_is_raised_first() {
        let flag = Flag::default();
        assert_eq!(poll(flag.unless(ready(1))), Poll::Ready(Some(1)));
        assert_eq!(poll(flag.unless(pending::<i32>())), Poll::Pending);
        flag.raise();
        assert_eq!(poll(flag.unless(pending::<i32>())), Poll::Ready(None));
        assert_eq!(poll(flag.wait()), Poll::Ready(()));
    }

    #[test]
    fn who_waits_no_more_is_not_remembered() {
        let flag = Flag::default();
        assert_eq!(poll(flag.wait()), Poll::Pending);
        assert!(flag.0.waiting.borrow().is_empty());
    }
}
