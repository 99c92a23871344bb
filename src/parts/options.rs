//! More options in a call: devices and how they work, the whole screen, being forgotten.

use crate::{
    parts::{
        button::Button,
        device_settings::DeviceSettings,
        dialog::Dialog,
        icon::{FULL_SCREEN, Icon},
        language_picker::LanguageChoice,
        lean::{press, word},
        page,
        pip::Pip,
        privacy::HideAddress,
        screen_tile::DetailChoice,
        stage::Stage,
        stage_options::StageOptions,
        verify::ForgetMe,
    },
    route::Route,
    session::Call,
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn OptionsDialog(
    call: Call,
    stage: Stage,
    pip: Pip,
    open: RwSignal<bool>,
    /// Whether the list of shortcuts is open.
    keys: RwSignal<bool>,
) -> impl IntoView {
    let local = call.local;
    view! {
        <Dialog open=open title=words().call.more>
            <StageOptions stage=stage pip=pip open=open />
            <DeviceSettings local=local />
            <HideAddress />
            <LanguageChoice />
            {call.share.is_possible().then(|| view! { <DetailChoice call=call place="options" /> })}
            {page::can_fill_screen().then(|| view! { <FullScreenButton /> })}
            {(!page::is_touch_first()).then(|| view! { <ShortcutsButton list=open keys=keys /> })}
            <ForgetMe call=call />
            <a class="button" href=Route::Check.fragment() target="_blank">{words().home.check}</a>
        </Dialog>
    }
}

#[component]
fn ShortcutsButton(list: RwSignal<bool>, keys: RwSignal<bool>) -> impl IntoView {
    let show = press(move || {
        list.set(false);
        keys.set(true);
    });
    view! { <Button text=words().shortcuts.title press=show /> }
}

#[component]
fn FullScreenButton() -> impl IntoView {
    let full = page::use_full_screen();
    let words = &words().call;
    view! {
        <button type="button" class="button" on:click=press(page::toggle_full_screen)>
            <Icon glyph=FULL_SCREEN />
            {word(move || if full.get() { words.leave_full_screen } else { words.full_screen })}
        </button>
    }
}
