//! Several futures at once, in one task, so that dropping the one future of them all drops them.

use std::{future::poll_fn, pin::Pin, task::Poll};

pub type Part<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Until all have come to their end. A part that has is dropped at once.
pub async fn all(mut parts: Vec<Part<'_>>) {
    poll_fn(|cx| {
        parts.retain_mut(|part| part.as_mut().poll(cx).is_pending());
        if parts.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        cell::Cell,
        pin::pin,
        task::{Context, Waker},
    };

    #[test]
    fn all_are_waited_for_and_none_is_asked_again_after_its_end() {
        let (polls, open) = (Cell::new(0), Cell::new(false));
        let once = async { polls.set(polls.get() + 1) };
        let late = poll_fn(|_| match open.get() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        });
        let mut both = pin!(all(vec![Box::pin(once), Box::pin(late)]));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(both.as_mut().poll(&mut cx).is_pending());
        open.set(true);
        assert!(both.as_mut().poll(&mut cx).is_ready());
        assert_eq!(polls.get(), 1);
    }
}
