//! A lock that one tab has at a time; gone with the tab, however it ends.

use js_sys::{Function, Object, Promise, Reflect};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// Dropping it lets the next one in.
#[must_use]
pub struct Lock {
    release: Function,
}

impl Lock {
    /// Nothing while another tab has it. Where a browser has no locks, whoever asks gets one: the
    /// file handles beneath are for one tab at a time too.
    pub async fn take(name: &str) -> Option<Lock> {
        let release = Rc::new(RefCell::new(None));
        let keep = Rc::clone(&release);
        let held = Promise::new(&mut |resolve, _| {
            keep.replace(Some(resolve));
        });
        let release = Lock {
            release: release.take()?,
        };
        let Some(request) = request() else {
            return Some(release);
        };
        let options = Object::new();
        let _ = Reflect::set(&options, &"ifAvailable".into(), &true.into());
        // Answers as soon as it is known whether there is one; the browser waits for `held`.
        let mut answer = None;
        let known = Promise::new(&mut |resolve, _| answer = Some(resolve));
        let answer = answer?;
        let granted = Closure::once_into_js(move |lock: JsValue| {
            let _ = answer.call1(&JsValue::NULL, &lock);
            held
        });
        request(name, &options, &granted);
        let lock = JsFuture::from(known).await.ok()?;
        (!lock.is_null()).then_some(release)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

fn request() -> Option<impl Fn(&str, &Object, &JsValue)> {
    let navigator = super::scope().navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into())
        .ok()?
        .dyn_into()
        .ok()?;
    Some(move |name: &str, options: &Object, granted: &JsValue| {
        let _ = request.call3(&locks, &name.into(), options, granted);
    })
}
