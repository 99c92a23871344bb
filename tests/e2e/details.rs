//! The panel with figures: they come, they are plausible, and they can be handed on.

use crate::{steps::*, *};
use anyhow::{Context, ensure};
use duologue_e2e::{Scene, server::Server, until, within};
use serde_json::Value;

pairs!(figures_are_plausible_and_can_be_handed_on, Light, {
    chromium: (Chromium, Chromium),
    firefox: (Firefox, Firefox),
    mixed: (Chromium, Firefox),
});

/// Keeps what the page writes to the clipboard; a browser without a person has none to read.
const KEEP_COPY: &str =
    "navigator.clipboard.writeText = async (text) => { window.copied = text }; return null";
/// The graphs' lines, and how large the other's picture really is.
const GRAPHS: &str = "return [...document.querySelectorAll('.graph polyline')] \
    .map((line) => line.getAttribute('points').trim().split(' ').length / 2)";
const SIZE: &str = "const video = document.querySelector('[data-peer]:not([data-peer=self]) video'); \
    return [video.videoWidth, video.videoHeight]";

async fn figures_are_plausible_and_can_be_handed_on(
    scene: &Scene,
    with: (Kind, Kind),
) -> Result<()> {
    let server = Server::start().await?;
    let (ana, _ben, _) = call_of_two(scene, &server, with).await?;

    ana.press("Connection details").await?;
    ana.becomes_pressed("Connection details", true).await?;
    ana.script::<()>(KEEP_COPY, vec![]).await?;
    until("graphs of two seconds", within(20), async || {
        let points: Vec<f64> = ana.script(GRAPHS, vec![]).await?;
        ensure!(
            points.len() == 3 && points.iter().all(|it| *it >= 2.0),
            "{points:?}"
        );
        Ok(())
    })
    .await?;

    // A picture may change its size between the copy and the look.
    let report = until(
        "figures that agree with the picture",
        within(30),
        async || {
            ana.press("Copy as JSON").await?;
            let text: Option<String> = ana.script("return window.copied ?? null", vec![]).await?;
            let report: Value = serde_json::from_str(&text.context("nothing was copied")?)?;
            let size: [f64; 2] = ana.script(SIZE, vec![]).await?;
            let picture = &report["people"][0]["received"]["picture"];
            let told = [&picture["width"], &picture["height"]].map(|it| it.as_f64().unwrap_or(0.0));
            ensure!(told == size, "{size:?} is shown, {report} is told");
            for (stream, what) in [
                ("picture", "bits_per_second"),
                ("picture", "frames_per_second"),
                ("sound", "bits_per_second"),
            ] {
                for way in ["received", "sent"] {
                    let value = report["people"][0][way][stream][what].as_f64();
                    ensure!(
                        value.is_some_and(|it| it > 0.0),
                        "{way} {stream} {what}: {report}"
                    );
                }
            }
            Ok(report)
        },
    )
    .await?;
    let person = &report["people"][0];
    // A browser that was knocked at before it knew of the address calls the path reflexive.
    let is_direct = person["path"] == "host" || person["path"] == "srflx";
    ensure!(
        person["name"] == "Ben" && is_direct && person["state"] == "connected",
        "{person}"
    );
    let codec = person["received"]["picture"]["codec"].as_str();
    ensure!(
        codec.is_some_and(|it| ["VP8", "VP9", "AV1", "H264"].contains(&it)),
        "{codec:?} is no codec"
    );
    ensure!(person["received"]["sound"]["codec"] == "opus", "{person}");
    for cipher in ["dtls_cipher", "srtp_cipher"] {
        let name = person[cipher].as_str();
        // Older Firefoxes (140) know neither.
        let untold = with.0 == Firefox && name == Some("");
        ensure!(
            untold || name.is_some_and(|it| it.contains("AES")),
            "{cipher}: {name:?}"
        );
    }
    let lost = person["received"]["picture"]["lost_percent"].as_f64();
    ensure!(
        lost.is_some_and(|it| (0.0..=100.0).contains(&it)),
        "{lost:?} % lost"
    );

    ana.press("Connection details").await?;
    ana.becomes_pressed("Connection details", false).await?;
    let graphs: Vec<f64> = ana.script(GRAPHS, vec![]).await?;
    ensure!(graphs.is_empty(), "a closed panel draws on");
    Ok(())
}
