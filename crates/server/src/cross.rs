//! Pages of other origins that may use this server: what browsers want to hear before they let such a page
//! ask, and read the answer. Who may at all is `origin`'s affair.

use crate::origin::Origins;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// A pass travels in one, and that is not among those that any page may send.
const HEADERS: HeaderValue = HeaderValue::from_static("authorization");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
/// Seconds for which a browser need not ask again.
const KEPT: HeaderValue = HeaderValue::from_static("600");
/// What an answer depends on.
const BY: HeaderValue = HeaderValue::from_static("origin, sec-fetch-site");

/// May that page ask? Asked by browsers before anything that a form could not do.
pub(crate) fn preflight(origins: &Origins, headers: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if origins.accept(headers) {
        let said = response.headers_mut();
        said.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        said.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        said.insert(header::ACCESS_CONTROL_MAX_AGE, KEPT);
    }
    readable(response, origins, headers)
}

/// The same answer, to be read by pages that may use this server.
pub(crate) fn readable(mut response: Response, origins: &Origins, asked: &HeaderMap) -> Response {
    let said = response.headers_mut();
    let page = asked.get(header::ORIGIN).filter(|_| origins.accept(asked));
    if let Some(page) = page {
        said.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, page.clone());
    }
    said.insert(header::VARY, BY);
    response
}
