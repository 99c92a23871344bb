//! The machines that keep state between texts: a line of input is a text of its own.

use duologue_core::{
    hub::{ClientKey, Hub, Limits},
    ids::PeerToken,
    tabs::Tabs,
    time::Millis,
    wire::{ClientMsg, VERSION, encode},
};

fn hello(n: u8) -> String {
    encode(&ClientMsg::Hello {
        version: VERSION,
        token: PeerToken([n; 16]),
    })
}

/// Four connections, the first two welcomed already. A line's first byte says whose it is; `gone`
/// ends that connection, and another takes its place.
pub fn hub(text: &str) {
    let mut hub = Hub::new(Limits::default());
    let mut keys = [0, 1, 2, 3].map(ClientKey);
    for key in keys {
        hub.connect(key);
    }
    hub.text(Millis(0), keys[0], &hello(0));
    hub.text(Millis(0), keys[1], &hello(1));
    for (at, line) in text.lines().enumerate() {
        let who = usize::from(line.as_bytes().first().copied().unwrap_or_default() % 4);
        let rest: String = line.chars().skip(1).collect();
        if rest == "gone" {
            hub.disconnect(keys[who]);
            keys[who] = ClientKey(at as u64 + 4);
            hub.connect(keys[who]);
        } else {
            hub.text(Millis(at as u64 * 40), keys[who], &rest);
        }
    }
    for key in keys {
        hub.disconnect(key);
    }
    assert_eq!(
        (hub.counts().clients, hub.counts().rooms),
        (0, 0),
        "nobody is left, nothing stays"
    );
}

/// Lines take turns: one from this tab's call, one from another tab.
pub fn tabs(text: &str) {
    let mut tabs = Tabs::new();
    tabs.on_client(&hello(0));
    for (at, line) in text.lines().enumerate() {
        drop(if at % 2 == 0 {
            tabs.on_client(line)
        } else {
            tabs.on_post(line)
        });
    }
}
