//! What a browser API answers when it does not do what was asked, sorted by DOMException name. Names
//! only: a message may carry an address or a piece of SDP.

use wasm_bindgen::{JsCast, JsValue};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrowserError {
    /// The person or the system said no, or a gesture is needed first.
    NotAllowed,
    /// There is no such device.
    NotFound,
    /// The device is there, but another program holds it.
    NotReadable,
    /// No device fits what was asked for.
    Overconstrained,
    /// Not in this context (neither https nor localhost).
    Security,
    /// Not in this state; the thing may be closed.
    InvalidState,
    Operation,
    /// A value that makes no sense to the browser (a `TypeError`, or a syntax that it cannot read).
    Type,
    /// Called off, by the page itself or by the person.
    Abort,
    /// This browser has no such API.
    Missing,
    Other(String),
}

impl BrowserError {
    fn from_name(name: &str) -> BrowserError {
        match name {
            "NotAllowedError" | "PermissionDeniedError" => BrowserError::NotAllowed,
            "NotFoundError" => BrowserError::NotFound,
            "NotReadableError" => BrowserError::NotReadable,
            "OverconstrainedError" => BrowserError::Overconstrained,
            "SecurityError" => BrowserError::Security,
            "InvalidStateError" => BrowserError::InvalidState,
            "OperationError" => BrowserError::Operation,
            "TypeError" | "SyntaxError" | "InvalidAccessError" => BrowserError::Type,
            "AbortError" => BrowserError::Abort,
            "NotSupportedError" => BrowserError::Missing,
            other => BrowserError::Other(other.to_owned()),
        }
    }
}

impl From<JsValue> for BrowserError {
    fn from(value: JsValue) -> Self {
        // A DOMException and an OverconstrainedError are not `Error`s everywhere, yet all have a name.
        match value.dyn_ref::<js_sys::Object>() {
            Some(_) => {
                Self::from_name(&String::from(value.unchecked_ref::<js_sys::Error>().name()))
            }
            None => BrowserError::Other(value.as_string().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_sorts_an_error_and_an_unknown_name_is_kept() {
        assert_eq!(
            BrowserError::from_name("NotReadableError"),
            BrowserError::NotReadable
        );
        assert_eq!(
            BrowserError::from_name("NewError"),
            BrowserError::Other("NewError".to_owned())
        );
    }
}
