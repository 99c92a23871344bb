//! How much an encoder may make of what it is given, without negotiation (`setParameters`).

use super::{object, wait::unheard};
use duologue_core::policy::{Codec, Picture};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{RtcRtpParameters, RtcRtpSender};

/// At most so many bits of sound a second.
pub(super) fn limit(sender: &RtcRtpSender, bits: u32) {
    let parameters = sender.get_parameters();
    let wishes = [("maxBitrate", Some(bits.into()))];
    ask(sender, &parameters, &wishes, false);
}

/// A picture as it is to be sent. `keeps`: what is kept when not everything fits.
pub(super) fn tune(
    sender: &RtcRtpSender,
    picture: Picture,
    codec: Option<Codec>,
    keeps: Option<&str>,
) {
    let parameters = sender.get_parameters();
    let mut changed = false;
    if let Some(keeps) = keeps {
        changed = set(&parameters, "degradationPreference", Some(keeps.into()));
    }
    let wishes = [
        ("active", Some(picture.sent.into())),
        ("maxBitrate", picture.bits.map(JsValue::from)),
        ("scaleResolutionDownBy", Some(picture.shrink.into())),
        ("maxFramerate", picture.frames.map(JsValue::from)),
    ];
    let asked = ask(sender, &parameters, &wishes, changed);
    // By itself: a browser that refuses it refuses everything that is asked together.
    if let Some(codec) = codec.filter(|_| !asked)
        && choose(&parameters, codec)
    {
        unheard(sender.set_parameters_with_parameters(&parameters));
    }
}

/// Whether another codec than before. Browsers that cannot change it in mid-call know no such field;
/// what was not negotiated is not asked for.
fn choose(parameters: &RtcRtpParameters, codec: Codec) -> bool {
    let is_it = |it: &JsValue| {
        let name = object::text(it, "mimeType");
        name.eq_ignore_ascii_case(codec.mime_type())
    };
    let negotiated: Array = object::get(parameters, "codecs").unchecked_into();
    let Some(codec) = Array::from(&negotiated).iter().find(is_it) else {
        return false;
    };
    let mut changed = false;
    for encoding in parameters.get_encodings().iter().flat_map(Array::iter) {
        let now = object::get(&encoding, "codec");
        if !is_it(&now) {
            changed |= set(&encoding, "codec", Some(codec.clone()));
        }
    }
    changed
}

/// Nothing is asked for that is so already.
fn ask(
    sender: &RtcRtpSender,
    parameters: &RtcRtpParameters,
    wishes: &[(&str, Option<JsValue>)],
    mut changed: bool,
) -> bool {
    for encoding in parameters.get_encodings().iter().flat_map(Array::iter) {
        for (name, value) in wishes {
            changed |= set(&encoding, name, value.clone());
        }
    }
    if changed {
        unheard(sender.set_parameters_with_parameters(parameters));
    }
    changed
}

/// Whether that is another value than before.
fn set(object: &JsValue, name: &str, value: Option<JsValue>) -> bool {
    let before = Some(object::get(object, name)).filter(|it| !it.is_undefined());
    if before == value {
        return false;
    }
    // Both fail for frozen objects alone.
    let _ = match value {
        Some(value) => Reflect::set(object, &name.into(), &value),
        // Present but undefined is not absent to every browser.
        None => Reflect::delete_property(object.unchecked_ref::<Object>(), &name.into()),
    };
    true
}
