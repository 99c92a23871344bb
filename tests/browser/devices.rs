//! Cameras and microphones: switched on when asked, off when dropped.

use crate::support::{
    any_camera, any_microphone, both, instrument, live_tracks, open_camera, open_microphone,
    opened_tracks, until,
};
use duologue_core::{
    capture::{Capture, Resolution},
    devices::Kind,
};
use duologue_web::browser::{
    BrowserError, clock,
    devices::{Which, enumerate, picture, supported},
    image,
    level::{Meter, is_awake, wake},
    media::{MediaKind, Stream},
    page,
    sound::Sound,
    video,
};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlVideoElement;

#[wasm_bindgen_test]
async fn a_dropped_track_switches_its_device_off() {
    instrument();
    assert!(supported());
    let before = live_tracks();
    let (microphone, camera) = both().await.unwrap();
    assert_eq!(
        (microphone.kind(), camera.kind()),
        (MediaKind::Audio, MediaKind::Video)
    );
    assert!(microphone.is_live() && camera.is_live());
    assert_eq!(live_tracks(), before + 2);
    drop(microphone);
    assert_eq!(live_tracks(), before + 1);
    drop(camera);
    assert_eq!(live_tracks(), before);
}

#[wasm_bindgen_test]
async fn a_device_that_nobody_waits_for_any_more_is_switched_off_when_it_comes() {
    instrument();
    let (opened, live) = (opened_tracks(), live_tracks());
    // As when the page leaves a room while the question to the person stands.
    poll_once(any_camera()).await;
    until("the device", async || opened_tracks() > opened).await;
    until("its end", async || live_tracks() == live).await;
}

/// Polls `future` once and drops it.
async fn poll_once<T>(future: impl Future<Output = T>) {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|cx| {
        let _ = future.as_mut().poll(cx);
        std::task::Poll::Ready(())
    })
    .await;
}

#[wasm_bindgen_test]
async fn devices_have_ids_and_labels_and_an_unknown_one_is_not_replaced_by_another() {
    let camera = any_camera().await.unwrap();
    let devices = enumerate().await.unwrap();
    let cameras: Vec<_> = devices
        .iter()
        .filter(|it| it.kind == Kind::Camera)
        .collect();
    assert!(devices.iter().any(|it| it.kind == Kind::Microphone) || cameras.is_empty());
    if let Some(id) = camera
        .device_id()
        .filter(|id| cameras.iter().any(|it| it.id == *id))
    {
        let again = open_camera(&Which::Id(id.clone())).await.unwrap();
        assert_eq!(again.device_id(), Some(id));
        assert!(!again.label().is_empty());
        let other = open_microphone(&Which::Id("no such device".to_string())).await;
        assert_eq!(other.err(), Some(BrowserError::Overconstrained));
    }
}

#[wasm_bindgen_test]
async fn a_stream_plays_and_its_frames_have_pixels() {
    let camera = any_camera().await.unwrap();
    let stream = Stream::of(&[&camera]);
    assert!(stream.has(MediaKind::Video) && !stream.has(MediaKind::Audio));
    let document = page::window().unwrap().document().unwrap();
    let element: HtmlVideoElement = document.create_element("video").unwrap().unchecked_into();
    element.set_muted(true);
    assert_eq!(image::of_video(&element), None);
    let first = Rc::new(Cell::new(false));
    let seen = Rc::clone(&first);
    let listener = video::on_first_frame(&element, move || seen.set(true));
    video::show(&element, Some(&stream)).await.unwrap();
    until("a first frame", async || first.get()).await;
    let picture = image::of_video(&element).unwrap();
    assert_eq!(picture.grey.len() as u32, picture.width * picture.height);
    assert!(picture.grey.iter().any(|it| *it > 32), "black");
    drop(listener);
    video::show(&element, None).await.unwrap();
    assert!(element.src_object().is_none());
}

#[wasm_bindgen_test]
async fn a_meter_hears_the_microphone_and_needs_one() {
    let microphone = any_microphone().await.unwrap();
    let stream = Stream::of(&[&microphone]);
    wake();
    let meter = Meter::new(&stream).unwrap();
    let asked = clock::now();
    until("waking", async || {
        is_awake() || clock::now().since(asked) > 2_000
    })
    .await;
    if is_awake() {
        until("sound", async || meter.level() > 0.1).await;
        assert!(meter.level() <= 1.0);
        microphone.set_enabled(false);
        until("silence", async || meter.level() == 0.0).await;
    } else {
        // Firefox on a computer without a sound output.
        assert_eq!(meter.level(), 0.0);
    }
    assert_eq!(
        Meter::new(&Stream::of(&[])).err(),
        Some(BrowserError::InvalidState)
    );
}

#[wasm_bindgen_test]
async fn a_twin_hears_on_while_the_track_is_silenced_and_ends_by_itself() {
    let microphone = any_microphone().await.unwrap();
    let twin = microphone.twin();
    microphone.set_enabled(false);
    assert!(twin.is_live() && twin.is_enabled() && !microphone.is_enabled());
    drop(twin);
    assert!(microphone.is_live());
    let twin = microphone.twin();
    drop(microphone);
    assert!(twin.is_live());
}

#[wasm_bindgen_test]
async fn a_running_camera_takes_another_size() {
    let camera = any_camera().await.unwrap();
    let stream = Stream::of(&[&camera]);
    let document = page::window().unwrap().document().unwrap();
    let element: HtmlVideoElement = document.create_element("video").unwrap().unchecked_into();
    element.set_muted(true);
    video::show(&element, Some(&stream)).await.unwrap();
    until("a picture", async || element.video_width() > 0).await;
    let low = Capture {
        resolution: Resolution::Low,
        ..Capture::default()
    };
    camera.apply(&picture(low.sight())).await.unwrap();
    assert!(camera.is_live());
    // Firefox's fake camera has one size alone.
    if camera.size() != (640, 360) {
        eprintln!("the camera keeps {:?}", camera.size());
    } else {
        until("the smaller picture", async || element.video_width() == 640).await;
    }
}

#[wasm_bindgen_test]
async fn a_short_sound_plays_to_its_end() {
    let ended = Rc::new(Cell::new(false));
    let heard = Rc::clone(&ended);
    // Eight samples of silence.
    let mut wave = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x08\0\0\0".to_vec();
    wave.extend([128; 8]);
    let sound = Sound::new(&wave, move || heard.set(true)).unwrap();
    match sound.play("").await {
        Ok(()) => until("its end", async || ended.get()).await,
        // Without a gesture before it, or without a sound output.
        Err(error) => eprintln!("not played: {error:?}"),
    }
}
