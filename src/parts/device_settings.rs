//! How camera and sound work and how much is sent: the sections of the options.

use crate::{
    parts::{
        button::Button,
        device_picker::DevicePicker,
        lean::{flag, press, word},
        switch::{Choice, Switch},
    },
    session::{Capture, DeviceKind, FrameRate, Limit, Local, Resolution, SoundTest},
    words::{SetupWords, words},
};
use leptos::prelude::*;

const RESOLUTIONS: [Resolution; 3] = [Resolution::Low, Resolution::High, Resolution::Highest];
const FRAME_RATES: [FrameRate; 3] = [FrameRate::Low, FrameRate::Usual, FrameRate::High];
const LIMITS: [Limit; 5] = [
    Limit::None,
    Limit::HalfMegabit,
    Limit::OneMegabit,
    Limit::TwoMegabits,
    Limit::FourMegabits,
];

#[component]
pub fn DeviceSettings(local: Local) -> impl IntoView {
    let words = words();
    view! {
        <Section title=words.setup.picture><Sight local=local /></Section>
        <Section title=words.setup.sound><Sound local=local /></Section>
        <Section title=words.setup.limits><Limits local=local /></Section>
    }
    .into_any()
}

fn setup() -> &'static SetupWords {
    &words().setup
}

#[component]
fn Section(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <fieldset class="settings">
            <legend class="settings-title">{title}</legend>
            {children()}
        </fieldset>
    }
    .into_any()
}

#[component]
fn Sight(local: Local) -> impl IntoView {
    let words = setup();
    view! {
        <DevicePicker local=local kind=DeviceKind::Camera />
        <div class="settings-pair">
            {choice(local, words.resolution, RESOLUTIONS, |it| setup().resolution_of(it), |it| &mut it.resolution)}
            {choice(local, words.frame_rate, FRAME_RATES, |it| setup().frame_rate_of(it), |it| &mut it.frame_rate)}
        </div>
    }
    .into_any()
}

#[component]
fn Sound(local: Local) -> impl IntoView {
    let words = setup();
    let music = Signal::derive(move || local.capture.with(|it| it.hi_fi));
    let filter = |text, of: fn(&mut Capture) -> &mut bool| {
        // Music overrules them, and what was set comes back with speech.
        let on = move || local.capture.with(|it| !it.hi_fi && *of(&mut it.clone()));
        let turn = press(move || local.set_capture(|it| *of(it) = !*of(it)));
        view! { <Switch text=text checked=flag(on) disabled=music press=turn /> }
    };
    view! {
        <DevicePicker local=local kind=DeviceKind::Microphone />
        <DevicePicker local=local kind=DeviceKind::Speaker />
        <TestSound local=local />
        <div class="switches">
            {filter(words.echo_cancellation, |it| &mut it.echo_cancellation)}
            {filter(words.noise_suppression, |it| &mut it.noise_suppression)}
            {filter(words.automatic_gain, |it| &mut it.automatic_gain)}
            <Switch
                text=words.hi_fi
                hint=words.hi_fi_hint
                checked=flag(move || music.get())
                press=press(move || local.set_capture(|it| it.hi_fi = !it.hi_fi))
            />
            <Switch
                text=words.muted_hint
                hint=words.muted_hint_text
                checked=flag(move || local.capture.with(|it| it.muted_hint))
                press=press(move || local.set_capture(|it| it.muted_hint = !it.muted_hint))
            />
        </div>
    }
    .into_any()
}

#[component]
fn Limits(local: Local) -> impl IntoView {
    let words = setup();
    view! {
        {choice(local, words.limit, LIMITS, |it| setup().limit_of(it), |it| &mut it.limit)}
        <p class="soft settings-hint">{words.limit_hint}</p>
    }
    .into_any()
}

/// A sound through the chosen speaker.
#[component]
pub fn TestSound(local: Local) -> impl IntoView {
    let words = setup();
    let said = word(move || match local.sound_test.get() {
        SoundTest::Idle => "",
        SoundTest::Playing => words.playing,
        SoundTest::Failed => words.not_played,
    });
    view! {
        <div class="test-sound">
            <Button text=words.test_sound press=press(move || local.test_sound()) />
            <p class="soft" role="status">{said}</p>
        </div>
    }
    .into_any()
}

/// One of a few values of a setting.
fn choice<T: Copy + PartialEq + Send + Sync + 'static, const N: usize>(
    local: Local,
    label: &'static str,
    values: [T; N],
    text: fn(T) -> &'static str,
    of: fn(&mut Capture) -> &mut T,
) -> AnyView {
    let chosen = Signal::derive(move || {
        let now = local.capture.with(|it| *of(&mut it.clone()));
        values.iter().position(|it| *it == now).unwrap_or_default()
    });
    let choose = Callback::new(move |place: usize| {
        if let Some(value) = values.get(place) {
            local.set_capture(|it| *of(it) = *value);
        }
    });
    let texts = values.map(text).to_vec();
    view! { <Choice label=label texts=texts chosen=chosen choose=choose /> }.into_any()
}
