//! Making sure who it is: two people see the same code, pages know each other in the next call, whoever was
//! forgotten is told apart; and somebody between two people makes their codes differ.

use crate::{steps::*, *};
use anyhow::{Context, bail, ensure};
use duologue_e2e::{
    Scene,
    between::{Between, tapped},
    hostile::Hostile,
    server::Server,
    until, within,
};

/// What two pages say to each other, with the rest of the page fetched before if need be.
const SAYING: std::time::Duration = within(40);

/// The words on the screen, once they are there.
async fn code_of(person: &Person) -> Result<String> {
    let what = format!("a code on {}'s page", person.label);
    until(&what, SAYING, async || {
        let shown =
            "return document.querySelector('dialog[open] [data-sas]')?.textContent.trim() ?? null";
        let code: Option<String> = person.script(shown, vec![]).await?;
        let code = code.context("there is none")?;
        let words: Vec<&str> = code.split(' ').collect();
        ensure!(
            words.len() == 3 && words.iter().all(|it| !it.is_empty()),
            "{code:?}"
        );
        Ok(code)
    })
    .await
}

/// The same as a number, which is the same in every language.
async fn number_of(person: &Person) -> Result<String> {
    let shown = "return document.querySelector('dialog[open] .code-digits')?.textContent ?? ''";
    person.script(shown, vec![]).await
}

async fn compare(one: &Person, other: &Person) -> Result<(String, String)> {
    for (person, whom) in [(one, other), (other, one)] {
        person.press(&format!("Verify {}", whom.label)).await?;
        person.find("dialog", "Compare this code").await?;
    }
    Ok((code_of(one).await?, code_of(other).await?))
}

async fn both_say_that_they_match(one: &Person, other: &Person) -> Result<()> {
    for (person, whom) in [(one, other), (other, one)] {
        person.press("They match").await?;
        person
            .is_told(&["you compared the code", &whom.label])
            .await?;
    }
    // What each keeps, the other has to have kept too.
    for (person, whom) in [(one, other), (other, one)] {
        let what = format!("{} to keep {}", person.label, whom.label);
        until(&what, SAYING, async || {
            let kept = "return JSON.parse(localStorage.getItem('duologue.known') ?? '[]').filter(it => it.mine).length";
            let kept: u32 = person.script(kept, vec![]).await?;
            ensure!(kept > 0, "nobody is kept");
            Ok(())
        })
        .await?;
        person.press("Close").await?;
    }
    Ok(())
}

/// What a tile says, name and all.
async fn tile_says(person: &Person, whom: &Person, words: &str) -> Result<()> {
    let what = format!("{}'s tile of {} to say {words:?}", person.label, whom.label);
    until(&what, SAYING, async || {
        let text = "return byRole('group', arguments[0])[0]?.textContent ?? ''";
        let text: String = person.roles(text, &whom.label).await?;
        ensure!(text.contains(words), "it says {text:?}");
        Ok(())
    })
    .await
}

/// Another call of the two, in a new room; its address.
async fn next_call(one: &Person, other: &Person, page: &str) -> Result<String> {
    for person in [one, other] {
        person.press("Leave call").await?;
        person.is_told(&["you left the call"]).await?;
    }
    let room = start_call(one, page).await?;
    enter(one).await?;
    join(other, &room).await?;
    all_connected(&[one, other]).await?;
    Ok(room)
}

async fn forget_me(person: &Person) -> Result<()> {
    person.press("More options").await?;
    person.press("Forget me").await?;
    person.press("Forget all of it").await?;
    person.is_told(&["forgotten"]).await?;
    person.press("Close").await
}

pairs!(two_people_compare_a_code_and_know_each_other_in_the_next_call, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    mixed: (Chromium, Firefox),
});

async fn two_people_compare_a_code_and_know_each_other_in_the_next_call(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let server = Server::start().await?;
    let (ana, ben, _) = call_of_two(scene, &server, with).await?;
    let (hers, his) = compare(&ana, &ben).await?;
    ensure!(hers == his, "{hers:?} and {his:?}");
    let (hers, his) = (number_of(&ana).await?, number_of(&ben).await?);
    ensure!(hers == his && hers.len() == 8, "{hers:?} and {his:?}");
    both_say_that_they_match(&ana, &ben).await?;
    tile_says(&ana, &ben, "You compared the code").await?;
    tile_says(&ben, &ana, "You compared the code").await?;

    next_call(&ana, &ben, &server.page()).await?;
    tile_says(&ana, &ben, "Same person as last time").await?;
    tile_says(&ben, &ana, "Same person as last time").await?;

    // One wants to be forgotten: the other is told, plainly and unasked.
    forget_me(&ben).await?;
    next_call(&ana, &ben, &server.page()).await?;
    ana.is_told(&["not the device", "ben"]).await?;
    let text = "return byRole('group', arguments[0])[0]?.textContent ?? ''";
    let text: String = ben.roles(text, "Ana").await?;
    ensure!(!text.contains("Same person"), "Ben knows nobody: {text:?}");
    ana.press("Compare the code").await?;
    let hers = code_of(&ana).await?;
    ben.press("Verify Ana").await?;
    ensure!(hers == code_of(&ben).await?, "the codes differ");
    Ok(())
}

pairs!(whoever_finds_that_codes_differ_is_not_connected_any_more, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
});

async fn whoever_finds_that_codes_differ_is_not_connected_any_more(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let server = Server::start().await?;
    let (ana, ben, _) = call_of_two(scene, &server, with).await?;
    ana.press("Verify Ben").await?;
    code_of(&ana).await?;
    ana.press("They differ").await?;
    ana.is_told(&["codes differ", "ben"]).await?;
    for (person, whom) in [(&ana, "Ben"), (&ben, "Ana")] {
        let what = format!("no {whom} on {}'s page", person.label);
        until(&what, within(20), async || {
            let connected = person
                .tile(whom)
                .await
                .is_ok_and(|it| it.state == "connected");
            ensure!(!connected, "still there");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

pairs!(somebody_between_two_people_shows_each_another_code, Heavy, {
    chromium: (Chromium, Chromium),
    mixed: (Chromium, Firefox),
});

/// First in peace, so that they know each other; then with somebody between them.
async fn somebody_between_two_people_shows_each_another_code(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let (mischief, tap, mut letters) = tapped();
    let hostile = Hostile::start(mischief).await?;
    let ana = scene.person(with.0, "Ana").await?;
    let ben = scene.person(with.1, "Ben").await?;
    let room = start_call(&ana, &hostile.page()).await?;
    enter(&ana).await?;
    join(&ben, &room).await?;
    all_connected(&[&ana, &ben]).await?;
    let (hers, his) = compare(&ana, &ben).await?;
    ensure!(hers == his, "{hers:?} and {his:?}");
    both_say_that_they_match(&ana, &ben).await?;

    let mallory = scene.person(Chromium, "Mallory").await?;
    mallory.goto(&hostile.page()).await?;
    for person in [&ana, &ben] {
        person.press("Leave call").await?;
        person.is_told(&["you left the call"]).await?;
    }
    let room = start_call(&ana, &hostile.page()).await?;
    enter(&ana).await?;
    tap.open();
    let between = Between::new(&hostile, &mallory, &room)?;
    let calls = async {
        join(&ben, &room).await?;
        // To both it looks like any other call.
        all_connected(&[&ana, &ben]).await?;
        // And yet their pages notice, unasked.
        ana.is_told(&["not the device", "ben"]).await?;
        ben.is_told(&["not the device", "ana"]).await?;
        let (hers, his) = compare(&ana, &ben).await?;
        ensure!(hers != his, "both see {hers:?}");
        ana.press("They differ").await?;
        ana.is_told(&["codes differ", "ben"]).await?;
        until("no Ben on Ana's page", within(10), async || {
            ensure!(ana.tile("Ben").await.is_err(), "he is still there");
            Ok(())
        })
        .await?;
        Ok::<(), anyhow::Error>(())
    };
    tokio::select! {
        over = calls => over,
        broken = between.stand(&mut letters) => {
            broken.context("whoever is between them")?;
            bail!("nobody is between them any more")
        }
    }
}
