//! The numbers as Prometheus reads them (its text format, version 0.0.4).

use super::{Counted, DROPS, INSECURE, LENDING, Lost, NAMES, ROOMS, SECURED, WAITED, process};
use std::{
    fmt::{self, Write},
    sync::{PoisonError, atomic::Ordering::Relaxed},
};

pub(super) fn page() -> String {
    let mut text = String::with_capacity(8 * 1024);
    // Writing into memory does not fail.
    write(&mut text).ok();
    text
}

fn write(to: &mut String) -> fmt::Result {
    head(
        to,
        "duologue_build_info",
        "gauge",
        "Always 1; the label says which version this is.",
    )?;
    writeln!(
        to,
        "duologue_build_info{{version=\"{}\"}} 1",
        env!("CARGO_PKG_VERSION")
    )?;
    each(
        to,
        "duologue_connections",
        "gauge",
        "Sockets that are open, for rooms or for calls by name.",
        |it| it.open.load(Relaxed),
    )?;
    each(
        to,
        "duologue_connections_total",
        "counter",
        "Sockets that were opened.",
        |it| it.opened.get(),
    )?;
    one(
        to,
        "duologue_rooms",
        "gauge",
        "Rooms with somebody in them or looking at them.",
        ROOMS.held.load(Relaxed),
    )?;
    one(
        to,
        "duologue_names",
        "gauge",
        "Names under which somebody is signed in, or was until half a minute ago.",
        NAMES.held.load(Relaxed),
    )?;
    each(
        to,
        "duologue_received_messages_total",
        "counter",
        "Messages that clients sent.",
        |it| it.received.get(),
    )?;
    each(
        to,
        "duologue_relayed_messages_total",
        "counter",
        "Messages from one client that were passed on to another.",
        |it| it.relayed.get(),
    )?;
    each(
        to,
        "duologue_relayed_bytes_total",
        "counter",
        "Bytes of those, as they left.",
        |it| it.relayed_bytes.get(),
    )?;
    let name = "duologue_relay_seconds";
    let help = "From a message read to what follows from it handed to a socket.";
    head(to, name, "histogram", help)?;
    WAITED.write(name, to)?;
    drops(to)?;
    one(
        to,
        "duologue_tls_handshakes_total",
        "counter",
        "TLS handshakes that succeeded.",
        SECURED.get(),
    )?;
    one(
        to,
        "duologue_tls_handshake_failures_total",
        "counter",
        "TLS handshakes that did not, in time or at all.",
        INSECURE.get(),
    )?;
    LENDING.write(to)?;
    process::write(to)
}

fn drops(to: &mut String) -> fmt::Result {
    let name = "duologue_drops_total";
    let help = "What was refused or lost: messages, sockets, handshakes, and what the relay was asked for.";
    head(to, name, "counter", help)?;
    let drops = DROPS.lock().unwrap_or_else(PoisonError::into_inner);
    for ((what, reason), count) in drops.iter() {
        let what = Lost::word(*what);
        writeln!(to, "{name}{{what=\"{what}\",reason=\"{reason}\"}} {count}")?;
    }
    Ok(())
}

pub(super) fn head(to: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(to, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

pub(super) fn one(to: &mut String, name: &str, kind: &str, help: &str, value: u64) -> fmt::Result {
    head(to, name, kind, help)?;
    writeln!(to, "{name} {value}")
}

/// A number with a label, under the head of its name.
pub(super) fn line(
    to: &mut String,
    name: &str,
    (label, value): (&str, &str),
    count: u64,
) -> fmt::Result {
    writeln!(to, "{name}{{{label}=\"{value}\"}} {count}")
}

/// A line for each of the two sockets.
fn each(
    to: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    value: impl Fn(&Counted) -> u64,
) -> fmt::Result {
    head(to, name, kind, help)?;
    writeln!(to, "{name}{{socket=\"rooms\"}} {}", value(&ROOMS))?;
    writeln!(to, "{name}{{socket=\"names\"}} {}", value(&NAMES))
}
