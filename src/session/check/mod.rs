//! The self-test, driven: each check is made by the browser, what it found is judged by core's
//! `diagnose`, and the screen reads the report while it grows. One run is one future that owns all
//! that it opens: stopping it, or leaving the screen, drops it, and nothing stays open.
//!
//! `own` tries the person's devices, `network` the host and its servers, `pair` calls this page itself,
//! `together` lets several of them go on at once.

mod network;
mod own;
mod pair;
mod together;

use super::local::Local;
use crate::browser::{clock, level, page, wait::Flag};
pub use duologue_core::diagnose::{
    Addresses, Camera, Candidate, Grade, Graded, Loopback, Microphone, Outcome, Probe, Relay,
    Report, Role, Server, Signalling, Speaker, Step, Verdict, Way,
};
pub use duologue_core::wire::Refusal;
use duologue_core::{json, record};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Before,
    Running,
    /// To its end.
    Done,
}

/// `Copy`: a bundle of signals and the run that is on.
#[derive(Clone, Copy)]
pub struct Check {
    pub local: Local,
    pub report: RwSignal<Report>,
    pub stage: RwSignal<Stage>,
    run: StoredValue<Option<Run>, LocalStorage>,
}

/// Dropping it stops the test.
struct Run(Flag);

impl Drop for Run {
    fn drop(&mut self) {
        self.0.raise();
    }
}

impl Check {
    /// Nothing is tried before `start`.
    pub fn open() -> Check {
        let check = Check {
            local: Local::new(),
            report: RwSignal::default(),
            stage: RwSignal::new(Stage::Before),
            run: StoredValue::new_local(None),
        };
        on_cleanup(move || {
            check.run.try_update_value(Option::take);
            check.local.close();
        });
        check
    }

    /// In the handling of a press. One that is on is dropped for it.
    pub fn start(self) {
        // Loudness is measured after a person's gesture alone.
        level::wake();
        self.stop();
        self.report.set(Report::default());
        self.stage.set(Stage::Running);
        let stopped = Flag::default();
        self.run.set_value(Some(Run(stopped.clone())));
        spawn_local(async move {
            let all = together::all(vec![
                Box::pin(self.try_devices()),
                Box::pin(self.try_network()),
            ]);
            if stopped.unless(all).await.is_some() {
                self.local.put_down_all();
                self.stage.try_set(Stage::Done);
            }
        });
    }

    /// What was found so far stays on the screen.
    pub fn stop(self) {
        self.run.try_update_value(Option::take);
        self.local.put_down_all();
        if self.stage.get_untracked() == Stage::Running {
            self.stage.set(Stage::Before);
        }
    }

    /// Camera, microphone, loudspeaker, one after the other, so that the microphone does not hear the
    /// test sound; then a call with whatever of them there is.
    async fn try_devices(self) {
        own::cameras_and_microphones(self).await;
        self.found(|it| it.speaker = Step::Running);
        let speaker = own::play(self.local).await;
        self.found(|it| {
            it.speaker = Step::Done(speaker);
            it.call = Step::Running;
        });
        let call = pair::loopback(self.local).await;
        self.found(|it| it.call = Step::Done(call));
        self.local.put_down_all();
    }

    async fn try_network(self) {
        network::explore(self).await;
    }

    fn found(self, note: impl FnOnce(&mut Report)) {
        self.report.try_update(note);
    }

    /// Everything for whoever is asked for help: JSON. It holds addresses of this network, and neither
    /// names nor passwords of servers.
    pub fn told(self) -> String {
        let report = self.report.get();
        json::write(&Told {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            browser: page::user_agent(),
            at: clock::iso(clock::wall_ms()),
            verdict: report.verdict(),
            report,
        })
    }
}

struct Told {
    version: String,
    browser: String,
    at: String,
    verdict: Option<Verdict>,
    report: Report,
}

record!(Told {
    version,
    browser,
    at,
    verdict,
    report
});

/// Milliseconds since `start`, a moment of `clock::now`.
fn since(start: duologue_core::time::Millis) -> u32 {
    u32::try_from(clock::now().0.saturating_sub(start.0)).unwrap_or(u32::MAX)
}
