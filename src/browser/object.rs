//! Plain JavaScript objects: read field by field and made from a list. For those that web-sys has no
//! type for, or too large a one.

use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::JsValue;

/// `undefined` for a field that is not there.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    // Throws for what is no object.
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// An empty text for what is none.
pub fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

/// 0 for what is no number.
pub fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap_or_default()
}

pub fn flag(object: &JsValue, name: &str) -> bool {
    get(object, name).is_truthy()
}

pub fn new(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    set(&object, fields);
    object.into()
}

pub fn set(object: &JsValue, fields: &[(&str, JsValue)]) {
    for (name, value) in fields {
        // Fails for frozen objects alone.
        let _ = Reflect::set(object, &(*name).into(), value);
    }
}

/// As text, for people to read and pass on.
pub fn to_json(value: &JsValue) -> String {
    // Throws for what goes round in circles.
    let text = JSON::stringify_with_replacer_and_space(value, &JsValue::NULL, &2.into());
    text.map(String::from).unwrap_or_default()
}
