//! How much an encoder may make of what it is given, without negotiation (`setParameters`).

use super::{object, wait::unheard};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RtcRtpSender;

/// At most so many bits a second, `None` for no limit of ours; the picture at a fraction of its width
/// and height, where one is given. Nothing is asked for that is so already.
pub(super) fn limit(sender: &RtcRtpSender, bits: Option<u32>, shrink: Option<f32>) {
    let parameters = sender.get_parameters();
    let mut changed = false;
    for encoding in parameters.get_encodings().iter().flat_map(Array::iter) {
        changed |= set(&encoding, "maxBitrate", bits.map(f64::from));
        if shrink.is_some() {
            changed |= set(&encoding, "scaleResolutionDownBy", shrink.map(f64::from));
        }
    }
    if changed {
        unheard(sender.set_parameters_with_parameters(&parameters));
    }
}

/// Whether that is another value than before.
fn set(encoding: &JsValue, name: &str, value: Option<f64>) -> bool {
    if object::get(encoding, name).as_f64() == value {
        return false;
    }
    // Both fail for frozen objects alone.
    let _ = match value {
        Some(value) => Reflect::set(encoding, &name.into(), &value.into()),
        // Present but undefined is not absent to every browser.
        None => Reflect::delete_property(encoding.unchecked_ref::<Object>(), &name.into()),
    };
    true
}
