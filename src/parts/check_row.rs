//! One check of the self-test: what it is, how it went, and what was found, down to the addresses.

use crate::{
    parts::{
        icon::{ARC, CHECK, CIRCLE, CLOSE, DASH, Glyph, WARNING, changing},
        lean::{memo, part, text, word},
    },
    session::check::{Candidate, Grade, Graded, Report, Server, Step},
    words::words,
};
use leptos::prelude::*;

/// Which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Camera,
    Microphone,
    Speaker,
    Addresses,
    Signalling,
    /// While it is not known which there are, and where there are none.
    Servers,
    Server(usize),
    Call,
    Relay,
}

pub const OWN: [Key; 3] = [Key::Camera, Key::Microphone, Key::Speaker];

/// The way to others: a row for each server.
pub fn network(report: &Report) -> Vec<Key> {
    let mut keys = vec![Key::Signalling, Key::Addresses];
    match report.servers.done().map_or(0, Vec::len) {
        0 => keys.push(Key::Servers),
        count => keys.extend((0..count).map(Key::Server)),
    }
    keys.extend([Key::Relay, Key::Call]);
    keys
}

/// A check in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub name: String,
    pub grade: Grade,
    /// Nothing while there is nothing to say.
    pub says: String,
    pub candidates: Vec<Candidate>,
}

impl Row {
    pub fn of(report: &Report, key: Key) -> Row {
        let (check, devices) = (&words().check, &words().devices);
        match key {
            Key::Camera => {
                let row = row(devices.camera, &report.camera, |it| check.camera(*it));
                row.meanwhile(check.camera_running)
            }
            Key::Microphone => {
                let says = |it: &_| check.microphone(*it).to_owned();
                let row = row(devices.microphone, &report.microphone, says);
                row.meanwhile(check.microphone_running)
            }
            Key::Speaker => {
                let says = |it: &_| check.speaker(*it).to_owned();
                row(devices.speaker, &report.speaker, says)
            }
            Key::Addresses => {
                let says = |it: &_| addresses(it).to_owned();
                let mut row = row(check.addresses, &report.addresses, says);
                let found = report.addresses.done().map(|it| it.candidates.clone());
                row.candidates = found.unwrap_or_default();
                row
            }
            Key::Signalling => row(check.signalling, &report.signalling, |it| {
                check.signalling_is(*it)
            }),
            Key::Servers => Row {
                name: check.servers.to_owned(),
                grade: match report.servers {
                    Step::Waiting => Grade::Waiting,
                    Step::Running => Grade::Running,
                    Step::Done(_) => Grade::Absent,
                },
                says: match report.servers {
                    Step::Done(_) => check.no_servers.to_owned(),
                    _ => String::new(),
                },
                candidates: Vec::new(),
            },
            Key::Server(place) => {
                let server = report.servers.done().and_then(|it| it.get(place));
                server.map_or_else(|| Row::of(report, Key::Servers), of_server)
            }
            Key::Call => row(check.call, &report.call, |it| check.call_is(*it)),
            Key::Relay => row(check.relay, &report.relay, |it| check.relay_is(*it)),
        }
    }

    fn meanwhile(mut self, text: &str) -> Row {
        if self.grade == Grade::Running {
            text.clone_into(&mut self.says);
        }
        self
    }
}

fn row<T: Graded>(name: &str, step: &Step<T>, says: impl FnOnce(&T) -> String) -> Row {
    Row {
        name: name.to_owned(),
        grade: step.grade(),
        says: step.done().map(says).unwrap_or_default(),
        candidates: Vec::new(),
    }
}

fn addresses(found: &crate::session::check::Addresses) -> &'static str {
    words().check.addresses_are(found.candidates.len())
}

fn of_server(server: &Server) -> Row {
    let check = &words().check;
    let name = check.server(server.role, &server.url);
    let mut row = row(&name, &server.probe, |it| check.probe(server, it));
    let found = server.probe.done().map(|it| it.candidates.clone());
    row.candidates = found.unwrap_or_default();
    row
}

#[component]
pub fn CheckRow(
    report: RwSignal<Report>,
    key: Key,
    /// What is seen or heard meanwhile.
    #[prop(optional)]
    children: Option<ChildrenFn>,
) -> impl IntoView {
    let row = memo(move || report.with(|it| Row::of(it, key)));
    let grade = memo(move || row.with(|it| it.grade));
    let says = text(move || row.with(|it| it.says.clone()));
    let candidates = part(move || {
        let found = row.with(|it| it.candidates.clone());
        (!found.is_empty()).then(|| list(&found))
    });
    view! {
        <li class="check" data-grade=word(move || grade.get().name())>
            <span class="check-sign">{changing(move || sign(grade.get()))}</span>
            <div class="check-text">
                <h3>{text(move || row.with(|it| it.name.clone()))}</h3>
                <p class="soft">{says}</p>
                {candidates}
                {children.map(|children| children())}
            </div>
            <span class="check-grade">{word(move || words().check.grade(grade.get()))}</span>
        </li>
    }
    .into_any()
}

fn sign(grade: Grade) -> Glyph {
    match grade {
        Grade::Waiting => CIRCLE,
        Grade::Running => ARC,
        Grade::Well => CHECK,
        Grade::Poor => WARNING,
        Grade::Failed => CLOSE,
        Grade::Absent => DASH,
    }
}

fn list(candidates: &[Candidate]) -> AnyView {
    let words = &words().check;
    let line = |it: &Candidate| {
        view! {
            <li>
                <span>{words.kind(it.kind.name())}</span>
                <bdi class="candidate-place">{it.place()}</bdi>
                <span>{it.protocol.name()}</span>
                <span>{words.priority(&it.priority.to_string())}</span>
            </li>
        }
    };
    view! { <ul class="candidates">{candidates.iter().map(line).collect_view()}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::check::{Camera, Role, Way};

    fn server(url: &str) -> Server {
        Server {
            url: url.to_owned(),
            role: Role::Stun,
            way: Way::Udp,
            probe: Step::Running,
        }
    }

    #[test]
    fn every_server_has_a_row_and_a_host_without_any_has_one_that_says_so() {
        let mut report = Report::default();
        assert!(network(&report).contains(&Key::Servers));
        assert_eq!(Row::of(&report, Key::Servers).grade, Grade::Waiting);
        report.servers = Step::Done(Vec::new());
        let row = Row::of(&report, Key::Servers);
        assert_eq!(row.grade, Grade::Absent);
        assert!(!row.says.is_empty());
        report.servers = Step::Done(vec![server("stun:a"), server("stun:b:1")]);
        let keys = network(&report);
        assert!(keys.contains(&Key::Server(1)) && !keys.contains(&Key::Servers));
        let row = Row::of(&report, Key::Server(1));
        assert_eq!(
            (row.name.as_str(), row.grade),
            ("STUN server b:1", Grade::Running)
        );
        // A row that is about to go is no reason to fall over.
        assert_eq!(Row::of(&report, Key::Server(7)).grade, Grade::Absent);
    }

    #[test]
    fn a_running_camera_asks_for_leave_and_a_finished_one_says_what_it_gave() {
        let mut report = Report {
            camera: Step::Running,
            ..Report::default()
        };
        assert!(Row::of(&report, Key::Camera).says.contains("allow"));
        let (width, height) = (1280, 720);
        report.camera = Step::Done(Camera::Picture { width, height });
        assert!(Row::of(&report, Key::Camera).says.contains("1280 × 720"));
        assert_eq!(Row::of(&report, Key::Speaker).says, "");
    }
}
