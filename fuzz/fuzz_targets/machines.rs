//! The machines that keep state between texts: a line of input is a text of its own.

use duologue_core::{
    directory::{Directory, Folded, Rules},
    hub::{ClientKey, Hub, Limits},
    ids::PeerToken,
    tabs::Tabs,
    time::Millis,
    wire::{
        ClientMsg, VERSION, encode,
        names::{Ask, LetterKey},
    },
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

/// Two tabs, the first one signed in; a line's first byte says whose it is.
pub fn directory(text: &str) {
    let mut directory = Directory::new(Rules {
        tabs: 2,
        changes: Limits::default().joins_per_source,
        listed: true,
        fold: |name| {
            let (shown, folded) = (name.to_owned(), name.to_lowercase());
            (!name.is_empty()).then_some(Folded { shown, folded })
        },
    });
    let keys = [0, 1].map(ClientKey);
    for key in keys {
        directory.connect(key);
    }
    let sign_in = Ask::SignIn {
        version: VERSION,
        name: "Ana".to_owned(),
        token: PeerToken([1; 16]),
        key: LetterKey([1; 32]),
    };
    directory.text(Millis(0), keys[0], &encode(&sign_in));
    for (at, line) in text.lines().enumerate() {
        let who = usize::from(line.as_bytes().first().copied().unwrap_or_default() % 2);
        let rest: String = line.chars().skip(1).collect();
        let now = Millis(at as u64 * 40);
        directory.text(now, keys[who], &rest);
        directory.wake(now);
    }
    for key in keys {
        directory.disconnect(Millis(0), key);
        assert!(!directory.is_signed_in(key), "gone is gone");
    }
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
