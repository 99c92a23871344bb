//! The one thing that all checks together come to. The order of the enum is the order of urgency.

use super::{
    Camera, Grade, Graded, Loopback, Microphone, Outcome, Probe, Relay, Report, Role, Server,
    Signalling, Speaker, Way,
};
use crate::{devices::Trouble, words};

/// What it all comes to, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Neither https nor localhost: no devices at all.
    Insecure,
    /// Not even this page can call itself.
    CallsBlocked,
    /// The host cannot be reached, so nobody can be met.
    NoSignalling,
    /// The microphone is kept from us.
    NotHeard,
    /// Not one of the host's servers can be reached: calls stay within this network.
    NoWayOut,
    /// The relay wants other credentials: only the host can mend that.
    RelayRefuses,
    /// Calls that need the relay will fail.
    RelayFails,
    /// The camera is kept from us.
    NotSeen,
    /// The test sound would not play.
    NothingHeard,
    /// Nothing but the relay by TCP or TLS gets through.
    UdpBlocked,
    /// A call works, its picture did not come.
    NoFrame,
    RelayFar,
    /// Some server did not answer, another one did.
    ServerMissing,
    /// No microphone, or nothing came from it.
    Quiet,
    /// No camera, or a black picture.
    Unseen,
    /// The sound did not come to its end.
    SoundStuck,
    /// All is well for what a host without signalling offers.
    WithoutServer,
    /// All is well within this network: the host offers no help beyond.
    Nearby,
    Well,
}

words!(Verdict {
    Insecure = "insecure",
    CallsBlocked = "calls_blocked",
    NoSignalling = "no_signalling",
    NotHeard = "not_heard",
    NoWayOut = "no_way_out",
    RelayRefuses = "relay_refuses",
    RelayFails = "relay_fails",
    NotSeen = "not_seen",
    NothingHeard = "nothing_heard",
    UdpBlocked = "udp_blocked",
    NoFrame = "no_frame",
    RelayFar = "relay_far",
    ServerMissing = "server_missing",
    Quiet = "quiet",
    Unseen = "unseen",
    SoundStuck = "sound_stuck",
    WithoutServer = "without_server",
    Nearby = "nearby",
    Well = "well",
});

impl Verdict {
    pub const ALL: [Verdict; 19] = [
        Verdict::Insecure,
        Verdict::CallsBlocked,
        Verdict::NoSignalling,
        Verdict::NotHeard,
        Verdict::NoWayOut,
        Verdict::RelayRefuses,
        Verdict::RelayFails,
        Verdict::NotSeen,
        Verdict::NothingHeard,
        Verdict::UdpBlocked,
        Verdict::NoFrame,
        Verdict::RelayFar,
        Verdict::ServerMissing,
        Verdict::Quiet,
        Verdict::Unseen,
        Verdict::SoundStuck,
        Verdict::WithoutServer,
        Verdict::Nearby,
        Verdict::Well,
    ];

    /// How it is shown: must be mended, could be better, well.
    pub fn grade(self) -> Grade {
        if self <= Verdict::NothingHeard {
            Grade::Failed
        } else if self <= Verdict::SoundStuck {
            Grade::Poor
        } else {
            Grade::Well
        }
    }

    /// Whether this is so. `Well` always is: it is what remains.
    fn fits(self, found: &Found<'_>) -> bool {
        let Found {
            camera,
            microphone,
            speaker,
            signalling,
            servers,
            call,
            relay,
        } = *found;
        let insecure = |why: Trouble| why == Trouble::Insecure;
        let failed = |it: Grade| it == Grade::Failed;
        let turn = || servers.iter().filter(|it| it.role == Role::Turn);
        match self {
            Verdict::Insecure => {
                matches!(camera, Camera::Trouble { why } if insecure(*why))
                    || matches!(microphone, Microphone::Trouble { why } if insecure(*why))
            }
            Verdict::CallsBlocked => failed(call.grade()),
            Verdict::NoSignalling => failed(signalling.grade()),
            Verdict::NotHeard => failed(microphone.grade()),
            // A refusal has at least come through. What may have been one counts where another server
            // was not reached either.
            Verdict::NoWayOut => {
                use Outcome::{Invalid, LentNothing, Unreachable};
                let outcome = |it: &Server| it.probe.done().map(|it| it.outcome);
                let lost = |it| matches!(it, Some(Unreachable | Invalid | LentNothing));
                servers.iter().all(|it| lost(outcome(it)))
                    && servers.iter().any(|it| outcome(it) == Some(Unreachable))
            }
            Verdict::RelayRefuses => {
                let refused = |it: &Server| {
                    it.probe
                        .done()
                        .is_some_and(|it| it.outcome == Outcome::Refused)
                };
                *relay == Relay::NotReached && turn().any(refused)
            }
            Verdict::RelayFails => failed(relay.grade()),
            Verdict::NotSeen => failed(camera.grade()),
            Verdict::NothingHeard => failed(speaker.grade()),
            Verdict::UdpBlocked => {
                let by_udp = |it: &&Server| it.way == Way::Udp;
                let works = |it: &Server| it.works();
                servers.iter().any(|it| by_udp(&it))
                    && !servers.iter().filter(by_udp).any(works)
                    && turn().any(works)
            }
            Verdict::NoFrame => matches!(call, Loopback::NoFrame { .. }),
            Verdict::RelayFar => relay.grade() == Grade::Poor,
            Verdict::ServerMissing => servers.iter().any(|it| !it.works()),
            Verdict::Quiet => matches!(microphone.grade(), Grade::Poor | Grade::Absent),
            Verdict::Unseen => matches!(camera.grade(), Grade::Poor | Grade::Absent),
            Verdict::SoundStuck => speaker.grade() == Grade::Poor,
            Verdict::WithoutServer => *signalling == Signalling::NoServer,
            Verdict::Nearby => servers.is_empty(),
            Verdict::Well => true,
        }
    }
}

impl Server {
    fn works(&self) -> bool {
        self.probe.done().is_some_and(Probe::works)
    }
}

/// A report that has everything.
struct Found<'a> {
    camera: &'a Camera,
    microphone: &'a Microphone,
    speaker: &'a Speaker,
    signalling: &'a Signalling,
    servers: &'a [Server],
    call: &'a Loopback,
    relay: &'a Relay,
}

impl Report {
    /// `None` until every check is done.
    pub fn verdict(&self) -> Option<Verdict> {
        self.addresses.done()?;
        let servers = self.servers.done()?;
        if servers.iter().any(|it| it.probe.done().is_none()) {
            return None;
        }
        let found = Found {
            camera: self.camera.done()?,
            microphone: self.microphone.done()?,
            speaker: self.speaker.done()?,
            signalling: self.signalling.done()?,
            servers,
            call: self.call.done()?,
            relay: self.relay.done()?,
        };
        Verdict::ALL.into_iter().find(|it| it.fits(&found))
    }
}
