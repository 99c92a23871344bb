//! Which language the page begins in, and that it is kept when somebody chooses another one. English
//! begins at once; for another one its words are fetched first, along with the rest of the page, since
//! that has the code that reads them.

use super::{means, rest, taste};
use crate::{
    browser::{clock, file, page},
    words::{self, LANGUAGES, Language},
};
use wasm_bindgen_futures::spawn_local;

const KEPT: &str = "duologue.language";
/// After that the page begins in English.
const PATIENCE_MS: u64 = 8_000;

/// Calls `show` when the page can speak: by the address, by what was chosen before, by what the browser
/// says of its person, or English.
pub fn begin(show: impl FnOnce() + 'static) {
    let preset = means::presets().lang.into_iter();
    let mut asked: Vec<String> = preset.chain(taste::kept(KEPT)).collect();
    asked.extend(page::languages());
    let language = words::choose(&asked);
    if *language == LANGUAGES[0] {
        return show();
    }
    spawn_local(learn(language, Box::new(show)));
}

/// From the next time that the page is opened.
pub fn keep(tag: &str) {
    taste::keep(KEPT, tag);
}

async fn learn(language: &'static Language, show: Box<dyn FnOnce()>) {
    let coming = file::text(&words::file_of(language));
    let told = clock::within(PATIENCE_MS, async {
        rest::fetch().await;
        coming.await
    });
    if let Some(file) = told.await.flatten()
        && words::speak(language, &file)
    {
        page::set_language(language.tag, language.rtl);
    }
    show();
}
