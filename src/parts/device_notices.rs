//! What has become of devices, said where the person is: one went and another is used, one came and
//! is offered, one is held back; and that one speaks while muted.

use crate::{
    parts::{
        button::Button,
        icon::{CLOSE, Icon},
        lean::{Press, part, press, watch},
    },
    session::{DeviceKind, DeviceState, Local},
    words::words,
};
use leptos::prelude::*;
use std::time::Duration;

/// Long enough to be read twice. What offers something stays.
const SHOWN_FOR: Duration = Duration::from_secs(10);

#[component]
pub fn DeviceNotices(local: Local) -> impl IntoView {
    watch(move || {
        if local.news.with(Option::is_some) {
            let gone = move || local.news.set(None);
            if let Ok(timer) = set_timeout_with_handle(gone, SHOWN_FOR) {
                on_cleanup(move || timer.clear());
            }
        }
    });
    let news = part(move || {
        let text = local
            .news
            .with(|news| news.as_ref().map(|news| words().setup.news(news)))?;
        Some(notice(text, None, press(move || local.news.set(None))))
    });
    let offer = part(move || {
        let offer = local.offer.get()?;
        let words = &words().setup;
        let take = press(move || local.take_offer());
        let use_it = view! {
            <button type="button" class="button" on:click=take>{words.take(&offer.name)}</button>
        };
        let text = words.offer(&offer.name, offer.back);
        let not_now = press(move || local.offer.set(None));
        Some(notice(text, Some(use_it.into_any()), not_now))
    });
    let withheld = move |kind, state: RwSignal<DeviceState>, withheld: RwSignal<bool>| {
        part(move || {
            let says = withheld.get() && state.get() == DeviceState::On;
            says.then(|| {
                view! { <div class="notice"><p>{words().setup.withheld(kind)}</p></div> }.into_any()
            })
        })
    };
    view! {
        <div class="device-notices" role="status">
            {news}
            {offer}
            {withheld(DeviceKind::Microphone, local.microphone, local.microphone_withheld)}
            {withheld(DeviceKind::Camera, local.camera, local.camera_withheld)}
        </div>
    }
    .into_any()
}

/// For somebody who speaks and is not heard.
#[component]
pub fn MutedHint(local: Local) -> impl IntoView {
    let hint = part(move || {
        let words = &words().setup;
        local.speaks_muted.get().then(|| {
            let unmute = press(move || local.set_microphone(true));
            let button = view! { <Button text=words.unmute press=unmute /> }.into_any();
            let stay = press(move || local.stay_muted());
            notice(words.speaks_muted.to_string(), Some(button), stay)
        })
    });
    view! { <div class="device-notices" role="status">{hint}</div> }.into_any()
}

fn notice(text: String, button: Option<AnyView>, dismiss: Press) -> AnyView {
    view! {
        <div class="notice">
            <p>{text}</p>
            {button}
            <button
                type="button"
                class="button"
                data-kind="bare"
                aria-label=words().setup.dismiss
                on:click=dismiss
            >
                <Icon glyph=CLOSE />
            </button>
        </div>
    }
    .into_any()
}
