//! What somebody has just written, shown for a moment above the toolbar while the chat is closed.

use crate::{
    parts::{
        panel::{PanelKind, Panels},
        tile::called,
    },
    session::{Call, chat::Line},
    words::words,
};
use leptos::prelude::*;
use std::time::Duration;

/// Long enough for a line to be read beside a conversation.
const SHOWN_FOR: Duration = Duration::from_secs(6);
/// Characters; the rest is in the chat.
const GLIMPSE: usize = 80;

#[component]
pub fn ChatNews(call: Call, panels: Panels) -> impl IntoView {
    let news = RwSignal::new(None::<String>);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop);
    crate::parts::lean::watch(move || {
        let is_open = panels.get() == Some(PanelKind::Chat);
        let Some(line) = call.chat.latest.get() else {
            return;
        };
        stop();
        call.chat.latest.set(None);
        if is_open {
            news.set(None);
            return;
        }
        news.set(Some(glimpse(&line)));
        timer.set_value(set_timeout_with_handle(move || news.set(None), SHOWN_FOR).ok());
    });
    view! { <p class="news chat-news" role="status" dir="auto">{news}</p> }
}

fn glimpse(line: &Line) -> String {
    let text = line.written.text();
    let mut start: String = text.chars().take(GLIMPSE).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    let start = start.split_whitespace().collect::<Vec<_>>().join(" ");
    words().chat.news(&called(&line.written.name), &start)
}
