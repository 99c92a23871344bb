//! English. Plain, short, no blame: what is so, then what to do about it.

mod chat;
mod check;
mod setup;

use super::{
    Advice, CallWords, Common, Details, Devices, Direct, GreenRoom, Home, People, ShareWords,
    Shortcuts, Signs, StageWords, Step, Troubles, Upcoming, Words,
};
use crate::session::{
    DeviceKind, DirectTrouble, Ended, LinkStatus, MediaStream, Reaction, RoomError, ShareTrouble,
    Trouble, scan::ScanTrouble,
};

pub static WORDS: Words = Words {
    product: "duologue",
    title: "Duologue",
    home: Home {
        line: "Talk to someone.",
        field: "Room name or link",
        join: "Join",
        start: "Start a call",
        people: "People",
        people_hint: "call someone by name",
        live: "Go live",
        live_hint: "speak to many at once",
        direct: "Call without a server",
        direct_hint: "by a pasted line or a QR code",
        check: "Test this device",
        nothing_entered: "Type the name of a room or paste a link, then join.",
        leads_nowhere: "That link does not lead to a room. Copy the whole link that you were sent.",
    },
    green_room: GreenRoom {
        title: "Ready to join?",
        opening: "Opening the room…",
        your_name: "Your name",
        join: "Join call",
        guessable: "This room has a typed name, so anyone who guesses the name can come in. \
                    For a private call, start one from the home page.",
        camera_off: "Your camera is off.",
        camera_starting: "Your camera is starting…",
        devices: "Devices",
        present,
    },
    call: CallWords {
        controls: "Call controls",
        invite: "Invite",
        leave: "Leave call",
        more: "More options",
        full_screen: "Full screen",
        leave_full_screen: "Leave full screen",
        joining: "Joining…",
        you_left: "You left the call",
        not_in_call: "You are not in the call",
        private_room: "Private call",
        direct_room: "Direct call",
        first_here: "You are the first here",
        first_here_text: "Send this link to whoever you want to talk to.",
        invite_text: "Whoever has this link can join.",
        invite_link: "Invite link",
        invite_code: "Invite QR code",
        connecting: "Connecting…",
        reconnecting: "Reconnecting…",
        microphone_off: "microphone off",
        guest: "Guest",
        move_own: "Your picture. Arrow keys move it to another corner.",
        own_name: |name| {
            if name.is_empty() {
                "You".to_string()
            } else {
                [name, " (you)"].concat()
            }
        },
        cannot_reach: |name| ["Cannot reach ", name].concat(),
        joined: |name| [name, " joined"].concat(),
        left: |name| [name, " left"].concat(),
        link,
        sound_held_back: "Your browser holds the sound back until you ask for it.",
        sound_on: "Turn sound on",
    },
    stage: StageWords {
        layout: "Layout",
        grid: "Grid",
        spotlight: "Spotlight",
        hide_self: "Hide my picture",
        show_self: "Show my picture",
        float: "Picture in picture",
        pin: |name| ["Pin ", name].concat(),
        full_screen: |name| ["Full screen of ", name].concat(),
    },
    people: People {
        title: "People",
        microphone: ("Microphone on", "Microphone off"),
        camera: ("Camera on", "Camera off"),
        muted_for_me: "muted for you",
        mute_for_me: |name| ["Mute ", name, " for me"].concat(),
        volume: |name| ["Volume of ", name].concat(),
    },
    signs: Signs {
        title: "Reactions",
        raise_hand: "Raise hand",
        reaction: |reaction| match reaction {
            Reaction::ThumbsUp => "Thumbs up",
            Reaction::Heart => "Heart",
            Reaction::Laugh => "Laugh",
            Reaction::Clap => "Clap",
            Reaction::Surprise => "Surprise",
            Reaction::Celebrate => "Celebrate",
        },
        hand_in_title: "✋",
        muted_in_title: "(muted)",
        hand_place: |place| ["Hand raised, number ", &place.to_string()].concat(),
        raised: |name| [name, " raised a hand"].concat(),
        reacted: |name, what| [name, ": ", what].concat(),
    },
    chat: chat::CHAT,
    shortcuts: Shortcuts {
        title: "Keyboard shortcuts",
        space: "Space",
        microphone: "Microphone on or off",
        camera: "Camera on or off",
        screen: "Share your screen, or stop",
        talk: "Hold to talk while the microphone is off",
        hand: "Raise or lower your hand",
        people: "People",
        layout: "Grid or spotlight",
        chat: "Open or close the chat",
        list: "This list",
    },
    share: ShareWords {
        share: "Share screen",
        stop: "Stop sharing",
        own: "Your screen",
        screen_of: |name| [name, "'s screen"].concat(),
        detail: "When you share your screen",
        sharp: "Sharp text",
        smooth: "Smooth motion",
        silent: "Your screen is shared without sound. Browsers that can share sound offer it with a box \
                 to tick when you choose a tab.",
    },
    details: Details {
        title: "Connection details",
        nobody: "Nobody else is here. The figures of a connection come with the first person.",
        received: "Received",
        round_trip: "Round trip",
        lost: "Lost on the way",
        of_lost: " lost",
        jitter: "jitter ",
        most: |value| ["most ", value].concat(),
        path: "Path",
        path_by: |path| match path {
            "host" => "Direct (host)",
            "srflx" => "Direct, out through a router (srflx)",
            "relay" => "Through a relay server (relay)",
            _ => "None yet",
        },
        stream: |stream| match stream {
            MediaStream::Picture => "Picture",
            MediaStream::Sound => "Sound",
            MediaStream::Screen => "Screen",
            MediaStream::ScreenSound => "Sound of the screen",
        },
        incoming: ", in",
        outgoing: ", out",
        encryption: "Encryption",
        copy: "Copy as JSON",
    },
    direct: Direct {
        title: "Call without a server",
        text: "You exchange two short texts, by any means you like. Nothing else stands between you.",
        start: "Begin",
        exchange: "Exchange",
        talk: "Talk",
        create: "Create invite",
        create_text: "Make an invite, send it, and paste the reply that you get.",
        creating: "Making your invite…",
        or_received: "Or somebody sent you an invite:",
        invite: "Invite",
        invite_text: "Send this to the other person, or let them scan it.",
        invite_code: "Invite QR code",
        received: "Paste what you received",
        received_reply: "Then take the reply that comes back:",
        go_on: "Continue",
        scan: "Scan with the camera",
        scanning: "Hold the QR code in front of the camera.",
        stop_scan: "Stop scanning",
        picture: "Picture of a QR code",
        answering: "Making your reply…",
        reply: "Reply",
        reply_text: "Send this back, or let them scan it. The call begins when they have it.",
        reply_code: "Reply QR code",
        connecting: "Connecting. This takes a few seconds.",
    },
    devices: Devices {
        camera: "Camera",
        microphone: "Microphone",
        speaker: "Speaker",
        none: "None found",
        system_default: "System default",
        numbered: |kind, number| [WORDS.devices.name(kind), " ", &number.to_string()].concat(),
        level: "Loudness of your microphone",
    },
    setup: setup::SETUP,
    check: check::CHECK,
    trouble: Troubles {
        device,
        ended,
        share,
        room,
        direct,
        scan,
    },
    upcoming: Upcoming {
        title: "Not in this version yet",
        people: "Calling people by name is still being built. \
                 Until then, start a call and send its link.",
        live: "Going live is still being built. Until then, a call takes up to eight people.",
        recordings: "Recording is still being built. Nothing is stored on this device.",
    },
    common: Common {
        back_home: "Home",
        copy: "Copy",
        copied: "Copied",
        close: "Close",
        newer: "There is a newer version of this page.",
        not_found: "There is no such page",
        not_found_text: "The address may have lost a part on its way. Ask for the link again, \
                         or begin at home.",
        room_cannot_open: "This room cannot be opened",
        step: |step| match step {
            Step::TryAgain => "Try again",
            Step::JoinAgain => "Join again",
            Step::UseThisTab => "Use this tab",
            Step::StartOver => "Start over",
            Step::Reload => "Reload",
        },
    },
};

fn present(names: &[String]) -> String {
    let mut text = String::new();
    for (place, name) in names.iter().enumerate() {
        text.push_str(match place {
            0 => "",
            _ if place + 1 == names.len() => " and ",
            _ => ", ",
        });
        text.push_str(if name.is_empty() {
            WORDS.call.guest
        } else {
            name
        });
    }
    text.push_str(if names.len() == 1 {
        " is in the call."
    } else {
        " are in the call."
    });
    text
}

fn link(status: LinkStatus) -> Option<&'static str> {
    match status {
        LinkStatus::Connecting => Some("Connecting…"),
        LinkStatus::Offline => {
            Some("The server is away. This call goes on; new people have to wait.")
        }
        LinkStatus::Online | LinkStatus::None => None,
    }
}

const fn say(text: &'static str) -> Advice {
    Advice { text, step: None }
}

const fn offer(step: Step, text: &'static str) -> Advice {
    Advice {
        text,
        step: Some(step),
    }
}

fn device(kind: DeviceKind, trouble: Trouble) -> Advice {
    match kind {
        DeviceKind::Camera => camera(trouble),
        DeviceKind::Microphone | DeviceKind::Speaker => microphone(trouble),
    }
}

fn camera(trouble: Trouble) -> Advice {
    use Step::TryAgain;
    match trouble {
        Trouble::Denied => offer(
            TryAgain,
            "Your browser is not allowed to use the camera. Allow it in the address bar, then try again.",
        ),
        Trouble::NotFound => offer(
            TryAgain,
            "No camera was found. Connect one, or join without.",
        ),
        Trouble::InUse => offer(
            TryAgain,
            "Another program is using the camera. Close it there, then try again.",
        ),
        Trouble::Insecure => say(
            "Browsers give the camera to secure pages only. Open this page by its https address.",
        ),
        Trouble::Lost => offer(
            TryAgain,
            "The camera has gone. Plug it in again, or choose another one.",
        ),
        Trouble::Other => offer(
            TryAgain,
            "The camera did not start. Try again, or choose another one.",
        ),
    }
}

fn microphone(trouble: Trouble) -> Advice {
    use Step::TryAgain;
    match trouble {
        Trouble::Denied => offer(
            TryAgain,
            "Your browser is not allowed to use the microphone. Allow it in the address bar, then try again.",
        ),
        Trouble::NotFound => offer(
            TryAgain,
            "No microphone was found. Connect one, or join and listen.",
        ),
        Trouble::InUse => offer(
            TryAgain,
            "Another program is using the microphone. Close it there, then try again.",
        ),
        Trouble::Insecure => say(
            "Browsers give the microphone to secure pages only. Open this page by its https address.",
        ),
        Trouble::Lost => offer(
            TryAgain,
            "The microphone has gone. Plug it in again, or choose another one.",
        ),
        Trouble::Other => offer(
            TryAgain,
            "The microphone did not start. Try again, or choose another one.",
        ),
    }
}

fn ended(ended: Ended) -> Advice {
    match ended {
        Ended::Left => offer(Step::JoinAgain, "You left the call."),
        Ended::RoomFull => offer(
            Step::TryAgain,
            "This call is full: it takes eight people. Try again when someone has left.",
        ),
        Ended::OpenedElsewhere => offer(
            Step::UseThisTab,
            "This call goes on in another tab. Go there, or bring it here.",
        ),
        Ended::ServerFull => offer(
            Step::TryAgain,
            "The server has all the people it can take. Try again in a few minutes.",
        ),
        Ended::Outdated => offer(
            Step::Reload,
            "The server has a newer version of this page. Reload to get it.",
        ),
        Ended::OtherLeft => offer(Step::StartOver, "The other person left the call."),
    }
}

fn share(trouble: ShareTrouble) -> Advice {
    say(match trouble {
        ShareTrouble::Blocked => {
            "Your system does not let the browser see the screen. Allow it in the system's \
             privacy settings, then share again."
        }
        ShareTrouble::Failed => {
            "Your screen could not be shared. Share again, and choose another window or tab."
        }
    })
}

fn room(error: RoomError) -> Advice {
    match error {
        RoomError::Empty => say("This link names no room. Ask for the whole link."),
        RoomError::Damaged => say(
            "This link is damaged: a part of it was lost or changed on its way. Ask for it again.",
        ),
        RoomError::TooLong => say("A room's name has 64 characters at most. Choose a shorter one."),
    }
}

fn direct(trouble: DirectTrouble) -> Advice {
    use Step::{Reload, StartOver};
    match trouble {
        DirectTrouble::Empty => say("There is nothing in the field. Paste what you received."),
        DirectTrouble::NotAToken => {
            say("This is neither an invite nor a reply. Copy the whole text that you received.")
        }
        DirectTrouble::Damaged => say(
            "This text is damaged: a part of it was lost or changed on its way. Ask for it again.",
        ),
        DirectTrouble::TooNew => offer(
            Reload,
            "This was made by a newer version of this page. Reload, then paste it again.",
        ),
        DirectTrouble::NotAReply => offer(
            StartOver,
            "This is an invite, and yours is waiting for a reply. Start over to use theirs instead.",
        ),
        DirectTrouble::NotAnInvite => say(
            "This is a reply, and no invite of yours is waiting. Paste it where the invite was made.",
        ),
        DirectTrouble::OtherInvite => offer(
            StartOver,
            "This reply belongs to another invite. Ask for the reply to this one, or start over.",
        ),
        DirectTrouble::Refused => offer(
            StartOver,
            "Your browser could not use this. Start over with a new invite.",
        ),
        DirectTrouble::Unreachable => offer(
            StartOver,
            "Both sides are ready, but your networks let nothing through. Try another network, \
             a phone's perhaps, then start over.",
        ),
        DirectTrouble::GaveUp => offer(
            StartOver,
            "Your browser did not wait long enough for your reply to arrive. Start over and send it \
             sooner; with a camera on, some browsers wait longer.",
        ),
    }
}

fn scan(trouble: ScanTrouble) -> Advice {
    match trouble {
        ScanTrouble::NotAPicture => {
            say("This file is not a picture that your browser can open. Choose another one.")
        }
        ScanTrouble::NoCode => {
            say("No QR code was found in this picture. Take it again, closer and straight on.")
        }
        ScanTrouble::NoReader => say("The QR reader could not be loaded. Paste the text instead."),
    }
}
