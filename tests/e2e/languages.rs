//! The page in other languages than English: taken from the address, from what was chosen, without a
//! network; laid out the way that they are read; and English where a language cannot be had.

use crate::{
    offline::{copy, is_kept},
    steps::*,
    *,
};
use anyhow::{Context, ensure};
use duologue_e2e::{Scene, paths, server::Server, static_host::StaticHost, until, within};
use serde_json::json;
use std::collections::BTreeMap;

/// What the page says in a language, by the messages' ids.
pub struct Dictionary(BTreeMap<String, String>);

impl Dictionary {
    pub fn of(tag: &str) -> Result<Dictionary> {
        let file = std::fs::read_to_string(paths::root().join(format!("words/{tag}.ftl")))?;
        let messages = duologue_words::read(&file).into_iter();
        Ok(Dictionary(
            messages.map(|(id, text)| (id.to_string(), text)).collect(),
        ))
    }

    /// A message without variables.
    pub fn get(&self, id: &str) -> &str {
        self.0.get(id).map_or("?", String::as_str)
    }
}

/// Language and direction of the page.
async fn written_in(person: &Person) -> Result<(String, String)> {
    let script = "const it = document.documentElement; return [it.lang, it.dir]";
    person.script(script, vec![]).await
}

async fn becomes(person: &Person, tag: &str, direction: &str) -> Result<()> {
    until(&format!("a page in {tag}"), within(20), async || {
        let is = written_in(person).await?;
        ensure!(is == (tag.into(), direction.into()), "it is {is:?}");
        Ok(())
    })
    .await
}

pairs!(the_address_names_the_language, Light, { chromium: Chromium, firefox: Firefox });

async fn the_address_names_the_language(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(with, "Ana").await?;
    for (asked, tag, direction) in [("ar", "ar", "rtl"), ("zh-CN", "zh", "ltr")] {
        let say = Dictionary::of(tag)?;
        ana.goto(&format!("{}?lang={asked}", server.page())).await?;
        ana.find("button", say.get("home-start")).await?;
        ana.find("textbox", say.get("home-field")).await?;
        becomes(&ana, tag, direction).await?;
        ensure!(
            !ana.shows("button", "Start a call").await?,
            "some of it is English"
        );
        ana.press(say.get("home-start")).await?;
        ana.find("button", say.get("green_room-join")).await?;
        let camera = say.get("devices-camera");
        ensure!(
            ana.shows("combobox", camera).await?,
            "no {camera:?} to choose"
        );
    }
    // One that there is not.
    ana.goto(&format!("{}?lang=tlh", server.page())).await?;
    ana.find("button", "Start a call").await?;
    Ok(())
}

pairs!(each_has_the_call_in_their_own_language, Light, { chromium: Chromium, firefox: Firefox });

async fn each_has_the_call_in_their_own_language(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let (chinese, arabic) = (Dictionary::of("zh")?, Dictionary::of("ar")?);
    let ana = scene.person(with, "Ana").await?;
    let room = start_call(&ana, &server.page()).await?;
    let own = |name: &str, tag: &str| {
        let preset = format!("?name={name}&join=auto&lang={tag}#/r/");
        room.replace("#/r/", &preset)
    };
    ana.goto(&own("Ana", "zh")).await?;
    ana.find("toolbar", chinese.get("call-controls")).await?;
    let ben = scene.beside(&ana, "Ben").await?;
    ben.goto(&own("Ben", "ar")).await?;
    ben.find("toolbar", arabic.get("call-controls")).await?;
    see_and_hear_each_other(&ana, &ben).await?;
    ensure!(ana.shows("group", "Ana（你）").await?, "Ana is not 你");
    let you = "\u{2068}Ben\u{2069} (أنت)";
    ensure!(ben.shows("group", you).await?, "Ben is not أنت");

    // What is counted has the form for its number.
    ana.press(chinese.get("chat-title")).await?;
    for (count, text) in [
        (1, "رسالة واحدة"),
        (2, "رسالتان"),
        (3, "3 رسائل"),
        (11, "11 رسالة"),
    ] {
        while sent(&ana).await? < count {
            let before = sent(&ana).await?;
            ana.fill(chinese.get("chat-message"), "你好").await?;
            ana.press(chinese.get("chat-send")).await?;
            until("it to be in the log", within(20), async || {
                ensure!(sent(&ana).await? > before, "it is not");
                Ok(())
            })
            .await?;
        }
        let chat = ben.find("button", arabic.get("chat-title")).await?;
        until(&format!("{count} messages"), within(20), async || {
            let script = "return arguments[0].getAttribute('aria-description') ?? ''";
            let said: String = ben.script(script, vec![chat.to_json()?]).await?;
            ensure!(said.starts_with(text), "it says {said:?}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

async fn sent(person: &Person) -> Result<usize> {
    let script = "return document.querySelectorAll('[role=log] .chat-line').length";
    person.script(script, vec![]).await
}

pairs!(who_chooses_a_language_has_it_the_next_time, Light, { chromium: Chromium, firefox: Firefox });

async fn who_chooses_a_language_has_it_the_next_time(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let say = Dictionary::of("ar")?;
    let ana = scene.person(with, "Ana").await?;
    ana.goto(&format!("{}?lang=en&name=Ana", server.page()))
        .await?;
    ana.find("combobox", "Language").await?;
    ensure!(ana.chosen("Language").await? == "English");
    ana.choose("Language", "العربية").await?;
    becomes(&ana, "ar", "rtl").await?;
    let url = ana.url().await?;
    ensure!(
        url.contains("?name=Ana") && !url.contains("lang="),
        "the address is {url}"
    );
    ana.reload().await?;
    ana.find("button", say.get("home-start")).await?;
    becomes(&ana, "ar", "rtl").await?;

    // In a call it waits, and says so.
    ana.press(say.get("home-start")).await?;
    ana.fill(say.get("green_room-your-name"), "Ana").await?;
    ana.press(say.get("green_room-join")).await?;
    ana.press(say.get("call-more")).await?;
    ana.choose(say.get("language-label"), "English").await?;
    ana.is_told(&[say.get("language-later")]).await?;
    ana.find("toolbar", say.get("call-controls")).await?;
    ana.goto(&server.page()).await?;
    ana.find("button", "Start a call").await?;
    Ok(())
}

pairs!(a_language_that_cannot_be_had_is_english, Light, { chromium: Chromium, firefox: Firefox });

async fn a_language_that_cannot_be_had_is_english(scene: &Scene, with: Kind) -> Result<()> {
    let folder = tempfile::tempdir()?;
    copy(&paths::bundle(), folder.path())?;
    let words = folder.path().join("words");
    std::fs::remove_file(words.join("ar.ftl"))?;
    // Of another version.
    let chinese = std::fs::read_to_string(words.join("zh.ftl"))?;
    let other = chinese.replace("home-line", "home-title");
    std::fs::write(words.join("zh.ftl"), other)?;
    let host = StaticHost::start(folder.path().to_path_buf(), "some/path").await?;
    let ana = scene.person(with, "Ana").await?;
    for tag in ["ar", "zh"] {
        ana.goto(&format!("{}?lang={tag}", host.page())).await?;
        ana.find("button", "Start a call").await?;
        let (lang, direction) = written_in(&ana).await?;
        ensure!(lang == "en" && direction != "rtl", "{lang} {direction}");
        ensure!(ana.chosen("Language").await? == "English");
    }
    Ok(())
}

pairs!(a_kept_page_keeps_its_language, Light, { chromium: Chromium, firefox: Firefox });

async fn a_kept_page_keeps_its_language(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let say = Dictionary::of("ar")?;
    let page = format!("{}?lang=ar", server.page());
    let ana = scene.person(with, "Ana").await?;
    ana.goto(&page).await?;
    is_kept(&ana).await?;
    drop(server);
    ana.goto(&page).await?;
    ana.find("button", say.get("home-start")).await?;
    becomes(&ana, "ar", "rtl").await
}

/// Shows an address of this host as wide as the narrowest telephone.
const NARROW: &str = "const frame = document.createElement('iframe');
    frame.style = 'width: 320px; height: 640px; border: 0';
    frame.src = arguments[0];
    document.body.replaceChildren(frame);
    return null";
/// What reaches beyond its sides; nothing yet while there is no such button.
const OVERFLOW: &str = "const page = document.querySelector('iframe').contentDocument;
    const there = [...page.querySelectorAll('button')].some((it) => it.textContent === arguments[0]);
    const wide = [...page.querySelectorAll('body *')].filter((it) => {
        const { left, right, width } = it.getBoundingClientRect();
        return width > 2 && (left < -1 || right > 321);
    });
    return [there, page.documentElement.scrollWidth, wide.map((it) => it.outerHTML.slice(0, 120))]";

pairs!(nothing_reaches_beyond_a_narrow_page, Light, { chromium: Chromium, firefox: Firefox });

async fn nothing_reaches_beyond_a_narrow_page(scene: &Scene, with: Kind) -> Result<()> {
    // Not the server: it lets no page be put in a frame.
    let host = StaticHost::start(paths::bundle(), "").await?;
    let ana = scene.person(with, "Ana").await?;
    ana.goto(&host.page()).await?;
    for tag in ["en", "zh", "ar"] {
        let say = Dictionary::of(tag)?;
        for (screen, button) in [
            ("", "home-start"),
            ("r/narrow", "green_room-join"),
            ("direct", "direct-create"),
            ("check", "check-run"),
        ] {
            let address = format!("{}?lang={tag}#/{screen}", host.page());
            ana.script::<()>(NARROW, vec![json!(address)]).await?;
            let seen = format!("{screen:?} in {tag}");
            until(&seen, within(20), async || {
                let of = vec![json!(say.get(button))];
                let (there, width, wide): (bool, u32, Vec<String>) =
                    ana.script(OVERFLOW, of).await?;
                ensure!(there, "it is not there yet");
                ensure!(width <= 320 && wide.is_empty(), "{width}: {wide:#?}");
                Ok(())
            })
            .await
            .context(seen)?;
        }
    }
    Ok(())
}
