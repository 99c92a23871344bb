//! How long the server waits for what, for hosts with a reason to have it otherwise.

use clap::Args;
use duologue_server::Timing;
use std::{str::FromStr, time::Duration};

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Waiting")]
pub(crate) struct WaitingArgs {
    /// For a request's header, a TLS handshake, the word of a proxy; and on a connection, for the next request.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "DUOLOGUE_HEADER_SECONDS",
        default_value = "5"
    )]
    pub header_seconds: Seconds,

    /// On a WebSocket: for a room, or a name, and for the rest of a message that has begun.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "DUOLOGUE_PLACE_SECONDS",
        default_value = "10"
    )]
    pub place_seconds: Seconds,

    /// Between two pings of a WebSocket; two without an answer, and it is closed.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "DUOLOGUE_PING_SECONDS",
        default_value = "4.5"
    )]
    pub ping_seconds: Seconds,

    /// For one message to leave this machine.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "DUOLOGUE_SEND_SECONDS",
        default_value = "5"
    )]
    pub send_seconds: Seconds,

    /// For the next request on a connection of HTTP/2.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "DUOLOGUE_IDLE_SECONDS",
        default_value = "60"
    )]
    pub idle_seconds: Seconds,

    /// How long a connection is asked for files on; it ends after twice that, whatever is under way. WebSockets
    /// stay.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "DUOLOGUE_CONNECTION_SECONDS",
        default_value = "300"
    )]
    pub connection_seconds: Seconds,

    /// For everybody to be told that the server stops.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "DUOLOGUE_STOP_SECONDS",
        default_value = "4"
    )]
    pub stop_seconds: Seconds,

    /// Between two looks at whether there is another certificate.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "DUOLOGUE_CERTIFICATE_SECONDS",
        default_value = "30"
    )]
    pub certificate_seconds: Seconds,
}

/// A time above nothing, up to a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seconds(Duration);

impl FromStr for Seconds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = text.parse().ok().filter(|it| (0.1..=86_400.0).contains(it));
        let seconds = seconds.ok_or("say seconds, from 0.1 to 86400")?;
        Ok(Seconds(Duration::from_secs_f64(seconds)))
    }
}

impl WaitingArgs {
    pub fn timing(&self) -> Timing {
        Timing {
            header: self.header_seconds.0,
            place: self.place_seconds.0,
            ping: self.ping_seconds.0,
            send: self.send_seconds.0,
            idle: self.idle_seconds.0,
            life: self.connection_seconds.0,
            drain: self.stop_seconds.0,
            certificate: self.certificate_seconds.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Alone {
        #[command(flatten)]
        waiting: WaitingArgs,
    }

    #[test]
    fn what_is_usual_is_what_the_server_does_by_itself() {
        let usual = Alone::parse_from(["duologue"]).waiting.timing();
        assert_eq!(format!("{usual:?}"), format!("{:?}", Timing::default()));
    }

    #[test]
    fn times_are_seconds_and_no_wait_is_for_ever() {
        assert_eq!("4.5".parse(), Ok(Seconds(Duration::from_millis(4_500))));
        for wrong in ["", "0", "-1", "5s", "inf", "nan", "86401"] {
            assert!(wrong.parse::<Seconds>().is_err(), "{wrong}");
        }
    }
}
