//! Who came, who went and who raised a hand, said once and gone again after a few seconds; and, for
//! ears alone, who shows what.

use crate::{
    parts::{lean::text, tile::called},
    session::Tile,
    words::words,
};
use leptos::prelude::*;
use std::time::Duration;

const SHOWN_FOR: Duration = Duration::from_secs(5);

/// Id, name, whether the hand is up.
type Known = Vec<(String, String, bool)>;

#[component]
pub fn News(tiles: RwSignal<Vec<Tile>>) -> impl IntoView {
    let news = RwSignal::new(None::<String>);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop);
    Effect::new(move |before: Option<Known>| {
        let now: Known = tiles
            .get()
            .iter()
            .map(|tile| {
                (
                    tile.id.get_value(),
                    tile.name.get(),
                    tile.signs.hand.get() > 0,
                )
            })
            .collect();
        if let Some(text) = before.and_then(|before| difference(&before, &now)) {
            news.set(Some(text));
            stop();
            timer.set_value(set_timeout_with_handle(move || news.set(None), SHOWN_FOR).ok());
        }
        now
    });
    // The emoji themselves are pictures.
    let shown = text(move || {
        let tiles = tiles.get();
        let newest = tiles.iter().filter_map(|tile| {
            let newest = tile.signs.reactions.with(|it| it.last().copied());
            newest.map(|(_, reaction)| {
                let words = &words().signs;
                words.reacted(&called(&tile.name.get()), words.reaction(reaction))
            })
        });
        words().common.list(&newest.collect::<Vec<_>>())
    });
    view! {
        <p class="news" role="status">{news}</p>
        <p class="unseen" role="status">{shown}</p>
    }
}

/// The first who is there now and was not, else the first who was and is not, else the first whose
/// hand went up.
fn difference(before: &Known, now: &Known) -> Option<String> {
    let missing = |from: &Known, in_: &Known| {
        let found = from
            .iter()
            .find(|(id, ..)| in_.iter().all(|(other, ..)| other != id));
        found.map(|(_, name, _)| called(name))
    };
    let raised = || {
        let was_up = |id| before.iter().any(|(it, _, up)| it == id && *up);
        let found = now.iter().find(|(id, _, up)| *up && !was_up(id));
        found.map(|(_, name, _)| words().signs.raised(&called(name)))
    };
    let call = &words().call;
    let came = missing(now, before).map(|name| call.joined(&name));
    came.or_else(|| missing(before, now).map(|name| call.left(&name)))
        .or_else(raised)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comings_and_goings_are_told_by_name() {
        let people = |list: &[(&str, &str)]| -> Known {
            list.iter()
                .map(|(id, name)| (id.to_string(), name.to_string(), false))
                .collect()
        };
        let mut raised = people(&[("1", "Ana"), ("2", "")]);
        raised[1].2 = true;
        let (ana, both) = (people(&[("1", "Ana")]), people(&[("1", "Ana"), ("2", "")]));
        assert_eq!(difference(&ana, &both).as_deref(), Some("Guest joined"));
        assert_eq!(difference(&both, &ana).as_deref(), Some("Guest left"));
        assert_eq!(difference(&ana, &people(&[("1", "Anna")])), None);
        let told = difference(&both, &raised);
        assert_eq!(told.as_deref(), Some("Guest raised a hand"));
        assert_eq!(difference(&raised, &raised), None);
        assert_eq!(difference(&raised, &both), None);
    }
}
