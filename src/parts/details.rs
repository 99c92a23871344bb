//! The panel with figures: how the connection to each person fares, and has fared for two minutes.

use crate::{
    parts::{
        button::Button,
        icon::FIGURES,
        lean::{memo, part, press, text},
        panel::{Panel, PanelKind, PanelToggle, Panels},
        tile::called,
    },
    session::{Call, Moment, Point, Rate, Tile},
    words::words,
};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen_futures::spawn_local;

/// A graph, in the units of its drawing; it is stretched to the width there is.
const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 32.0;
const COPIED_FOR: Duration = Duration::from_millis(2_500);

#[component]
pub fn DetailsToggle(panels: Panels) -> impl IntoView {
    let label = words().details.title;
    view! { <PanelToggle panels=panels kind=PanelKind::Details label=label glyph=FIGURES /> }
}

#[component]
pub fn DetailsPanel(call: Call, panels: Panels) -> impl IntoView {
    let words = &words().details;
    view! {
        <Panel panels=panels kind=PanelKind::Details title=words.title>
            <div class="details">
                {part(move || {
                    let nobody = call.tiles.with(Vec::is_empty);
                    nobody.then(|| view! { <p class="soft">{words.nobody}</p> }.into_any())
                })}
                <For each=move || call.tiles.get() key=|tile| tile.id.get_value() let:tile>
                    <Person tile=tile />
                </For>
                <CopyReport call=call />
            </div>
        </Panel>
    }
}

#[component]
fn Person(tile: Tile) -> impl IntoView {
    let words = &words().details;
    let name = Signal::derive(move || called(&tile.name.get()));
    let now = memo(move || tile.figures.with(|figures| figures.now.clone()));
    let rows = part(move || Some(now.with(rows)));
    view! {
        <section class="figures" aria-label=name>
            <h3>{text(move || name.get())}</h3>
            <Graph tile=tile label=words.received unit=bits pick=|it| it.bits_per_second />
            <Graph tile=tile label=words.round_trip unit=milliseconds pick=|it| it.rtt_ms />
            <Graph tile=tile label=words.lost unit=per_cent pick=|it| it.lost />
            <dl>{rows}</dl>
        </section>
    }
    .into_any()
}

/// What was so in the last two minutes; the figure beside it is what is so now.
#[component]
fn Graph(
    tile: Tile,
    label: &'static str,
    unit: fn(f64) -> String,
    pick: fn(&Point) -> f64,
) -> impl IntoView {
    let line = text(move || {
        tile.figures
            .with(|figures| figures.graph(pick, WIDTH, HEIGHT))
    });
    let now = text(move || {
        tile.figures.with(|figures| {
            figures
                .points
                .back()
                .map_or_else(String::new, |it| unit(pick(it)))
        })
    });
    let most = text(move || {
        tile.figures
            .with(|figures| words().details.most(&unit(figures.most(pick))))
    });
    view! {
        <div class="graph">
            <p class="graph-label">{label} <b dir="auto">{now}</b> <span>{most}</span></p>
            <svg
                viewBox=["0 -1 ", &WIDTH.to_string(), " ", &(HEIGHT + 2.0).to_string()].concat()
                preserveAspectRatio="none"
                aria-hidden="true"
            >
                <polyline points=line />
            </svg>
        </div>
    }
    .into_any()
}

fn rows(now: &Moment) -> AnyView {
    let (common, words) = (&words().common, &words().details);
    let mut rows = vec![(words.path.to_string(), words.path_by(&now.path).to_string())];
    for (stream, rate) in &now.received {
        rows.push((words.incoming(words.stream(*stream)), describe(rate)));
    }
    for (stream, rate) in &now.sent {
        rows.push((words.outgoing(words.stream(*stream)), describe(rate)));
    }
    if !now.srtp_cipher.is_empty() {
        let ciphers = [
            [&now.dtls_cipher, " (DTLS)"].concat(),
            now.srtp_cipher.clone(),
        ];
        rows.push((words.encryption.to_string(), common.list(&ciphers)));
    }
    let row = |(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> };
    rows.into_iter().map(row).collect_view().into_any()
}

/// "1280 × 720, 30/s, VP9, 1.2 Mb/s, 0 % lost, jitter 3 ms": what there is of it.
fn describe(rate: &Rate) -> String {
    let (common, words) = (&words().common, &words().details);
    let mut parts = Vec::new();
    if rate.width > 0.0 {
        parts.push([&rate.width.to_string(), " × ", &rate.height.to_string()].concat());
        parts.push([&rate.frames_per_second.round().to_string(), "/s"].concat());
    }
    parts.push(rate.codec.clone());
    parts.push(bits(rate.bits_per_second));
    parts.push(words.of_lost(&per_cent(rate.lost)));
    parts.push(words.jitter(&milliseconds(rate.jitter_ms)));
    common.list(&parts)
}

fn bits(per_second: f64) -> String {
    if per_second >= 999_500.0 {
        [&tenths(per_second / 1e6), "\u{a0}Mb/s"].concat()
    } else {
        [&(per_second / 1e3).round().to_string(), "\u{a0}kb/s"].concat()
    }
}

fn milliseconds(ms: f64) -> String {
    [&ms.round().to_string(), "\u{a0}ms"].concat()
}

fn per_cent(value: f64) -> String {
    [&tenths(value), "\u{a0}%"].concat()
}

fn tenths(value: f64) -> String {
    ((value * 10.0).round() / 10.0).to_string()
}

#[component]
fn CopyReport(call: Call) -> impl IntoView {
    let words_here = &words().details;
    let copied = RwSignal::new(false);
    let copy = press(move || {
        let copying = call.copy_report();
        spawn_local(async move {
            if copying.await {
                copied.try_set(true);
                set_timeout(move || _ = copied.try_set(false), COPIED_FOR);
            }
        });
    });
    view! {
        <div class="details-copy">
            <Button text=words_here.copy press=copy />
            <p role="status">{part(move || copied.get().then(|| words().common.copied.into_any()))}</p>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number and its unit are not parted by the end of a line.
    fn on_one_line(text: &str) -> String {
        text.replace('\u{a0}', " ")
    }

    #[test]
    fn figures_read_as_people_say_them() {
        for (bits_per_second, text) in [
            (0.0, "0 kb/s"),
            (32_400.0, "32 kb/s"),
            (999_600.0, "1 Mb/s"),
            (2_540_000.0, "2.5 Mb/s"),
        ] {
            assert_eq!(on_one_line(&bits(bits_per_second)), text);
        }
        let picture = Rate {
            codec: "VP9".to_string(),
            bits_per_second: 1_200_000.0,
            frames_per_second: 29.7,
            width: 1280.0,
            height: 720.0,
            lost: 0.26,
            jitter_ms: 3.4,
        };
        assert_eq!(
            on_one_line(&describe(&picture)),
            "1280 × 720, 30/s, VP9, 1.2 Mb/s, 0.3 % lost, jitter 3 ms"
        );
        let sound = Rate {
            codec: "opus".to_string(),
            bits_per_second: 32_000.0,
            ..Rate::default()
        };
        assert_eq!(
            on_one_line(&describe(&sound)),
            "opus, 32 kb/s, 0 % lost, jitter 0 ms"
        );
    }
}
