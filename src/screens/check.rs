//! The self-test: one button, a row for each check, and at the end one sentence with the next step.

use crate::{
    parts::{
        brand::Brand,
        button::Button,
        check_row::{CheckRow, Key, OWN, Row, network},
        copy_field::CopyField,
        device_picker::DevicePicker,
        icon::{CHECK, CLOSE, Icon, WARNING},
        lean::{memo, part, press},
        level_meter::LevelMeter,
        page,
        picture::Picture,
    },
    session::{
        DeviceKind,
        check::{Check, Grade, Report, Stage, Step},
    },
    words::words,
};
use leptos::prelude::*;

#[component]
pub fn CheckScreen() -> impl IntoView {
    let words = &words().check;
    page::use_title(move || words.title.to_string());
    let check = Check::open();
    let (report, stage) = (check.report, check.stage);
    let others = memo(move || report.with(network));
    let row = move |key| view! { <CheckRow report=report key=key /> };
    view! {
        <div class="page">
            <header class="top"><Brand /></header>
            <main class="test">
                <div class="test-side">
                    <h1 class="line">{words.title}</h1>
                    <p class="soft">{words.text}</p>
                    {part(move || Some(button(check, stage.get())))}
                    <div aria-live="polite">
                        {part(move || {
                            let over = stage.get() == Stage::Done;
                            over.then(|| report.with(verdict)).flatten()
                        })}
                    </div>
                    <Progress check=check />
                    {part(move || (stage.get() == Stage::Done).then(|| told(check)))}
                </div>
                <div class="test-rows">
                    <section aria-labelledby="test-own">
                        <h2 class="panel-title" id="test-own">{words.own}</h2>
                        <ul class="checks">
                            <CheckRow report=report key=Key::Camera>
                                {preview(check)}
                            </CheckRow>
                            <CheckRow report=report key=Key::Microphone>
                                {level(check)}
                            </CheckRow>
                            {row(Key::Speaker)}
                        </ul>
                        {part(move || (stage.get() != Stage::Running).then(|| pickers(check)).flatten())}
                    </section>
                    <section aria-labelledby="test-network">
                        <h2 class="panel-title" id="test-network">{words.network}</h2>
                        <ul class="checks">
                            <For each=move || others.get() key=|key| *key let:key>
                                {row(key)}
                            </For>
                        </ul>
                    </section>
                </div>
            </main>
        </div>
    }
    .into_any()
}

fn button(check: Check, stage: Stage) -> AnyView {
    let words = &words().check;
    match stage {
        Stage::Running => {
            view! { <Button text=words.stop press=press(move || check.stop()) /> }.into_any()
        }
        Stage::Before | Stage::Done => {
            let start = press(move || check.start());
            // Once there is a verdict, that is what to look at.
            let kind = if stage == Stage::Before {
                "primary"
            } else {
                "plain"
            };
            view! { <Button text=words.run press=start kind=kind /> }.into_any()
        }
    }
}

fn verdict(report: &Report) -> Option<AnyView> {
    let words = &words().check;
    let verdict = report.verdict()?;
    let grade = verdict.grade();
    let failed = all(report)
        .into_iter()
        .filter(|row| row.grade == Grade::Failed);
    let more = (failed.count() > 1).then(|| view! { <p class="soft">{words.more}</p> });
    let (role, glyph) = match grade {
        Grade::Failed => ("alert", CLOSE),
        Grade::Poor => ("status", WARNING),
        _ => ("status", CHECK),
    };
    let shown = view! {
        <div class="verdict" data-grade=grade.name() role=role>
            <span class="check-sign"><Icon glyph=glyph /></span>
            <h2 class="panel-title">{words.verdict(verdict)}</h2>
            <p>{words.step(verdict)}</p>
            {more}
        </div>
    }
    .into_any();
    Some(shown)
}

/// For ears: each row as it comes to its end.
#[component]
fn Progress(check: Check) -> impl IntoView {
    let words = &words().check;
    let news = RwSignal::new(String::new());
    Effect::new(move |before: Option<Vec<Row>>| {
        let now = check.report.with(all);
        match check.stage.get() {
            Stage::Running => {
                if let Some(text) = before.map(|before| finished(&before, &now)) {
                    news.set(text);
                }
            }
            // What was said of the last run is not so any more.
            Stage::Before if before.is_some() => news.set(words.stopped.to_owned()),
            Stage::Before | Stage::Done => {}
        }
        now
    });
    view! { <p class="unseen" role="status">{news}</p> }
}

fn all(report: &Report) -> Vec<Row> {
    let keys = OWN.into_iter().chain(network(report));
    keys.map(|key| Row::of(report, key)).collect()
}

/// Those that have been tried by now and had not before, in one breath.
fn finished(before: &[Row], now: &[Row]) -> String {
    let tried = |row: &&Row| !matches!(row.grade, Grade::Waiting | Grade::Running);
    let known = |row: &&Row| before.iter().any(|it| it.name == row.name && tried(&it));
    let new = now.iter().filter(tried).filter(|row| !known(row));
    let said = new.map(|row| words().check.said(&row.name, row.grade));
    said.collect::<Vec<_>>().join(". ")
}

/// One's own picture while the camera is on.
fn preview(check: Check) -> impl Fn() -> AnyView + Send + Sync + 'static {
    let stream = check.local.preview;
    let on = memo(move || check.report.with(|it| it.camera != Step::Waiting));
    move || {
        part(move || {
            let shown = on.get() && stream.with(Option::is_some);
            shown.then(|| {
                view! { <div class="check-picture"><Picture stream=stream /></div> }.into_any()
            })
        })
        .into_any()
    }
}

fn level(check: Check) -> impl Fn() -> AnyView + Send + Sync + 'static {
    let on = memo(move || check.report.with(|it| it.microphone == Step::Running));
    move || {
        part(move || {
            on.get()
                .then(|| view! { <LevelMeter level=check.local.level /> }.into_any())
        })
        .into_any()
    }
}

/// Once browsers tell which devices there are.
fn pickers(check: Check) -> Option<AnyView> {
    let local = check.local;
    if local.devices.with(Vec::is_empty) {
        return None;
    }
    let picker = |kind| view! { <DevicePicker local=local kind=kind /> };
    Some(
        view! {
            <div class="devices">
                {picker(DeviceKind::Camera)} {picker(DeviceKind::Microphone)}
                {picker(DeviceKind::Speaker)}
            </div>
        }
        .into_any(),
    )
}

fn told(check: Check) -> AnyView {
    let words = &words().check;
    let text = Signal::stored(check.told());
    view! {
        <section class="test-report" aria-labelledby="test-report">
            <h2 class="panel-title" id="test-report">{words.report}</h2>
            <p class="soft">{words.report_text}</p>
            <CopyField label=words.report_field text=text />
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::check::{Camera, Relay, Signalling};

    #[test]
    fn each_row_is_told_once_when_it_is_done() {
        let before = Report {
            camera: Step::Running,
            signalling: Step::Done(Signalling::Online { ms: 4 }),
            ..Report::default()
        };
        let mut now = before.clone();
        now.camera = Step::Done(Camera::Dark);
        assert_eq!(finished(&all(&before), &all(&now)), "Camera: Poor");
        let mut later = now.clone();
        later.servers = Step::Done(Vec::new());
        later.relay = Step::Done(Relay::NotOffered);
        assert_eq!(
            finished(&all(&now), &all(&later)),
            "STUN and TURN servers: Not available. Round trip through the relay: Not available"
        );
        assert_eq!(finished(&all(&later), &all(&later)), "");
    }
}
