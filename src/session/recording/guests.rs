//! Who is in a recording at this moment, and with what: oneself, and everybody who has been told.

use super::{studio::Studio, take::Guest};
use crate::{
    browser::media::Stream,
    session::{ShareState, Tile},
    words::words,
};
use leptos::prelude::*;

const SELF: &str = "self";

impl Studio {
    pub(super) fn find_guests(&self) -> Option<Vec<Guest>> {
        let mut guests = vec![self.myself()?];
        let share = self.call.share;
        if matches!(share.state.try_get_untracked()?, ShareState::On { .. }) {
            let mut sound = None;
            share.with_capture(|capture, _| {
                sound = capture.sound.as_ref().map(|it| Stream::of(&[it]));
            });
            guests.push(Guest {
                key: screen_of(SELF),
                whose: SELF.to_owned(),
                name: words().share.own.to_owned(),
                screen: true,
                picture: share.picture.try_get_untracked()?,
                sound,
            });
        }
        for tile in self.tiles()? {
            // Who does not know is not recorded.
            if tile.told.try_get_untracked()? {
                guests.extend(of_tile(&tile)?);
            }
        }
        Some(guests)
    }

    fn myself(&self) -> Option<Guest> {
        let local = self.call.local;
        let mut sound = None;
        local.with_tracks(|microphone, _| sound = microphone.map(|it| Stream::of(&[it])));
        Some(Guest {
            key: SELF.to_owned(),
            whose: SELF.to_owned(),
            name: called(self.call.my_name.try_get_untracked()?),
            screen: false,
            picture: local.preview.try_get_untracked()?,
            sound,
        })
    }

    pub(super) fn name_of_call(&self) -> String {
        let guests = self.guests.borrow();
        let others = self.tiles().unwrap_or_default();
        let names: Vec<String> = others
            .iter()
            .filter_map(|tile| tile.name.try_get_untracked().map(called))
            .collect();
        match (names.is_empty(), guests.first()) {
            (true, Some(me)) => words().recording.named_alone(&me.name),
            _ => words().recording.named(&words().common.list_all(&names)),
        }
    }
}

/// Somebody, and the screen that they show.
fn of_tile(tile: &Tile) -> Option<Vec<Guest>> {
    let id = tile.id.try_get_value()?;
    let name = called(tile.name.try_get_untracked()?);
    let stream = tile.stream.try_get_untracked()?;
    let mut guests = vec![Guest {
        key: id.clone(),
        whose: id.clone(),
        name: name.clone(),
        screen: false,
        picture: stream.clone().filter(|_| tile.camera.get_untracked()),
        sound: stream,
    }];
    if let Some(screen) = tile.screen.try_get_untracked()? {
        let stream = tile.screen_stream.try_get_untracked()?;
        guests.push(Guest {
            key: screen_of(&id),
            whose: id,
            name: words().share.screen_of(&name),
            screen: true,
            sound: stream.clone().filter(|_| screen.sound),
            picture: stream,
        });
    }
    Some(guests)
}

pub fn keep(tile: &Tile, screen: bool, size: (f64, f64)) {
    let viewers = if screen {
        tile.screen_viewers
    } else {
        tile.viewers
    };
    viewers.try_with_value(|viewers| viewers.keep(size));
}

pub fn screen_of(key: &str) -> String {
    [key, "/screen"].concat()
}

fn called(name: String) -> String {
    match name.is_empty() {
        true => words().call.guest.to_owned(),
        false => name,
    }
}
