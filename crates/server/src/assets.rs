//! The page's files, all of them in memory from the start: found by their exact names only, so there
//! is no path to traverse. Gives each its content type, its ETag, how long it may be kept, and the
//! smallest precompressed form that the browser takes.

use crate::headers;
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fs, io, path::Path};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/bundle.rs"));
}

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, but asked about each time: the ETag makes the answer short.
pub(crate) const ASK: HeaderValue = HeaderValue::from_static("no-cache");
/// A bundle is a few MiB. More is a wrong directory, and all of it would be read into memory.
const MAX_TOTAL: u64 = 256 * 1024 * 1024;
const NO_BUNDLE: &str = include_str!("no_bundle.html");

pub struct Assets {
    files: HashMap<String, Asset>,
    policy: HeaderValue,
}

struct Asset {
    content_type: HeaderValue,
    caching: HeaderValue,
    plain: Form,
    brotli: Option<Form>,
    gzip: Option<Form>,
}

/// One way to send a file. Each has an ETag of its own, as RFC 9110 §8.8.3 asks.
struct Form {
    bytes: Bytes,
    etag: HeaderValue,
}

impl Form {
    fn new(bytes: Bytes) -> Self {
        let hash = Sha256::digest(&bytes);
        let hex: String = hash
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let etag = HeaderValue::from_str(&format!("\"{hex}\""))
            .unwrap_or(HeaderValue::from_static("\"\""));
        Form { bytes, etag }
    }
}

impl Assets {
    /// The bundle that was there when the server was built.
    pub fn embedded() -> Self {
        let files = embedded::FILES.iter();
        Assets::of(files.map(|(name, bytes)| (name.to_string(), Bytes::from_static(bytes))))
    }

    /// The files below `directory` as they are now.
    pub fn read(directory: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        let mut left = MAX_TOTAL;
        read_below(directory, "", &mut left, &mut files)?;
        Ok(Assets::of(files))
    }

    pub fn of(files: impl IntoIterator<Item = (String, Bytes)>) -> Self {
        let mut files: HashMap<String, Bytes> = files.into_iter().collect();
        if files.is_empty() {
            files.insert(
                "index.html".into(),
                Bytes::from_static(NO_BUNDLE.as_bytes()),
            );
        }
        let sibling = |name: &str, ending: &str| files.get(&format!("{name}.{ending}")).cloned();
        let is_sibling = |name: &str| {
            let plain = name.strip_suffix(".br").or(name.strip_suffix(".gz"));
            plain.is_some_and(|plain| files.contains_key(plain))
        };
        let assets = files
            .iter()
            .filter(|(name, _)| !is_sibling(name))
            .map(|(name, bytes)| {
                let asset = Asset {
                    content_type: content_type(name),
                    caching: if is_hashed(name) { FOREVER } else { ASK },
                    plain: Form::new(bytes.clone()),
                    brotli: sibling(name, "br").map(Form::new),
                    gzip: sibling(name, "gz").map(Form::new),
                };
                (name.clone(), asset)
            });
        let page = files
            .get("index.html")
            .map(|page| String::from_utf8_lossy(page))
            .unwrap_or_default();
        Assets {
            files: assets.collect(),
            policy: headers::policy(&page),
        }
    }

    pub(crate) fn policy(&self) -> HeaderValue {
        self.policy.clone()
    }

    /// The answer to a GET (of a HEAD the router takes the body away).
    pub(crate) fn answer(&self, path: &str, request: &HeaderMap) -> Response {
        let Some(asset) = self.find(path) else {
            return (
                StatusCode::NOT_FOUND,
                [(header::CACHE_CONTROL, ASK)],
                "not found\n",
            )
                .into_response();
        };
        let (form, encoding) = asset.choose(request);
        let known = is_known(request, &form.etag);
        let mut response = match known {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => form.bytes.clone().into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, form.etag.clone());
        headers.insert(header::CACHE_CONTROL, asset.caching.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if !known {
            headers.insert(header::CONTENT_TYPE, asset.content_type.clone());
            if let Some(encoding) = encoding {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
        }
        response
    }

    fn find(&self, path: &str) -> Option<&Asset> {
        let name = percent_decode_str(path.strip_prefix('/')?)
            .decode_utf8()
            .ok()?;
        if name.is_empty() || name.ends_with('/') {
            return self.files.get(&format!("{name}index.html"));
        }
        self.files.get(&*name)
    }
}

impl Asset {
    fn choose(&self, request: &HeaderMap) -> (&Form, Option<&'static str>) {
        let forms = [(&self.brotli, "br"), (&self.gzip, "gzip")];
        let taken = forms.into_iter().find_map(|(form, name)| {
            let form = form.as_ref().filter(|_| takes(request, name))?;
            Some((form, Some(name)))
        });
        taken.unwrap_or((&self.plain, None))
    }
}

/// `Accept-Encoding` names it, and not only to say no (`;q=0`).
fn takes(request: &HeaderMap, encoding: &str) -> bool {
    let lines = request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|q| q.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(encoding) && weight.is_some_and(|weight| weight > 0.0)
    })
}

fn is_known(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let lines = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok());
    // A proxy that compresses makes our tag a weak one; for a GET weak comparison is the right one.
    let mut tags = lines
        .flat_map(|line| line.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"));
    tags.any(|tag| tag == "*" || etag == tag)
}

/// A hash of the content, as in `page-0123456789abcdef.js` and `page-0123456789abcdef_bg.wasm`. Trunk's
/// is a number in hexadecimal without leading zeros: shorter now and then.
/// Only in the file's own name: the hash in a snippet's directory is not one of its content.
fn is_hashed(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.match_indices('-').any(|(at, _)| {
        let rest = &file[at + 1..];
        let digits = rest
            .bytes()
            .take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            .count();
        let end = &rest[digits..];
        (12..=16).contains(&digits) && [".", "_bg.", "_rest."].iter().any(|it| end.starts_with(it))
    })
}

fn content_type(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" => "audio/ogg",
        "txt" | "ftl" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

fn read_below(
    directory: &Path,
    prefix: &str,
    left: &mut u64,
    files: &mut Vec<(String, Bytes)>,
) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let file_name = entry.file_name();
        // A name that is no text cannot be asked for either.
        let Some(file_name) = file_name.to_str() else {
            continue;
        };
        let name = format!("{prefix}{file_name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            read_below(&entry.path(), &format!("{name}/"), left, files)?;
        } else if kind.is_file() {
            // Links are left out: one could lead out of the directory, or round in a circle.
            let size = entry.metadata()?.len();
            *left = left
                .checked_sub(size)
                .ok_or_else(|| io::Error::other("more than 256 MiB in there"))?;
            files.push((name, fs::read(entry.path())?.into()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_trunks_hash_are_kept_forever() {
        for (name, hashed) in [
            ("duologue-web-0123456789abcdef.js", true),
            ("duologue-web-0123456789abcdef_bg.wasm", true),
            ("duologue-web-0123456789abcdef_rest.wasm", true),
            ("base-fedcba9876543210.css", true),
            ("sub/base-fedcba9876543210.css", true),
            ("snippets/page-0123456789abcdef/inline0.js", false),
            ("index.html", false),
            ("page-123456789abcde.js", true),
            ("layout-43880ad3b21c488.css", true),
            ("page-0123456789a.js", false),
            ("face-dead.js", false),
            ("page-0123456789abcdef0.js", false),
            ("page-0123456789ABCDEF.js", false),
            ("page-0123456789abcdef", false),
        ] {
            assert_eq!(is_hashed(name), hashed, "{name}");
        }
    }

    #[test]
    fn an_encoding_is_taken_when_it_is_named_and_not_declined() {
        for (line, takes_brotli) in [
            ("gzip, deflate, br, zstd", true),
            ("BR", true),
            ("br;q=0.5", true),
            ("br; q=0", false),
            ("brotli", false),
            ("", false),
        ] {
            let headers =
                HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(line))]);
            assert_eq!(takes(&headers, "br"), takes_brotli, "{line}");
        }
    }
}
