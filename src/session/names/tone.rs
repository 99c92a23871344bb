//! What is heard and seen of a ring outside of the page: a tone, and a notice of the system while the
//! tab is hidden.

use crate::{
    browser::{notification::Notice, page, sound::Sound},
    session::chime,
    words::words,
};
use wasm_bindgen_futures::spawn_local;

#[derive(Default)]
pub struct Tone {
    ringing: Option<Ringing>,
}

struct Ringing {
    name: String,
    _sound: Option<Sound>,
    _notice: Option<Notice>,
}

impl Tone {
    /// Rings for that person, or stops.
    pub fn ring_for(&mut self, name: Option<&str>) {
        if self.ringing.as_ref().map(|it| it.name.as_str()) == name {
            return;
        }
        self.ringing = name.map(|name| Ringing {
            name: name.to_owned(),
            _sound: sound(),
            _notice: notice(name),
        });
    }
}

/// A browser that has not been touched yet plays nothing; the dialog is there all the same.
fn sound() -> Option<Sound> {
    let sound = Sound::new(&chime::ring(), || {}).ok()?.repeats();
    let played = sound.play("");
    spawn_local(async move {
        let _ = played.await;
    });
    Some(sound)
}

fn notice(name: &str) -> Option<Notice> {
    let hidden = page::is_hidden();
    hidden.then(|| Notice::show(&words().names.incoming_from(name), "duologue-ring"))?
}
