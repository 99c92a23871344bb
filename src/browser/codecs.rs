//! What this device has circuits for, as far as the browser knows (`MediaCapabilities`).

use super::{object, page};
use duologue_core::wire::Codecs;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

#[derive(Clone, Copy, Debug)]
pub enum Way {
    Encode,
    Decode,
}

impl Way {
    const fn method(self) -> &'static str {
        match self {
            Way::Encode => "encodingInfo",
            Way::Decode => "decodingInfo",
        }
    }
}

/// For a face at 720 lines. A browser that does not say has none.
pub async fn easy(way: Way) -> Codecs {
    Codecs {
        av1: is_easy(way, "video/AV1").await,
        vp9: is_easy(way, "video/VP9").await,
        h264: is_easy(
            way,
            "video/H264;level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        )
        .await,
        vp8: is_easy(way, "video/VP8").await,
    }
}

async fn is_easy(way: Way, codec: &str) -> bool {
    let Some(asked) = ask(way, codec) else {
        return false;
    };
    let answer = JsFuture::from(asked).await.unwrap_or_default();
    ["supported", "smooth", "powerEfficient"]
        .iter()
        .all(|name| object::flag(&answer, name))
}

fn ask(way: Way, codec: &str) -> Option<Promise> {
    let navigator = page::window()?.navigator();
    let capabilities = object::get(&navigator, "mediaCapabilities");
    let ask: Function = Reflect::get(&capabilities, &way.method().into())
        .ok()?
        .dyn_into()
        .ok()?;
    let video = object::new(&[
        ("contentType", codec.into()),
        ("width", 1280.into()),
        ("height", 720.into()),
        ("bitrate", 1_500_000.into()),
        ("framerate", 30.into()),
    ]);
    let question: JsValue = object::new(&[("type", "webrtc".into()), ("video", video)]);
    ask.call1(&capabilities, &question).ok()?.dyn_into().ok()
}
