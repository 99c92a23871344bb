//! The page's surroundings: listeners, timers, sockets, other tabs, storage, addresses.

use crate::support::{instrument, live_listeners, next_turn, until};
use duologue_web::browser::{
    BrowserError, Listener,
    broadcast_channel::Broadcast,
    clock, host, image,
    page::{self, Global},
    random, storage,
    websocket::{Socket, SocketEvent},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, EventTarget};

#[wasm_bindgen_test]
fn a_dropped_listener_hears_nothing_even_dropped_by_its_own_event() {
    instrument();
    let before = live_listeners();
    let target = EventTarget::new().unwrap();
    let (heard, slot) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new(None)));
    let (count, own) = (Rc::clone(&heard), Rc::downgrade(&slot));
    let listener = Listener::new(&target, "ping", move |_: Event| {
        count.set(count.get() + 1);
        if count.get() == 2 {
            own.upgrade().unwrap().replace(None::<Listener>);
        }
    });
    slot.replace(Some(listener));
    assert_eq!(live_listeners(), before + 1);
    for _ in 0..4 {
        target.dispatch_event(&Event::new("ping").unwrap()).unwrap();
    }
    assert_eq!(heard.get(), 2);
    assert_eq!(live_listeners(), before);
}

#[wasm_bindgen_test]
async fn a_timer_fires_once_and_a_dropped_one_never() {
    let fired = Rc::new(Cell::new((0, 0)));
    let (kept, dropped) = (Rc::clone(&fired), Rc::clone(&fired));
    let _kept = clock::Timer::after(1, move || kept.set((kept.get().0 + 1, kept.get().1)));
    drop(clock::Timer::after(0, move || {
        dropped.set((dropped.get().0, dropped.get().1 + 1))
    }));
    let start = clock::now();
    until("the timer", async || fired.get().0 > 0).await;
    until("some time", async || clock::now().since(start) >= 30).await;
    assert_eq!(fired.get(), (1, 0));
    assert!(clock::wall_ms() > 1_700_000_000_000);
}

#[wasm_bindgen_test]
async fn a_dead_port_closes_the_socket_and_an_address_that_is_none_opens_none() {
    let events = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&events);
    let socket = Socket::open("ws://127.0.0.1:59999/ws", None, move |it| {
        log.borrow_mut().push(it)
    });
    let socket = socket.unwrap();
    until("the close", async || !events.borrow().is_empty()).await;
    assert_eq!(*events.borrow(), [SocketEvent::Closed(1006)]);
    // Silently lost, as documented.
    socket.send("nobody hears this");
    assert_eq!(
        Socket::open("no address at all\n#", None, |_| {}).err(),
        Some(BrowserError::Type)
    );
}

#[wasm_bindgen_test]
async fn a_dropped_socket_brings_no_event() {
    instrument();
    let before = live_listeners();
    let events = Rc::new(Cell::new(0));
    let count = Rc::clone(&events);
    let socket = Socket::open("ws://127.0.0.1:59999/ws", None, move |_| {
        count.set(count.get() + 1)
    });
    drop(socket);
    until("its closure to be freed", async || {
        Rc::strong_count(&events) == 1
    })
    .await;
    assert_eq!(events.get(), 0);
    assert!(
        live_listeners() <= before + 1,
        "only gloo-net's once-only close listener may be left"
    );
}

#[wasm_bindgen_test]
async fn tabs_hear_each_other_but_not_themselves() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let (first, second) = (Rc::clone(&heard), Rc::clone(&heard));
    let ana = Broadcast::open("duologue-test", move |it| {
        first.borrow_mut().push(("ana", it))
    })
    .unwrap();
    let ben = Broadcast::open("duologue-test", move |it| {
        second.borrow_mut().push(("ben", it))
    })
    .unwrap();
    ana.post("hello");
    until("hello", async || heard.borrow().len() == 1).await;
    ben.post("hello back");
    until("the echo", async || heard.borrow().len() == 2).await;
    let expected = [
        ("ben", "hello".to_owned()),
        ("ana", "hello back".to_owned()),
    ];
    assert_eq!(*heard.borrow(), expected);
    drop(ben);
    ana.post("anybody?");
    next_turn().await;
    assert_eq!(heard.borrow().len(), 2);
}

#[wasm_bindgen_test]
fn preferences_stay_until_removed() {
    storage::local_set("duologue-test", "ü");
    storage::session_set("duologue-test", "tab");
    assert_eq!(storage::local_get("duologue-test").as_deref(), Some("ü"));
    assert_eq!(
        storage::session_get("duologue-test").as_deref(),
        Some("tab")
    );
    storage::local_remove("duologue-test");
    storage::session_remove("duologue-test");
    assert_eq!(storage::local_get("duologue-test"), None);
    assert_eq!(storage::session_get("duologue-test"), None);
}

#[wasm_bindgen_test]
fn the_page_global_answers_while_it_is_there_and_cannot_be_changed() {
    clock::mark_once("duologue-test");
    clock::mark_once("duologue-test");
    let global = Global::install(
        "duologueTest",
        "1.2.3",
        || js_sys::Array::new().into(),
        clock::marks,
    );
    let says = |code: &str| js_sys::eval(code).unwrap().as_string();
    assert_eq!(says("duologueTest.version").as_deref(), Some("1.2.3"));
    assert_eq!(
        says("String(duologueTest.peers().length)").as_deref(),
        Some("0")
    );
    let mark = says("typeof duologueTest.marks['duologue-test']");
    assert_eq!(mark.as_deref(), Some("number"));
    let changed = says("try { duologueTest.version = 'x' } catch {}; duologueTest.version");
    assert_eq!(changed.as_deref(), Some("1.2.3"));
    drop(global.unwrap());
    assert_eq!(says("typeof duologueTest").as_deref(), Some("undefined"));
}

#[wasm_bindgen_test]
async fn a_next_frame_comes_and_leaves_nothing_behind() {
    clock::next_frame().await;
    clock::next_frame().await;
}

#[wasm_bindgen_test]
fn chance_is_not_the_same_twice() {
    assert_ne!(random::bytes::<16>(), random::bytes::<16>());
}

#[wasm_bindgen_test]
async fn the_fragment_is_told_and_shown() {
    let told = Rc::new(RefCell::new(String::new()));
    let log = Rc::clone(&told);
    let listener = page::on_fragment(move |it| *log.borrow_mut() = it);
    page::set_fragment("/r/one");
    until("the change", async || *told.borrow() == "/r/one").await;
    page::replace_fragment("/r/two");
    assert_eq!(page::fragment(), "/r/two");
    next_turn().await;
    assert_eq!(*told.borrow(), "/r/one");
    drop(listener);
    page::replace_fragment("");
}

#[wasm_bindgen_test]
async fn addresses_are_relative_to_the_page() {
    let socket = page::socket_url("ws");
    assert!(
        socket.starts_with("ws://127.0.0.1:") && socket.ends_with("/ws"),
        "{socket}"
    );
    let invite = page::address_with_fragment("/r/x");
    assert!(
        invite.starts_with("http://127.0.0.1:") && invite.ends_with("#/r/x"),
        "{invite}"
    );
    assert!(page::query().is_empty() || page::query().starts_with('?'));
    assert!(page::is_secure_context());
    assert_eq!(page::normalise("ﬁ①"), "fi1");
    // The test server has none, or answers something else: either way no configuration.
    assert_eq!(host::config(None).await, None);
}

#[wasm_bindgen_test]
async fn a_picture_file_becomes_grey_pixels_and_another_file_an_error() {
    let canvas = web_sys::OffscreenCanvas::new(8, 4).unwrap();
    let context: web_sys::OffscreenCanvasRenderingContext2d =
        canvas.get_context("2d").unwrap().unwrap().unchecked_into();
    context.fill_rect(0.0, 0.0, 4.0, 4.0);
    let file = wasm_bindgen_futures::JsFuture::from(canvas.convert_to_blob().unwrap());
    let file: web_sys::Blob = file.await.unwrap().unchecked_into();
    let picture = image::of_file(&file).await.unwrap();
    assert_eq!((picture.width, picture.height), (8, 4));
    // Black where it was painted; the transparent rest is white.
    assert_eq!((picture.grey[0], picture.grey[7]), (0, 255));
    let text = web_sys::Blob::new_with_str_sequence(&js_sys::Array::of1(&"text".into())).unwrap();
    assert_eq!(image::of_file(&text).await, Err(BrowserError::InvalidState));
}
