//! What is said of the people in a call and of their connections.

use super::{
    Text,
    table::{CallWords, DetailsWords, GreenRoomWords, SignsWords},
    words,
};
use crate::session::{LinkStatus, MediaStream, Reaction};

impl GreenRoomWords {
    /// Who is in the call already; one name at least.
    pub fn present(&self, names: &[String]) -> String {
        let guest = words().call.guest;
        let called = |name: &String| if name.is_empty() { guest } else { name }.to_string();
        let names: Vec<String> = names.iter().map(called).collect();
        match names.as_slice() {
            [name] => self.one_present(name),
            names => self.some_present(&words().common.list_all(names)),
        }
    }
}

impl CallWords {
    pub fn own_name(&self, name: &str) -> String {
        if name.is_empty() {
            self.you.to_string()
        } else {
            self.named_you(name)
        }
    }

    /// Nothing to say while all is well.
    pub fn link(&self, status: LinkStatus) -> Option<Text> {
        match status {
            LinkStatus::Connecting => Some(self.connecting),
            LinkStatus::Offline => Some(self.server_away),
            LinkStatus::Online | LinkStatus::None => None,
        }
    }
}

impl SignsWords {
    pub fn reaction(&self, reaction: Reaction) -> Text {
        match reaction {
            Reaction::ThumbsUp => self.thumbs_up,
            Reaction::Heart => self.heart,
            Reaction::Laugh => self.laugh,
            Reaction::Clap => self.clap,
            Reaction::Surprise => self.surprise,
            Reaction::Celebrate => self.celebrate,
        }
    }
}

impl DetailsWords {
    /// `host`, `srflx`, `relay`, or empty.
    pub fn path_by(&self, path: &str) -> Text {
        match path {
            "host" => self.path_host,
            "srflx" => self.path_srflx,
            "relay" => self.path_relay,
            _ => self.path_none,
        }
    }

    pub fn stream(&self, stream: MediaStream) -> Text {
        match stream {
            MediaStream::Picture => self.picture,
            MediaStream::Sound => self.sound,
            MediaStream::Screen => self.screen,
            MediaStream::ScreenSound => self.screen_sound,
        }
    }
}
