//! A person at a tab: opens addresses, presses what has a name, reads what is shown. Finds things
//! by role and accessible name only, so a test that passes is a page that can be used by ear.

mod look;

pub use look::Look;

use crate::{
    browser::{Browser, Kind},
    page::{self, Marks, Peer, Picture, Tile},
    until, within,
};
use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use thirtyfour::{Key, WebElement, WindowHandle};

/// Tells whether the next click reaches an element. A page that goes elsewhere forgets it.
const WATCH_CLICK: &str = "window.pressed = false;
    arguments[0].addEventListener('click', () => { window.pressed = true }, { once: true, capture: true })";

const WATCH_KEY: &str = "window.struck = false;
    addEventListener('keydown', () => { window.struck = true }, { once: true, capture: true });
    return null";
/// Whether it came, or comes at once.
const STRUCK: &str =
    "return window.struck || new Promise((done) => setTimeout(() => done(window.struck), 500))";

/// A control shows up in this time, or the page is broken.
const CONTROL: Duration = within(15);

#[derive(Clone)]
pub struct Person {
    pub label: String,
    browser: Arc<Browser>,
    window: WindowHandle,
}

impl Person {
    pub async fn at_first_tab(browser: Arc<Browser>, label: &str) -> Self {
        let window = browser.first_window().await;
        Person {
            label: label.to_string(),
            browser,
            window,
        }
    }

    /// The last one to leave gives the browser back.
    pub async fn leave(self) {
        if let Some(browser) = Arc::into_inner(self.browser) {
            browser.give_back().await;
        }
    }

    /// Somebody else (or the same one again) in a new tab of this browser.
    pub async fn beside(&self, label: &str) -> Result<Self> {
        let window = self.browser.new_tab(&self.window).await?;
        Ok(Person {
            label: label.to_string(),
            browser: self.browser.clone(),
            window,
        })
    }

    /// Their browser is killed in the middle of everything, and started again: an empty tab.
    pub async fn after_a_crash(&self) -> Result<Self> {
        self.browser.crash();
        let browser = Arc::new(self.browser.start_again().await?);
        Ok(Person::at_first_tab(browser, &self.label).await)
    }

    /// Somebody else in a window of this browser.
    pub async fn in_another_window(&self, label: &str) -> Result<Self> {
        let window = self.browser.new_window(&self.window).await?;
        Ok(Person {
            label: label.to_string(),
            browser: self.browser.clone(),
            window,
        })
    }

    /// What their browser has kept processors busy for, in seconds.
    pub fn processor_seconds(&self) -> Result<f64> {
        self.browser.processor_seconds()
    }

    /// See `Browser::pages_memory`.
    pub fn pages_memory(&self) -> Result<Vec<(u32, u64)>> {
        self.browser.pages_memory()
    }

    pub fn kind(&self) -> Kind {
        self.browser.kind
    }

    pub async fn goto(&self, url: &str) -> Result<()> {
        let turn = self.browser.turn(&self.window).await?;
        turn.driver
            .goto(url)
            .await
            .with_context(|| format!("{} opens {url}", self.label))
    }

    /// Comes back when the page is there again: some chromedrivers do so sooner, and hang when they are sent
    /// elsewhere meanwhile.
    pub async fn reload(&self) -> Result<()> {
        self.script::<()>("window.old = true; return null", vec![])
            .await?;
        let turn = self.browser.turn(&self.window).await?;
        turn.driver
            .refresh()
            .await
            .with_context(|| format!("{} reloads", self.label))?;
        drop(turn);
        until("the page again", within(30), async || {
            let script = "return !window.old && document.readyState === 'complete'";
            ensure!(self.script::<bool>(script, vec![]).await?, "it loads");
            Ok(())
        })
        .await
    }

    /// Closes the tab; the person must not be used afterwards.
    pub async fn close_tab(&self) -> Result<()> {
        let turn = self.browser.turn(&self.window).await?;
        Ok(turn.driver.close_window().await?)
    }

    /// Makes the window as large as this, its frame included.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let turn = self.browser.turn(&self.window).await?;
        Ok(turn.driver.set_window_rect(0, 0, width, height).await?)
    }

    pub async fn url(&self) -> Result<String> {
        self.script("return location.href", vec![]).await
    }

    pub async fn script<T: DeserializeOwned>(&self, script: &str, args: Vec<Value>) -> Result<T> {
        let turn = self.browser.turn(&self.window).await?;
        let value = turn.driver.execute(script, args).await;
        Ok(value
            .with_context(|| format!("{}'s page", self.label))?
            .convert()?)
    }

    /// The same of a script that calls back with what it found.
    pub async fn script_async<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        let turn = self.browser.turn(&self.window).await?;
        let value = turn.driver.execute_async(script, vec![]).await;
        Ok(value
            .with_context(|| format!("{}'s page", self.label))?
            .convert()?)
    }

    async fn with_roles<T: DeserializeOwned>(&self, script: &str, args: Vec<Value>) -> Result<T> {
        self.script(&format!("{}\n{script}", page::BY_ROLE), args)
            .await
    }

    /// What a script answers that finds things as people do, given one name.
    pub async fn roles<T: DeserializeOwned>(&self, script: &str, name: &str) -> Result<T> {
        self.with_roles(script, vec![json!(name)]).await
    }

    /// Presses a button in the group of that name.
    pub async fn press_in(&self, group: &str, button: &str) -> Result<()> {
        let what = format!("{} to press {button:?} in {group:?}", self.label);
        until(&what, CONTROL, async || {
            let script = "const group = byRole('group', arguments[0])[0]; \
                          return byRole('button', arguments[1]).filter((it) => group?.contains(it))";
            let turn = self.browser.turn(&self.window).await?;
            let script = format!("{}\n{script}", page::BY_ROLE);
            let found = turn.driver.execute(script, vec![json!(group), json!(button)]);
            let button = found.await?.elements()?.into_iter().next();
            Ok(button.context("it is not there")?.click().await?)
        })
        .await
    }

    /// The first visible element of that role and name, waited for.
    pub async fn find(&self, role: &str, name: &str) -> Result<WebElement> {
        until(
            &format!("{role} {name:?} on {}'s page", self.label),
            CONTROL,
            async || self.find_now(role, name).await,
        )
        .await
    }

    async fn find_now(&self, role: &str, name: &str) -> Result<WebElement> {
        let turn = self.browser.turn(&self.window).await?;
        let script = format!(
            "{}\nreturn byRole(arguments[0], arguments[1], arguments[0] === 'file');",
            page::BY_ROLE
        );
        let found = turn
            .driver
            .execute(script, vec![json!(role), json!(name)])
            .await?
            .elements()?;
        found
            .into_iter()
            .next()
            .with_context(|| format!("there is no {role} {name:?}"))
    }

    pub async fn shows(&self, role: &str, name: &str) -> Result<bool> {
        self.with_roles(
            "return byRole(arguments[0], arguments[1]).length > 0",
            vec![json!(role), json!(name)],
        )
        .await
    }

    pub async fn click_role(&self, role: &str, name: &str) -> Result<()> {
        // A page that is still rendering may replace or cover the element between finding and pressing.
        until(
            &format!("{} to press {role} {name:?}", self.label),
            CONTROL,
            async || {
                let element = self.find_now(role, name).await?;
                let turn = self.browser.turn(&self.window).await?;
                let watch = vec![element.to_json()?];
                turn.driver.execute(WATCH_CLICK, watch).await?;
                element.click().await?;
                // Where it led to another page there is nothing to ask.
                let asked = turn
                    .driver
                    .execute("return window.pressed === false", vec![]);
                if asked.await.and_then(|it| it.convert()).unwrap_or(false) {
                    // A person would try again too; that they had to is worth a line.
                    let label = &self.label;
                    writeln!(
                        io::stderr(),
                        "{label}: {role} {name:?} moved from under the finger"
                    )?;
                    bail!("it moved away");
                }
                Ok(())
            },
        )
        .await
    }

    pub async fn press(&self, button: &str) -> Result<()> {
        self.click_role("button", button).await
    }

    /// Whether a button that stays down is down.
    pub async fn is_pressed(&self, button: &str) -> Result<bool> {
        let element = self.find("button", button).await?;
        let _turn = self.browser.turn(&self.window).await?;
        Ok(element.attr("aria-pressed").await?.as_deref() == Some("true"))
    }

    /// Waits until it is, or is not.
    pub async fn becomes_pressed(&self, button: &str, pressed: bool) -> Result<()> {
        let what = format!("{}'s {button:?} to be pressed: {pressed}", self.label);
        until(&what, CONTROL, async || {
            ensure!(self.is_pressed(button).await? == pressed, "it is not so");
            Ok(())
        })
        .await
    }

    /// Strikes a key, wherever the focus is. A Firefox that has just come to the tab may lose it.
    pub async fn strike(&self, key: char) -> Result<()> {
        let what = format!("{key:?} to reach {}'s page", self.label);
        until(&what, CONTROL, async || {
            self.script::<()>(WATCH_KEY, vec![]).await?;
            let turn = self.browser.turn(&self.window).await?;
            let chain = turn.driver.action_chain().key_down(key).key_up(key);
            chain.perform().await?;
            drop(turn);
            let came: bool = self.script(STRUCK, vec![]).await?;
            ensure!(came, "it was lost");
            Ok(())
        })
        .await
    }

    /// Presses a key and keeps it down.
    pub async fn hold(&self, key: char) -> Result<()> {
        let turn = self.browser.turn(&self.window).await?;
        Ok(turn.driver.action_chain().key_down(key).perform().await?)
    }

    pub async fn let_go(&self, key: char) -> Result<()> {
        let turn = self.browser.turn(&self.window).await?;
        Ok(turn.driver.action_chain().key_up(key).perform().await?)
    }

    /// Turns a slider to one of its ends.
    pub async fn turn(&self, slider: &str, to: Key) -> Result<()> {
        let slider = self.find("slider", slider).await?;
        let _turn = self.browser.turn(&self.window).await?;
        Ok(slider.send_keys(to + "").await?)
    }

    /// Takes the focus from wherever it is.
    pub async fn look_away(&self) -> Result<()> {
        self.script("document.activeElement?.blur(); return null", vec![])
            .await
    }

    pub async fn fill(&self, name: &str, text: &str) -> Result<()> {
        // Not `clear`: pages listen for input events, which only keys make in every browser. A browser
        // that has just come to the tab may miss some of them.
        let what = format!("{name:?} on {}'s page to say {text:?}", self.label);
        until(&what, CONTROL, async || {
            // A page that is told something meanwhile may show another field in its place.
            let field = self.find("textbox", name).await?;
            let turn = self.browser.turn(&self.window).await?;
            for (keys, wanted) in [
                (Key::Control + "a", None),
                (Key::Delete + "", Some("")),
                (text.into(), Some(text)),
            ] {
                field.send_keys(keys).await?;
                let Some(wanted) = wanted else { continue };
                let says = turn
                    .driver
                    .execute("return arguments[0].value", vec![field.to_json()?]);
                let says: String = says.await?.convert()?;
                ensure!(says == wanted, "it says {says:?}");
            }
            Ok(())
        })
        .await
    }

    /// Keys that do more than write.
    pub async fn types(&self, name: &str, keys: &str) -> Result<()> {
        let field = self.find("textbox", name).await?;
        let _turn = self.browser.turn(&self.window).await?;
        field
            .send_keys(keys)
            .await
            .with_context(|| format!("{} types into {name:?}", self.label))
    }

    /// Chooses from a list, by what is written there.
    pub async fn choose(&self, list: &str, option: &str) -> Result<()> {
        let what = format!("{option:?} in {list:?} on {}'s page", self.label);
        until(&what, CONTROL, async || {
            let chosen: bool = self
                .with_roles(page::CHOOSE, vec![json!(list), json!(option)])
                .await?;
            ensure!(chosen, "it is not there");
            Ok(())
        })
        .await
    }

    /// What is chosen in a list now.
    pub async fn chosen(&self, list: &str) -> Result<String> {
        let script = "return byRole('combobox', arguments[0])[0]?.selectedOptions[0]?.text ?? ''";
        self.with_roles(script, vec![json!(list)]).await
    }

    /// The text of a read-only field, once there is one.
    pub async fn read_field(&self, name: &str) -> Result<String> {
        until(
            &format!("text in {name:?} on {}'s page", self.label),
            within(30),
            async || {
                let script = "return byRole('textbox', arguments[0])[0]?.value ?? ''";
                let text: String = self.with_roles(script, vec![json!(name)]).await?;
                ensure!(!text.is_empty(), "it is empty");
                Ok(text)
            },
        )
        .await
    }

    /// Hands a file to the page's file input; hidden inputs count, as they do for people's buttons.
    pub async fn upload(&self, file: &Path) -> Result<()> {
        let path = file.to_str().context("a path in UTF-8")?;
        let turn = self.browser.turn(&self.window).await?;
        let inputs = turn.driver.execute(
            "return [...document.querySelectorAll('input[type=file]')]",
            vec![],
        );
        let input = inputs
            .await?
            .elements()?
            .into_iter()
            .next()
            .context("no file input on the page")?;
        Ok(input.send_keys(path).await?)
    }

    /// What has been saved under that name, once it is there whole.
    pub async fn saved(&self, name: &str, len: u64) -> Result<PathBuf> {
        let file = self.browser.downloads().join(name);
        let what = format!("{} to have saved {name:?}", self.label);
        until(&what, within(60), async || {
            // Firefox puts an empty one in its place until it has come.
            let there = std::fs::metadata(&file)?.len();
            ensure!(there == len, "it has {there} bytes of {len}");
            Ok(file.clone())
        })
        .await
    }

    /// An element as a picture, as a phone's camera would have it.
    pub async fn picture_of(&self, role: &str, name: &str, file: &Path) -> Result<()> {
        let element = self.find(role, name).await?;
        let _turn = self.browser.turn(&self.window).await?;
        Ok(element.screenshot(file).await?)
    }

    pub async fn tiles(&self) -> Result<Vec<Tile>> {
        self.with_roles(page::TILES, vec![]).await
    }

    pub async fn tile(&self, name: &str) -> Result<Tile> {
        let tiles = self.tiles().await?;
        let seen = format!("{tiles:?}");
        tiles
            .into_iter()
            .find(|tile| tile.name == name)
            .ok_or_else(|| anyhow!("no tile {name:?} among {seen}"))
    }

    pub async fn peers(&self) -> Result<Vec<Peer>> {
        self.script(page::PEERS, vec![]).await
    }

    pub async fn peer(&self, name: &str) -> Result<Peer> {
        let mut named = self
            .peers()
            .await?
            .into_iter()
            .filter(|peer| peer.name == name);
        let peer = named.next().with_context(|| format!("no peer {name:?}"))?;
        ensure!(named.next().is_none(), "two peers called {name:?}");
        Ok(peer)
    }

    /// The picture in somebody's tile at this moment.
    pub async fn picture(&self, name: &str) -> Result<Picture> {
        let picture: Option<Picture> = self.with_roles(page::PICTURE, vec![json!(name)]).await?;
        picture.with_context(|| format!("{name:?} has no picture on {}'s page yet", self.label))
    }

    pub async fn marks(&self) -> Result<Marks> {
        self.script(page::MARKS, vec![]).await
    }

    /// What elements of these roles say.
    pub async fn sentences(&self, roles: &[&str]) -> Result<Vec<String>> {
        self.with_roles(page::SENTENCES, vec![json!(roles)]).await
    }

    /// An alert or a status in which all of `words` appear, whatever their case.
    pub async fn is_told(&self, words: &[&str]) -> Result<String> {
        let what = format!("{} to be told {words:?}", self.label);
        until(&what, within(20), async || {
            let said = self.sentences(&["alert", "status"]).await?;
            let hit = said.iter().find(|said| {
                let said = said.to_lowercase();
                words.iter().all(|word| said.contains(&word.to_lowercase()))
            });
            hit.cloned()
                .with_context(|| format!("the page says {said:?}"))
        })
        .await
    }

    pub fn has_panicked(&self) -> Option<String> {
        let console = self.browser.console().text();
        console
            .lines()
            // A page with a std of its own dies without a word.
            .find(|line| line.contains("panicked at") || line.contains("RuntimeError: unreachable"))
            .map(String::from)
    }
}
