//! The machine's whole vocabulary on one page: what comes in, what goes out.

use crate::{
    gesture::Reaction,
    ids::{ConnId, OpId, PeerId},
    wire::{Candidate, Codecs, FileMsg, Media, Need, Recording, VerifyMsg},
};
use alloc::string::String;

#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    User(Intent),
    Signal(SignalEvent),
    Conn(ConnId, ConnEvent),
    Done(OpId, Result<OpValue, OpError>),
    /// There is a network again, or another one, or the page was asleep: what stood may stand no more.
    Jolt,
    /// `next_wake` has come.
    Wake,
}

/// What a person wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    Join {
        name: String,
    },
    /// What the others are to call me, where there is no moment of joining (a direct call).
    Name(String),
    Leave,
    /// What is sent from now on.
    Media(Media),
    /// One's hand, up or down.
    Hand(bool),
    React(Reaction),
    /// Ask the browser for a screen and show it to everybody.
    ShareScreen,
    /// No more of it: by the button, or by the browser's own bar.
    StopScreen,
    /// From now on I record, hold still, or stop: everybody is told before a byte is kept.
    Record(Recording),
    /// How large somebody's pictures are shown here.
    Need(PeerId, Need),
    /// What this device decodes easily.
    Light(Codecs),
    /// "Try again" on a tile that could not be reached.
    Retry(PeerId),
    /// Call without a server: make an invite.
    CreateInvite,
    /// Call without a server: an invite or a reply that came from the other side.
    UseToken(String),
    /// Throw the invite or the reply away and begin again.
    StartOver,
    /// Write to everyone, or to one person `only`; `at` is what the clock on the wall says.
    Say {
        text: String,
        at: u64,
        only: Option<PeerId>,
    },
    /// Of files, to somebody whose control channel is open.
    TellOfFile(PeerId, FileMsg),
    /// Of the code that two people compare, to somebody whose control channel is open.
    TellOfCode(PeerId, VerifyMsg),
    /// Whoever that is, it is not who they should be: nothing goes to them from now on.
    Refuse(PeerId),
    /// The page is being unloaded (a reload, perhaps): tell the others while there is time.
    Unload,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SignalEvent {
    Open,
    Text(String),
    /// The close code, 1006 when the connection just went.
    Closed(u16),
}

#[derive(Clone, Debug, PartialEq)]
pub enum ConnEvent {
    NegotiationNeeded,
    Candidate(Candidate),
    State(ConnState),
    ChannelOpen,
    ChannelClosed,
    ChannelText(String),
}

/// `RTCPeerConnection.connectionState`, less what the core never acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnState {
    Connecting,
    Connected,
    Disconnected,
    Failed,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Open the signalling link.
    Dial,
    /// Close it.
    HangUp,
    SignalText(String),
    /// Make a connection with the control channel in it and, where `slots`, a microphone and a camera
    /// transceiver (in this order, sendrecv, carrying whatever local tracks there are).
    OpenConn {
        conn: ConnId,
        slots: bool,
    },
    /// Add those transceivers now (a connection that began with its data channel alone).
    CreateSlots(ConnId),
    /// The first offer has been applied: take its transceivers, by order, for the local tracks.
    AdoptSlots(ConnId),
    /// Send the captured screen and its sound over this connection, by transceivers of their own
    /// (sendonly, picture then sound), which are made the first time and used again after that.
    SendScreen(ConnId),
    /// Put the capture down, and send nothing of it anywhere.
    DropScreen,
    /// The other side needs more or less of the pictures now.
    Tune(ConnId),
    RestartIce(ConnId),
    CloseConn(ConnId),
    /// Over the control channel.
    ChannelText(ConnId, String),
    /// For the machine that has to do with files (`files`).
    File(PeerId, FileNews),
    /// For the machine that makes sure who it is (`verify`).
    Verify(PeerId, VerifyMsg),
    Start(OpId, Op),
    /// The result of this operation is not wanted any more: undo what it acquired.
    Release(OpId),
    /// Something that `view` shows is different now.
    Changed,
}

/// What `files` is told of a person.
#[derive(Clone, Debug, PartialEq)]
pub enum FileNews {
    /// Their control channel is open, and this is what they are called.
    Here(String),
    Away,
    Heard(FileMsg),
}

/// Asynchronous browser work; each answers once with `Input::Done`.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Argument-less `setLocalDescription`; answers with what became local.
    SetLocal(ConnId),
    SetRemote(ConnId, Sdp),
    AddCandidate(ConnId, Candidate),
    /// Wait until all candidates are gathered (or time is up), then answer with the whole description.
    Gather(ConnId),
    /// How many bytes of sound and picture have come; answers with `Counted`.
    Count(ConnId),
    /// Ask the person what of their screen to show; answers with `Captured`.
    CaptureScreen,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sdp {
    pub kind: SdpKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SdpKind {
    Offer,
    Answer,
}

#[derive(Clone, Debug, PartialEq)]
pub enum OpValue {
    Nothing,
    Described(Sdp),
    Captured { sound: bool },
    Counted(u64),
}

/// Why an operation failed, as far as it matters to the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpError {
    /// `InvalidStateError`: not in this signalling state.
    WrongState,
    /// The browser could not make sense of the description or candidate.
    Refused,
    /// The connection has been closed meanwhile.
    Closed,
    /// The person changed their mind.
    Cancelled,
    /// The system lets no browser do this.
    Blocked,
}
