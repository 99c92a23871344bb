//! Who came and who went, said once and gone again after a few seconds.

use crate::{parts::tile::called, session::Tile, words::words};
use leptos::prelude::*;
use std::time::Duration;

const SHOWN_FOR: Duration = Duration::from_secs(5);

type Known = Vec<(String, String)>;

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
            .map(|tile| (tile.id.get_value(), tile.name.get()))
            .collect();
        if let Some(text) = before.and_then(|before| difference(&before, &now)) {
            news.set(Some(text));
            stop();
            timer.set_value(set_timeout_with_handle(move || news.set(None), SHOWN_FOR).ok());
        }
        now
    });
    view! { <p class="news" role="status">{news}</p> }
}

/// The first who is there now and was not, else the first who was and is not.
fn difference(before: &Known, now: &Known) -> Option<String> {
    let missing = |from: &Known, in_: &Known| {
        let found = from
            .iter()
            .find(|(id, _)| in_.iter().all(|(other, _)| other != id));
        found.map(|(_, name)| called(name))
    };
    let call = &words().call;
    let came = missing(now, before).map(|name| (call.joined)(&name));
    came.or_else(|| missing(before, now).map(|name| (call.left)(&name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comings_and_goings_are_told_by_name() {
        let people = |list: &[(&str, &str)]| -> Known {
            list.iter()
                .map(|(id, name)| (id.to_string(), name.to_string()))
                .collect()
        };
        let (ana, both) = (people(&[("1", "Ana")]), people(&[("1", "Ana"), ("2", "")]));
        assert_eq!(difference(&ana, &both).as_deref(), Some("Guest joined"));
        assert_eq!(difference(&both, &ana).as_deref(), Some("Guest left"));
        assert_eq!(difference(&ana, &people(&[("1", "Anna")])), None);
    }
}
