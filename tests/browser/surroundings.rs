//! The page's surroundings: listeners, timers, sockets, other tabs, storage, addresses.

use crate::support::{instrument, live_listeners, next_turn, until};
use duologue_web::browser::{
    BrowserError, Listener,
    broadcast_channel::Tabs,
    clock, host,
    image::grey_of_picture,
    page,
    random::random_bytes,
    storage::{self, Keep},
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
    assert!(clock::wall_clock_ms() > 1_700_000_000_000);
}

#[wasm_bindgen_test]
async fn a_dead_port_closes_the_socket_and_an_address_that_is_none_opens_none() {
    let events = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&events);
    let socket = Socket::open("ws://127.0.0.1:59999/ws", move |it| {
        log.borrow_mut().push(it)
    });
    let socket = socket.unwrap();
    until("the close", async || !events.borrow().is_empty()).await;
    assert_eq!(*events.borrow(), [SocketEvent::Closed(1006)]);
    // Silently lost, as documented.
    socket.send("nobody hears this").unwrap();
    assert_eq!(
        Socket::open("no address at all\n#", |_| {}).err(),
        Some(BrowserError::Type)
    );
}

#[wasm_bindgen_test]
async fn a_dropped_socket_brings_no_event() {
    instrument();
    let before = live_listeners();
    let events = Rc::new(Cell::new(0));
    let count = Rc::clone(&events);
    let socket = Socket::open("ws://127.0.0.1:59999/ws", move |_| {
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
    let ana = Tabs::open("duologue-test", move |it| {
        first.borrow_mut().push(("ana", it))
    })
    .unwrap();
    let ben = Tabs::open("duologue-test", move |it| {
        second.borrow_mut().push(("ben", it))
    })
    .unwrap();
    ana.post("hello").unwrap();
    until("hello", async || heard.borrow().len() == 1).await;
    ben.post("hello back").unwrap();
    until("the echo", async || heard.borrow().len() == 2).await;
    let expected = [
        ("ben", "hello".to_owned()),
        ("ana", "hello back".to_owned()),
    ];
    assert_eq!(*heard.borrow(), expected);
    drop(ben);
    ana.post("anybody?").unwrap();
    next_turn().await;
    assert_eq!(heard.borrow().len(), 2);
}

#[wasm_bindgen_test]
fn preferences_stay_until_removed() {
    for keep in [Keep::Browser, Keep::Tab] {
        storage::set(keep, "duologue-test", "ü");
        assert_eq!(storage::get(keep, "duologue-test").as_deref(), Some("ü"));
        storage::remove(keep, "duologue-test");
        assert_eq!(storage::get(keep, "duologue-test"), None);
    }
}

#[wasm_bindgen_test]
fn chance_is_not_the_same_twice() {
    assert_ne!(random_bytes::<16>().unwrap(), random_bytes::<16>().unwrap());
}

#[wasm_bindgen_test]
async fn the_fragment_is_told_and_shown() {
    let told = Rc::new(RefCell::new(String::new()));
    let log = Rc::clone(&told);
    let listener = page::on_fragment(move |it| *log.borrow_mut() = it).unwrap();
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
    let socket = page::socket_address("ws").unwrap();
    assert!(
        socket.starts_with("ws://127.0.0.1:") && socket.ends_with("/ws"),
        "{socket}"
    );
    let invite = page::address_of("/r/x");
    assert!(
        invite.starts_with("http://127.0.0.1:") && invite.ends_with("#/r/x"),
        "{invite}"
    );
    assert_eq!(page::query("no-such-parameter"), None);
    assert!(page::is_secure_context());
    assert_eq!(page::normalize("ﬁ①"), "fi1");
    // The test server has none, or answers something else: either way no configuration.
    assert_eq!(host::config().await, None);
}

#[wasm_bindgen_test]
async fn a_picture_file_becomes_grey_pixels_and_another_file_an_error() {
    let canvas = web_sys::OffscreenCanvas::new(8, 4).unwrap();
    let context: web_sys::OffscreenCanvasRenderingContext2d =
        canvas.get_context("2d").unwrap().unwrap().unchecked_into();
    context.fill_rect(0.0, 0.0, 4.0, 4.0);
    let file = wasm_bindgen_futures::JsFuture::from(canvas.convert_to_blob().unwrap());
    let file: web_sys::Blob = file.await.unwrap().unchecked_into();
    let grey = grey_of_picture(&file).await.unwrap();
    assert_eq!((grey.width, grey.height), (8, 4));
    // Black where it was painted; the transparent rest is white.
    assert_eq!((grey.pixels[0], grey.pixels[7]), (0, 255));
    let text = web_sys::Blob::new_with_str_sequence(&js_sys::Array::of1(&"text".into())).unwrap();
    assert_eq!(
        grey_of_picture(&text).await,
        Err(BrowserError::InvalidState)
    );
}
