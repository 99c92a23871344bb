//! Texts between the tabs of one browser that show the same origin.

use super::{BrowserError, Listener};
use web_sys::{BroadcastChannel, MessageEvent};

/// Hears what the other tabs post under the same name, never its own.
#[must_use = "dropping it leaves the channel"]
pub struct Broadcast {
    channel: BroadcastChannel,
    listener: Option<Listener>,
}

impl Broadcast {
    pub fn open(name: &str, on_text: impl Fn(String) + 'static) -> Result<Broadcast, BrowserError> {
        let channel = BroadcastChannel::new(name)?;
        let listener = Listener::new(&channel, "message", move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                on_text(text);
            }
        });
        Ok(Broadcast {
            channel,
            listener: Some(listener),
        })
    }

    pub fn post(&self, text: &str) {
        // Throws for a closed channel and for what cannot be copied: neither can be.
        let _ = self.channel.post_message(&text.into());
    }
}

impl Drop for Broadcast {
    fn drop(&mut self) {
        self.listener = None;
        self.channel.close();
    }
}
