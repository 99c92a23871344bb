//! How much the relay inside gives: the options for that, and what they come to. Numbers that belong together
//! stand in one option, the one for all before the one for each.

use clap::Args;
use duologue_server::turn::Quotas;
use std::time::Duration;

const MEGABIT: u64 = 1_000_000 / 8;
const HOUR: Duration = Duration::from_secs(60 * 60);

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Limits of the relay inside")]
pub(crate) struct QuotaArgs {
    /// Addresses lent at once: in all, to one address, and to one visitor. Each takes a port and a file handle.
    #[arg(
        long,
        value_name = "ALL,ADDRESS,VISITOR",
        env = "DUOLOGUE_RELAY_LOANS",
        default_value = "2000,400,100",
        value_parser = numbers::<3>
    )]
    pub relay_loans: [u32; 3],

    /// Megabits a second: of all and of one address both ways together, of one lent address each way.
    #[arg(
        long,
        value_name = "ALL,ADDRESS,LOAN",
        env = "DUOLOGUE_RELAY_MEGABITS",
        default_value = "800,160,8",
        value_parser = numbers::<3>
    )]
    pub relay_megabits: [u32; 3],

    /// Connections by TCP and TLS: in all, and from one address.
    #[arg(
        long,
        value_name = "ALL,ADDRESS",
        env = "DUOLOGUE_RELAY_CONNECTIONS",
        default_value = "1000,200",
        value_parser = numbers::<2>
    )]
    pub relay_connections: [u32; 2],

    /// Answers a second to whoever has shown no password: to all by UDP, and to one address.
    #[arg(
        long,
        value_name = "ALL,ADDRESS",
        env = "DUOLOGUE_RELAY_ANSWERS",
        default_value = "50000,50",
        value_parser = numbers::<2>
    )]
    pub relay_answers: [u32; 2],

    /// Peers that one lent address talks to.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_RELAY_PEERS",
        default_value_t = 32,
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    pub relay_peers: u16,

    /// How long an address is lent at the most.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_RELAY_HOURS",
        default_value_t = 24,
        value_parser = clap::value_parser!(u16).range(1..=8_760)
    )]
    pub relay_hours: u16,

    /// How long a connection by TCP or TLS may take to borrow something.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "DUOLOGUE_RELAY_PATIENCE",
        default_value_t = 15,
        value_parser = clap::value_parser!(u16).range(1..=3_600)
    )]
    pub relay_patience: u16,
}

impl QuotaArgs {
    pub fn quotas(&self) -> Quotas {
        let [bytes, bytes_of_address, bytes_of_lent] =
            self.relay_megabits.map(|it| u64::from(it) * MEGABIT);
        let [lent, lent_to_address, lent_to_name] = self.relay_loans.map(count);
        let [streams, streams_of_address] = self.relay_connections.map(count);
        let [answers, answers_to_address] = self.relay_answers;
        Quotas {
            lent,
            lent_to_address,
            lent_to_name,
            bytes,
            bytes_of_address,
            bytes_of_lent,
            peers: self.relay_peers.into(),
            lifetime: HOUR * self.relay_hours.into(),
            streams,
            streams_of_address,
            patience: Duration::from_secs(self.relay_patience.into()),
            answers,
            answers_to_address,
        }
    }
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// So many of them, with commas between; none is 0.
fn numbers<const N: usize>(text: &str) -> Result<[u32; N], String> {
    let all: Result<Vec<u32>, _> = text.split(',').map(|it| it.trim().parse()).collect();
    let all = all.ok().filter(|all| !all.contains(&0));
    all.and_then(|all| all.try_into().ok())
        .ok_or_else(|| format!("write {N} numbers above 0 with commas between them"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Alone {
        #[command(flatten)]
        quotas: QuotaArgs,
    }

    #[test]
    fn what_is_usual_is_what_the_relay_has_by_itself() {
        let usual = Alone::parse_from(["duologue"]).quotas.quotas();
        assert_eq!(format!("{usual:?}"), format!("{:?}", Quotas::default()));
    }

    #[test]
    fn numbers_are_as_many_as_are_wanted_and_each_is_one() {
        assert_eq!(numbers("3,2,1"), Ok([3, 2, 1]));
        assert_eq!(numbers(" 30, 20 "), Ok([30, 20]));
        for wrong in [
            "",
            "3",
            "3,2,1",
            "3,0",
            "3,a",
            "3,-1",
            "3,,2",
            "3,99999999999",
        ] {
            assert!(numbers::<2>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_number_goes_where_it_belongs() {
        let said = Alone::parse_from([
            "duologue",
            "--relay-loans=30,20,10",
            "--relay-megabits=24,16,8",
            "--relay-connections=7,6",
            "--relay-answers=5,4",
        ]);
        let quotas = said.quotas.quotas();
        assert_eq!(
            (quotas.lent, quotas.lent_to_address, quotas.lent_to_name),
            (30, 20, 10)
        );
        let bytes = (quotas.bytes, quotas.bytes_of_address, quotas.bytes_of_lent);
        assert_eq!(bytes, (3_000_000, 2_000_000, 1_000_000));
        assert_eq!((quotas.streams, quotas.streams_of_address), (7, 6));
        assert_eq!((quotas.answers, quotas.answers_to_address), (5, 4));
    }
}
