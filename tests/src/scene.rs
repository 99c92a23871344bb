//! One test's stage: whoever takes part is opened through it, so that a failure can show every page
//! and no browser is left behind. Scenes share the machine by permits, heavy ones take all.

use crate::{
    browser::{Browser, Devices, Kind},
    person::Person,
};
use anyhow::{Result, anyhow};
use futures_util::FutureExt;
use std::{
    fmt,
    io::{self, Write},
    panic::AssertUnwindSafe,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::Semaphore,
};

/// One a processor: browsers that encode and decode video keep one busy each.
static PROCESSORS: LazyLock<(Semaphore, u32)> = LazyLock::new(|| {
    let count = std::thread::available_parallelism().map_or(2, usize::from);
    (Semaphore::new(count), u32::try_from(count).unwrap_or(2))
});
/// No test may take longer, machine's turn not counted.
const LONGEST: Duration = Duration::from_secs(240);

/// Where all tests play: a browser that is handed on is spoken to by the next one.
static RUNTIME: LazyLock<io::Result<Runtime>> = LazyLock::new(|| {
    let mut all = Builder::new_multi_thread();
    all.worker_threads(4).enable_all().build()
});

/// A scene that is one test among many. What is measured instead begins with browsers of its own.
pub fn test(
    test: &str,
    weight: Weight,
    body: impl AsyncFnOnce(&Scene) -> Result<()>,
) -> Result<(), Failure> {
    let runtime = RUNTIME.as_ref();
    let runtime = runtime.map_err(|error| Failure(format!("no threads to run on: {error}")))?;
    let scene = Scene {
        people: Mutex::default(),
        shares: true,
    };
    runtime.block_on(scene.run(test, weight, body))
}

/// How much of the machine a scene needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Light,
    Heavy,
}

/// What went wrong and what everyone saw. Its `Debug` is the report itself, since that is what the
/// test runner prints.
pub struct Failure(String);

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Failure(format!("{error:#}"))
    }
}

pub struct Scene {
    people: Mutex<Vec<Person>>,
    /// Browsers that others have used are good enough, and others may use these.
    shares: bool,
}

impl Scene {
    /// Runs `body`; when it fails, the failure shows what everyone saw.
    pub async fn play(
        test: &str,
        weight: Weight,
        body: impl AsyncFnOnce(&Scene) -> Result<()>,
    ) -> Result<(), Failure> {
        let scene = Scene {
            people: Mutex::default(),
            shares: false,
        };
        scene.run(test, weight, body).await
    }

    async fn run(
        self,
        test: &str,
        weight: Weight,
        body: impl AsyncFnOnce(&Scene) -> Result<()>,
    ) -> Result<(), Failure> {
        let (permits, all) = &*PROCESSORS;
        let wanted = if weight == Weight::Heavy { *all } else { 1 };
        let _permit = permits.acquire_many(wanted).await;
        eprintln!("{test}: begins");
        let start = Instant::now();
        let played =
            tokio::time::timeout(LONGEST, AssertUnwindSafe(body(&self)).catch_unwind()).await;
        let result = match played {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => Err(anyhow!("{}", panic_text(&*panic))),
            Err(_) => Err(anyhow!("not done after {LONGEST:?}")),
        };
        let people = self
            .people
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let panicked = people.iter().find_map(Person::has_panicked);
        let result = result.and(match panicked {
            Some(line) => Err(anyhow!("the page panicked: {line}")),
            None => Ok(()),
        });
        let took = start.elapsed().as_secs_f32();
        let Err(error) = result else {
            eprintln!("{test}: well after {took:.1} s");
            if self.shares {
                drop(self);
                for person in people {
                    person.leave().await;
                }
            }
            return Ok(());
        };
        let mut report = format!("{test}: {}\n", without_stack(&format!("{error:#}")));
        // At once too, past the runner, which tells it at its end only: what is cut short says why.
        write!(io::stderr(), "{report}").ok();
        for person in &people {
            report += &person.evidence(test).await;
            report += "\n";
        }
        Err(Failure(report))
    }

    /// A person with a browser of their own, fake camera and microphone in it.
    pub async fn person(&self, kind: Kind, label: &str) -> Result<Person> {
        let devices = match self.shares {
            true => Devices::Fake,
            false => Devices::Quick,
        };
        self.person_with(kind, devices, label).await
    }

    pub async fn person_with(&self, kind: Kind, devices: Devices, label: &str) -> Result<Person> {
        let browser = match self.shares {
            true => Browser::any(kind, devices).await?,
            false => Browser::start(kind, devices).await?,
        };
        let browser = Arc::new(browser);
        Ok(self.remember(Person::at_first_tab(browser, label).await))
    }

    /// A person in another tab of somebody's browser.
    pub async fn beside(&self, person: &Person, label: &str) -> Result<Person> {
        Ok(self.remember(person.beside(label).await?))
    }

    /// Somebody whose browser was killed and is there again.
    pub async fn after_a_crash(&self, person: &Person) -> Result<Person> {
        Ok(self.remember(person.after_a_crash().await?))
    }

    fn remember(&self, person: Person) -> Person {
        self.people
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(person.clone());
        person
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words")
}

/// WebDriver errors carry the driver's own stack, which tells nobody anything.
fn without_stack(error: &str) -> String {
    let is_frame = |line: &str| {
        let line = line.trim();
        line == "Stacktrace:" || line.starts_with('#') || line.contains("@chrome://")
    };
    error
        .lines()
        .filter(|line| !is_frame(line))
        .collect::<Vec<_>>()
        .join("\n")
}
