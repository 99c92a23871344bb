//! Notices of the system, for somebody who is looking elsewhere.

use super::Listener;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, Notification, NotificationOptions, NotificationPermission};

/// Whether the person lets this page give them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// They have not been asked.
    NotAsked,
    Yes,
    No,
    /// This browser has none, or none for this page.
    Missing,
}

pub fn allowed() -> Allowed {
    let there = js_sys::Reflect::has(&js_sys::global(), &"Notification".into());
    if !there.unwrap_or(false) || !super::page::is_secure_context() {
        return Allowed::Missing;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Allowed::Yes,
        NotificationPermission::Denied => Allowed::No,
        _ => Allowed::NotAsked,
    }
}

/// In the handling of a press.
pub fn ask() -> impl Future<Output = Allowed> {
    let asked = Notification::request_permission();
    async move {
        if let Ok(asked) = asked {
            let _ = JsFuture::from(asked).await;
        }
        allowed()
    }
}

/// Gone with its owner.
#[must_use = "dropping a notice takes it away"]
pub struct Notice {
    notification: Notification,
    _press: Listener,
}

impl Notice {
    /// A second one by the same `tag` takes the place of the first one, in whichever tab that was. A press
    /// on it brings this tab to the front.
    pub fn show(title: &str, tag: &str) -> Option<Notice> {
        if allowed() != Allowed::Yes {
            return None;
        }
        let options = NotificationOptions::new();
        options.set_tag(tag);
        options.set_icon("icon-192.png");
        // Some telephones give them to service workers alone, and throw.
        let notification = Notification::new_with_options(title, &options).ok()?;
        let shown = notification.clone();
        let press = Listener::new(&notification, "click", move |_: Event| {
            if let Some(window) = super::page::window() {
                let _ = window.focus();
            }
            shown.close();
        });
        Some(Notice {
            notification,
            _press: press,
        })
    }
}

impl Drop for Notice {
    fn drop(&mut self) {
        self.notification.close();
    }
}
