//! How a person's page looks: posed for a picture, or as evidence of what went wrong.

use super::Person;
use crate::{browser::tail, paths, within};
use anyhow::Result;
use serde_json::json;

/// How a page is looked at: the window's size and the colours that the system asks for.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    name: &'static str,
    width: u32,
    height: u32,
    dark: bool,
}

impl Look {
    pub const fn new(name: &'static str, width: u32, height: u32, dark: bool) -> Self {
        Look {
            name,
            width,
            height,
            dark,
        }
    }
}

impl Person {
    /// A picture of the page in target/screens (Chromium only).
    pub async fn pose(&self, look: &Look, screen: &str) -> Result<()> {
        let folder = paths::root().join("target/screens");
        std::fs::create_dir_all(&folder)?;
        let turn = self.browser.turn(&self.window).await?;
        let tools = turn.driver.cdp();
        let phone = look.width < 600;
        let size = json!({"width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": phone});
        let scheme = if look.dark { "dark" } else { "light" };
        let colours = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        for (order, what) in [
            ("Emulation.setDeviceMetricsOverride", size),
            ("Emulation.setEmulatedMedia", colours),
            ("Page.bringToFront", json!({})),
        ] {
            tools.send_raw(order, what).await?;
        }
        // Two frames: one in which the page learns its new size, one that it paints with it. Then
        // whatever moves to its new place has to arrive.
        let painted = "const done = arguments[0]; \
                       const moves = (it) => it.effect?.getComputedTiming().iterations !== Infinity; \
                       const moved = () => Promise.all(document.getAnimations().filter(moves) \
                           .map((it) => it.finished.catch(() => 0))); \
                       requestAnimationFrame(() => requestAnimationFrame(() => \
                           moved().then(() => done(true))))";
        turn.driver.execute_async(painted, vec![]).await?;
        let file = folder.join(format!("{screen}-{}.png", look.name));
        Ok(turn.driver.screenshot(&file).await?)
    }

    /// As if the person had told their system that they bear no movement (Chromium only).
    pub async fn calm(&self) -> Result<()> {
        let turn = self.browser.turn(&self.window).await?;
        let media = json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
        let tools = turn.driver.cdp();
        tools.send_raw("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// As if the machine were that many times slower (Chromium only).
    pub async fn is_slower(&self, times: u32) -> Result<()> {
        let turn = self.browser.turn(&self.window).await?;
        let tools = turn.driver.cdp();
        let rate = json!({"rate": times});
        tools
            .send_raw("Emulation.setCPUThrottlingRate", rate)
            .await?;
        Ok(())
    }

    /// As if the device had so many bytes for this page and no more (Chromium only).
    pub async fn may_keep(&self, bytes: u64) -> Result<()> {
        let origin: String = self.script("return location.origin", vec![]).await?;
        let turn = self.browser.turn(&self.window).await?;
        let tools = turn.driver.cdp();
        let quota = json!({"origin": origin, "quotaSize": bytes});
        tools
            .send_raw("Storage.overrideQuotaForOrigin", quota)
            .await?;
        Ok(())
    }

    /// Leaves a screenshot, and returns what the page shows and what its console said.
    pub async fn evidence(&self, test: &str) -> String {
        let folder = paths::evidence();
        let file = folder.join(format!("{}-{}.png", slug(test), slug(&self.label)));
        let shot = async {
            std::fs::create_dir_all(&folder)?;
            let turn = self.browser.turn(&self.window).await?;
            turn.driver.screenshot(&file).await?;
            anyhow::Ok(())
        };
        let shot = match tokio::time::timeout(within(10), shot).await {
            Ok(Ok(())) => file.display().to_string(),
            Ok(Err(error)) => format!("no screenshot: {error:#}"),
            Err(_) => "no screenshot: the browser does not answer".to_string(),
        };
        let script = "return location.href + '\\n' + (document.body?.innerText ?? '')";
        let text =
            match tokio::time::timeout(within(10), self.script::<String>(script, vec![])).await {
                Ok(Ok(text)) => text,
                Ok(Err(error)) => format!("{error:#}"),
                Err(_) => "the page does not answer".to_string(),
            };
        let console = self.browser.console().text();
        let console: Vec<&str> = console.lines().filter(|line| is_from_page(line)).collect();
        let console = console.join("\n");
        format!(
            "--- {} ({}), {shot}\n{}\n--- {}'s console\n{}",
            self.label,
            self.kind(),
            tail(&text, 3_000),
            self.label,
            tail(&console, 3_000)
        )
    }
}

/// Fit for a file's name.
fn slug(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// A line that a page wrote, or a browser that crashed, not a browser about itself.
fn is_from_page(line: &str) -> bool {
    let mut marks = ["CONSOLE", "console.", "JavaScript error", "panicked"].iter();
    let crash = line.contains("FATAL") || line.starts_with("# ");
    crash || marks.any(|mark| line.contains(mark))
}
