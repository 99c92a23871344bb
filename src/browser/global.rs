//! `window.NAME`: a read-only object for support and outside checks, there as long as its guard.

use super::{BrowserError, page};
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsValue, closure::Closure};

type Answer = Closure<dyn Fn() -> JsValue>;

#[must_use = "dropping it takes the object away"]
pub struct Global {
    name: &'static str,
    _peers: Answer,
    _marks: Answer,
}

impl Global {
    /// `{ version, peers(), marks }`, the last one read anew each time.
    pub fn install(
        name: &'static str,
        version: &str,
        peers: impl Fn() -> JsValue + 'static,
        marks: impl Fn() -> JsValue + 'static,
    ) -> Result<Global, BrowserError> {
        let window = page::window().ok_or(BrowserError::Missing)?;
        let (peers, marks) = (Answer::new(peers), Answer::new(marks));
        let object = Object::new();
        Reflect::set(&object, &"version".into(), &version.into())?;
        Reflect::set(&object, &"peers".into(), peers.as_ref())?;
        let getter = Object::new();
        Reflect::set(&getter, &"get".into(), marks.as_ref())?;
        Reflect::set(&getter, &"enumerable".into(), &true.into())?;
        Reflect::define_property(&object, &"marks".into(), &getter)?;
        let property = Object::new();
        Reflect::set(&property, &"value".into(), &Object::freeze(&object))?;
        Reflect::set(&property, &"configurable".into(), &true.into())?;
        Reflect::define_property(&window, &name.into(), &property)?;
        Ok(Global {
            name,
            _peers: peers,
            _marks: marks,
        })
    }
}

impl Drop for Global {
    fn drop(&mut self) {
        if let Some(window) = page::window() {
            let _ = Reflect::delete_property(&window, &self.name.into());
        }
    }
}
