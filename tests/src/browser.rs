//! One running browser: its driver process, profile folder and WebDriver session, all gone on drop.
//! Tabs of one session share its "current window", so every command takes the session's turn first.
//! To start one costs more than most tests do with it: one that was used gently is used again. Every
//! server has a port of its own, and with it pages that know nothing of the pages before.

use crate::{
    paths,
    process::{Output, Process},
    until, within,
};
use anyhow::{Context, Result, anyhow};
use serde_json::json;
use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver, WindowHandle};
use tokio::sync::{Mutex, MutexGuard};

/// Pictures a second of a camera where nothing is measured: enough to see that they move. Browsers here encode
/// and draw without a graphics card, where a second of thirty in a large window takes more than a second.
const PICTURES: u32 = 5;
/// A window as large as a tablet, for the same reason.
const WINDOW: (&str, &str) = ("1024", "768");
/// Of a Firefox that shares its screen.
const SCREEN: &str = "1024x576x24";
/// So many more drivers are tried where one has no luck with its port.
const DRIVERS: u32 = 3;
/// Browsers that wait for somebody, and how many of a kind.
static SPARE: std::sync::Mutex<Vec<Browser>> = std::sync::Mutex::new(Vec::new());
const SPARE_MOST: usize = 2;
/// They grow with time.
const USES: u32 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Chromium,
    Firefox,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Chromium => "Chromium",
            Kind::Firefox => "Firefox",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A fake device, and leave to use it.
    Granted,
    /// A device, and the browser says no without asking.
    Denied,
}

/// What a person's browser has to offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Devices {
    Fake,
    /// The same, with as many pictures as real ones have: for what is measured.
    Quick,
    /// Fake ones, and a screen that is shared without a question.
    FakeAndScreen,
    /// Fake ones, in a private window.
    Private,
    Allowed {
        camera: Access,
        microphone: Access,
    },
    /// Chromium only: Firefox's fake devices come as a pair.
    NoCamera,
    /// Neither camera nor microphone in the machine.
    None,
}

pub struct Browser {
    pub kind: Kind,
    driver: Option<WebDriver>,
    current: Mutex<WindowHandle>,
    process: Process,
    _screen: Option<Process>,
    /// What it keeps from one start to the next.
    profile: Arc<TempDir>,
    devices: Devices,
    /// The window as it was at first.
    size: (u32, u32),
    uses: AtomicU32,
    spoilt: AtomicBool,
}

/// The session's turn: nobody else switches windows while it is held.
pub struct Turn<'a> {
    pub driver: &'a WebDriver,
    _current: MutexGuard<'a, WindowHandle>,
}

impl Browser {
    pub async fn start(kind: Kind, devices: Devices) -> Result<Self> {
        let profile = TempDir::with_prefix("duologue-e2e-")?;
        Browser::start_in(kind, devices, Arc::new(profile)).await
    }

    /// One that is there already, if there is such a one.
    pub async fn any(kind: Kind, devices: Devices) -> Result<Self> {
        let spare = {
            let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
            let fits = |it: &Browser| it.kind == kind && it.devices == devices;
            let at = spare.iter().position(fits);
            at.map(|at| spare.swap_remove(at))
        };
        match spare {
            Some(browser) => Ok(browser),
            None => Browser::start(kind, devices).await,
        }
    }

    /// For the next one, with one empty tab, if it is as good as new.
    pub async fn give_back(self) {
        let uses = self.uses.fetch_add(1, Ordering::Relaxed) + 1;
        let is_good = self.devices == Devices::Fake && !self.spoilt.load(Ordering::Relaxed);
        if !is_good || uses >= USES {
            return;
        }
        match tokio::time::timeout(within(10), self.clear()).await {
            Ok(Ok(())) => {}
            // Whoever comes next is better off with a new one.
            Ok(Err(_)) | Err(_) => return,
        }
        let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.iter().filter(|it| it.kind == self.kind).count() < SPARE_MOST {
            spare.push(self);
        }
    }

    async fn clear(&self) -> Result<()> {
        let driver = self.driver()?;
        let old = driver.windows().await?;
        let one = old.first().context("no window")?;
        driver.switch_to_window(one.clone()).await?;
        let new = driver.new_window().await?;
        for window in old {
            driver.switch_to_window(window).await?;
            driver.close_window().await?;
        }
        driver.switch_to_window(new.clone()).await?;
        let (width, height) = self.size;
        driver.set_window_rect(0, 0, width, height).await?;
        *self.current.lock().await = new;
        // There may be none.
        let _ = std::fs::remove_dir_all(self.downloads());
        self.process.output().forget();
        Ok(())
    }

    /// Ends it at once, as a crash or a power cut would: nothing in it hears of it.
    pub fn crash(&self) {
        self.spoilt.store(true, Ordering::Relaxed);
        self.process.kill();
    }

    /// The same once more, with all that it had kept.
    pub async fn start_again(&self) -> Result<Self> {
        let again = Browser::start_in(self.kind, self.devices, self.profile.clone()).await?;
        again.spoilt.store(true, Ordering::Relaxed);
        Ok(again)
    }

    async fn start_in(kind: Kind, devices: Devices, profile: Arc<TempDir>) -> Result<Self> {
        let screen = match (kind, devices) {
            // Chromium makes one up; Firefox takes the one that it is shown on.
            (Kind::Firefox, Devices::FakeAndScreen) => Some(start_screen().await?),
            _ => None,
        };
        let display = screen.as_ref().map(|(_, display)| display.as_str());
        let mut started = start_driver(kind, &profile, display).await;
        // Chromedriver takes a port of IPv6, and then finds that of IPv4 with somebody else.
        let is_taken = |error: &anyhow::Error| format!("{error:#}").contains("port not available");
        for _ in 0..DRIVERS {
            if started.as_ref().is_err_and(is_taken) {
                started = start_driver(kind, &profile, display).await;
            }
        }
        let (process, url) = started?;
        let capabilities = match kind {
            Kind::Chromium => chromium(devices, &profile)?,
            Kind::Firefox => firefox(devices, profile.path())?,
        };
        let driver = WebDriver::new(url, capabilities).await.with_context(|| {
            format!(
                "{kind} did not start: {}",
                tail(&process.output().text(), 2_000)
            )
        })?;
        let window = driver.window().await?;
        let rect = driver.get_window_rect().await?;
        let size = (u32::try_from(rect.width)?, u32::try_from(rect.height)?);
        Ok(Browser {
            kind,
            driver: Some(driver),
            current: Mutex::new(window),
            process,
            _screen: screen.map(|(process, _)| process),
            profile,
            devices,
            size,
            uses: AtomicU32::new(0),
            spoilt: AtomicBool::new(false),
        })
    }

    pub async fn turn(&self, window: &WindowHandle) -> Result<Turn<'_>> {
        let mut current = self.current.lock().await;
        let driver = self.driver()?;
        if *current != *window {
            driver.switch_to_window(window.clone()).await?;
            *current = window.clone();
        }
        Ok(Turn {
            driver,
            _current: current,
        })
    }

    pub async fn first_window(&self) -> WindowHandle {
        self.current.lock().await.clone()
    }

    /// A new tab, opened from one that is still there.
    pub async fn new_tab(&self, from: &WindowHandle) -> Result<WindowHandle> {
        let turn = self.turn(from).await?;
        Ok(turn.driver.new_tab().await?)
    }

    /// The same in a window of its own: nothing hides it.
    pub async fn new_window(&self, from: &WindowHandle) -> Result<WindowHandle> {
        let turn = self.turn(from).await?;
        Ok(turn.driver.new_window().await?)
    }

    /// See `Process::processor_seconds`.
    pub fn processor_seconds(&self) -> Result<f64> {
        self.process.processor_seconds()
    }

    /// Bytes of memory that each process which shows pages holds for itself (Chromium only).
    pub fn pages_memory(&self) -> Result<Vec<(u32, u64)>> {
        self.process.memory_of("--type=renderer")
    }

    /// Where files go that a page offers for saving.
    pub fn downloads(&self) -> PathBuf {
        downloads(self.profile.path())
    }

    /// What the pages wrote to their consoles, among the browser's own chatter.
    pub fn console(&self) -> Output {
        self.process.output()
    }

    fn driver(&self) -> Result<&WebDriver> {
        self.driver.as_ref().context("the browser has been closed")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The process group is killed next; without this the session would try to say goodbye first.
        if let Some(driver) = self.driver.take() {
            let _ = driver.leak();
        }
    }
}

/// A screen that nobody looks at, and its name.
async fn start_screen() -> Result<(Process, String)> {
    let mut command = Command::new(paths::tool("XVFB", &["Xvfb"]).map_err(|e| anyhow!(e))?);
    // It chooses a number that is free and writes it to standard output.
    command.args([
        "-displayfd",
        "1",
        "-screen",
        "0",
        SCREEN,
        "-nolisten",
        "tcp",
    ]);
    let process = Process::spawn(command)?;
    let display = until("a screen", within(20), async || {
        let text = process.output().text();
        let number = text
            .lines()
            .find_map(|line| line.trim().parse::<u32>().ok());
        Ok(format!(":{}", number.context(text)?))
    });
    let display = display.await?;
    Ok((process, display))
}

async fn start_driver(
    kind: Kind,
    profile: &TempDir,
    display: Option<&str>,
) -> Result<(Process, String)> {
    let (variable, name, marker) = match kind {
        Kind::Chromium => (
            "CHROMEDRIVER",
            "chromedriver",
            "started successfully on port ",
        ),
        Kind::Firefox => ("GECKODRIVER", "geckodriver", "Listening on 127.0.0.1:"),
    };
    let mut command = Command::new(paths::tool(variable, &[name]).map_err(|e| anyhow!(e))?);
    match kind {
        Kind::Chromium => command.args(["--port=0", "--enable-chrome-logs"]),
        Kind::Firefox => command
            .args(["--port", "0", "--profile-root"])
            .arg(profile.path())
            .env("HOME", profile.path())
            .env("MOZ_HEADLESS_WIDTH", WINDOW.0)
            .env("MOZ_HEADLESS_HEIGHT", WINDOW.1),
    };
    if let Some(display) = display {
        command.env("DISPLAY", display);
    }
    let process = Process::spawn(command)?;
    let port = process.announces(marker, within(20)).await?;
    let port: u16 = port
        .trim_end_matches('.')
        .parse()
        .with_context(|| format!("{name}'s port: {port}"))?;
    Ok((process, format!("http://127.0.0.1:{port}")))
}

fn chromium(devices: Devices, profile: &TempDir) -> Result<Capabilities> {
    let mut args = vec![
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        // A test's second tab hides its first: neither may be slowed down for that.
        "--disable-background-timer-throttling",
        "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows",
        "--enable-logging=stderr",
    ]
    .into_iter()
    .map(String::from)
    .collect::<Vec<_>>();
    let device = "--use-fake-device-for-media-stream";
    let fake = match devices {
        Devices::Quick => device.to_string(),
        _ => format!("{device}=fps={PICTURES}"),
    };
    let grant = "--use-fake-ui-for-media-stream".to_string();
    let mut preferences = json!({ "download.default_directory": downloads(profile.path()) });
    match devices {
        Devices::Fake | Devices::Quick | Devices::FakeAndScreen => args.extend([fake, grant]),
        Devices::Private => args.extend([fake, grant, "--incognito".to_string()]),
        Devices::NoCamera => args.extend([format!("{device}=device-count=0"), grant]),
        Devices::None => args.push(grant),
        Devices::Allowed { camera, microphone } => {
            args.extend([fake, "--deny-permission-prompts".to_string()]);
            // 1 allows, 2 blocks.
            let setting = |access| if access == Access::Granted { 1 } else { 2 };
            let leave = "profile.default_content_setting_values.media_stream_";
            preferences[format!("{leave}camera")] = json!(setting(camera));
            preferences[format!("{leave}mic")] = json!(setting(microphone));
        }
    }
    args.push(format!("--window-size={},{}", WINDOW.0, WINDOW.1));
    args.push(format!("--user-data-dir={}", profile.path().display()));
    let binary = paths::tool("CHROMIUM", &["chromium", "google-chrome"]).map_err(|e| anyhow!(e))?;
    capabilities(json!({
        "browserName": "chrome",
        "acceptInsecureCerts": true,
        "goog:chromeOptions": { "binary": binary, "args": args, "prefs": preferences },
    }))
}

fn firefox(devices: Devices, profile: &Path) -> Result<Capabilities> {
    let mut preferences = json!({
        // Firefox tells its addresses to pages that hold a camera, and does not count a fake one.
        "media.peerconnection.ice.obfuscate_host_addresses": devices == Devices::None,
        "media.navigator.streams.fake": devices != Devices::None,
        "media.navigator.permission.disabled": true,
        "media.peerconnection.ice.loopback": true,
        "browser.privatebrowsing.autostart": devices == Devices::Private,
        // Saved where we say, without a question.
        "browser.download.folderList": 2,
        "browser.download.dir": downloads(profile),
        "browser.download.always_ask_before_handling_new_types": false,
        // The console, panics included, on standard output.
        "devtools.console.stdout.content": true,
    });
    if devices != Devices::Quick {
        preferences["media.navigator.video.default_fps"] = json!(PICTURES);
    }
    if let Devices::Allowed { camera, microphone } = devices {
        preferences["media.navigator.permission.disabled"] = json!(false);
        // 1 allows, 2 blocks.
        let setting = |access| if access == Access::Granted { 1 } else { 2 };
        preferences["permissions.default.camera"] = json!(setting(camera));
        preferences["permissions.default.microphone"] = json!(setting(microphone));
    }
    // Or its driver makes one for each start.
    let profile = profile.to_str().context("a path in UTF-8")?;
    let mut args = vec!["-profile", profile];
    if devices != Devices::FakeAndScreen {
        args.push("-headless");
    }
    let binary = paths::tool("FIREFOX", &["firefox-esr", "firefox"]).map_err(|e| anyhow!(e))?;
    capabilities(json!({
        "browserName": "firefox",
        "acceptInsecureCerts": true,
        "moz:firefoxOptions": { "binary": binary, "args": args, "prefs": preferences },
    }))
}

/// Where files go that a page offers for saving.
fn downloads(profile: &Path) -> PathBuf {
    profile.join("downloads")
}

fn capabilities(all: serde_json::Value) -> Result<Capabilities> {
    Ok(Capabilities::from(
        all.as_object()
            .cloned()
            .context("capabilities are an object")?,
    ))
}

/// The last `most` bytes of a text, from a line's beginning where there is one.
pub fn tail(text: &str, most: usize) -> &str {
    let start = text.ceil_char_boundary(text.len().saturating_sub(most));
    &text[start..]
}
