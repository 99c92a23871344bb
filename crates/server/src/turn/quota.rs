//! How much anybody may have: numbers, what counts them, and buckets that fill with time. Pure; forgets
//! whoever has nothing.

use super::lender::{By, Client};
use crate::network::Network;
use duologue_core::{pace::Bucket, time::Millis};
use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    time::Duration,
};

/// The most of everything. A page that calls seven people borrows one address for each, for each way that
/// it tries, for each network that its device is on.
#[derive(Clone, Debug)]
pub struct Quotas {
    /// Addresses lent at once.
    pub lent: usize,
    /// To one address, or a /64 of IPv6: a whole office may be behind it.
    pub lent_to_address: usize,
    /// To one name: to one visitor.
    pub lent_to_name: usize,
    /// Bytes a second that are carried, both ways together: in all, and for those at one address.
    pub bytes: u64,
    pub bytes_of_address: u64,
    /// Of one lent address, each way: a call in high definition takes half of it.
    pub bytes_of_lent: u64,
    /// Peers that one lent address talks to.
    pub peers: usize,
    /// How long one address is lent, however often that is renewed.
    pub lifetime: Duration,
    /// Connections by TCP at once, and of one address.
    pub streams: usize,
    pub streams_of_address: usize,
    /// For a connection to have borrowed something.
    pub patience: Duration,
    /// Answers a second to those who have not shown a password: to all whose address may be forged, and to
    /// one address.
    pub answers: u32,
    pub answers_to_address: u32,
}

/// A byte a second is eight bits.
const MEGABIT: u64 = 1_000_000 / 8;

impl Default for Quotas {
    fn default() -> Self {
        Quotas {
            lent: 2_000,
            lent_to_address: 400,
            lent_to_name: 100,
            bytes: 800 * MEGABIT,
            bytes_of_address: 160 * MEGABIT,
            bytes_of_lent: 8 * MEGABIT,
            peers: 32,
            lifetime: Duration::from_secs(24 * 60 * 60),
            streams: 1_000,
            streams_of_address: 200,
            patience: Duration::from_secs(15),
            answers: 50_000,
            answers_to_address: 50,
        }
    }
}

/// How many of something each has.
pub(super) struct Tally<K>(HashMap<K, usize>);

impl<K: Hash + Eq> Tally<K> {
    pub(super) fn new() -> Self {
        Tally(HashMap::new())
    }

    pub(super) fn of(&self, who: &K) -> usize {
        self.0.get(who).copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, who: K) {
        *self.0.entry(who).or_default() += 1;
    }

    pub(super) fn take_off(&mut self, who: &K) {
        let left = self.0.get_mut(who).map_or(0, |it| {
            *it = it.saturating_sub(1);
            *it
        });
        if left == 0 {
            self.0.remove(who);
        }
    }
}

/// What flows by the second, out of a bucket that holds as much as flows in a second.
#[derive(Debug, Default)]
pub(super) struct Flow(Bucket);

impl Flow {
    /// Whether there was that much in it.
    pub(super) fn take(&mut self, now: Duration, much: usize, a_second: u64) -> bool {
        let a_minute = a_second.saturating_mul(60);
        self.0.spend(millis(now), much as u64, a_second, a_minute)
    }

    fn is_full(&mut self, now: Duration, a_second: u64) -> bool {
        let a_minute = a_second.saturating_mul(60);
        self.0.is_full_by(millis(now), a_minute)
    }
}

fn millis(now: Duration) -> Millis {
    Millis(u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
}

/// What those at one network have.
#[derive(Default)]
struct Part {
    lent: usize,
    carried: Flow,
}

/// Why a packet is not carried, as the numbers call it.
pub(super) type TooMuch = &'static str;

/// Who has borrowed, by their networks, and what all of them together let the relay carry.
#[derive(Default)]
pub(super) struct Parts {
    each: HashMap<Network, Part>,
    carried: Flow,
}

impl Parts {
    pub(super) fn lent_to(&self, who: Network) -> usize {
        self.each.get(&who).map_or(0, |it| it.lent)
    }

    pub(super) fn lend(&mut self, who: Network) {
        self.each.entry(who).or_default().lent += 1;
    }

    /// Remembered until its bucket is full again: giving back and borrowing anew is no way to begin anew.
    pub(super) fn give_back(&mut self, who: Network) {
        if let Some(part) = self.each.get_mut(&who) {
            part.lent = part.lent.saturating_sub(1);
        }
    }

    pub(super) fn carry(
        &mut self,
        now: Duration,
        who: Network,
        bytes: usize,
        quotas: &Quotas,
    ) -> Result<(), TooMuch> {
        let part = self.each.entry(who).or_default();
        if !part.carried.take(now, bytes, quotas.bytes_of_address) {
            return Err("rate_of_address");
        }
        match self.carried.take(now, bytes, quotas.bytes) {
            true => Ok(()),
            false => Err("rate_of_all"),
        }
    }

    pub(super) fn sweep(&mut self, now: Duration, quotas: &Quotas) {
        let a_second = quotas.bytes_of_address;
        (self.each).retain(|_, it| it.lent > 0 || !it.carried.is_full(now, a_second));
    }
}

/// Those who have not shown a password, and how much they are answered. One with a forged address costs
/// whoever has that address no more than this, and us nothing: strangers share buckets, of which there are
/// so many that nobody finds somebody else's.
pub(super) struct Strangers<H = RandomState> {
    each: Box<[Flow]>,
    all: Flow,
    hasher: H,
}

/// 200 KiB of them.
const SHARED: usize = 8_192;

impl<H: BuildHasher> Strangers<H> {
    pub(super) fn new(hasher: H) -> Self {
        Strangers {
            each: (0..SHARED).map(|_| Flow::default()).collect(),
            all: Flow::default(),
            hasher,
        }
    }

    /// Whoever came by a connection is where they say, and does not suffer from those who are not.
    pub(super) fn may_be_answered(&mut self, now: Duration, who: Client, quotas: &Quotas) -> bool {
        let hash = self.hasher.hash_one(Network::of(who.at.ip()));
        // The lower bits are as good as any.
        let own = self.each.get_mut(hash as usize % SHARED);
        let has = own.is_none_or(|it| it.take(now, 1, quotas.answers_to_address.into()));
        match who.by {
            By::Stream(_) => has,
            By::Datagrams(_) => has && self.all.take(now, 1, quotas.answers.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        collections::hash_map::DefaultHasher,
        hash::BuildHasherDefault,
        net::{IpAddr, SocketAddr},
    };

    const fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn network(text: &str) -> Network {
        Network::of(text.parse().unwrap())
    }

    fn client(by: By, ip: IpAddr) -> Client {
        let at = SocketAddr::new(ip, 1);
        Client { by, at }
    }

    /// The same buckets for the same strangers each time.
    fn strangers() -> Strangers<BuildHasherDefault<DefaultHasher>> {
        Strangers::new(BuildHasherDefault::default())
    }

    #[test]
    fn a_flow_gives_a_second_at_once_and_then_what_flows_in() {
        let mut flow = Flow::default();
        assert!(flow.take(at(0), 60, 100) && flow.take(at(0), 40, 100));
        assert!(!flow.take(at(0), 1, 100));
        assert!(!flow.take(at(9), 1, 100) && flow.take(at(10), 1, 100));
        assert!(flow.take(at(510), 50, 100) && !flow.take(at(510), 1, 100));
        assert!(
            !flow.take(at(60_000), 101, 100),
            "no more than a second's worth"
        );
        assert!(flow.take(at(60_000), 100, 100));
        assert!(!flow.take(at(0), 1, 100), "time does not run back");
    }

    #[test]
    fn strangers_are_answered_sparingly_and_a_network_is_one() {
        let quotas = Quotas {
            answers_to_address: 2,
            answers: 5,
            ..Quotas::default()
        };
        let mut strangers = strangers();
        let mut ask = |who: &str| {
            let who = client(By::Datagrams(0), who.parse().unwrap());
            strangers.may_be_answered(at(0), who, &quotas)
        };
        let same = ["2001:db8::1", "2001:db8::2", "2001:db8::3"];
        assert_eq!(same.map(&mut ask), [true, true, false], "a /64 is one");
        assert!(ask("2001:db8:0:1::1"));
        assert!(ask("192.0.2.1") && ask("::ffff:192.0.2.1"));
        assert!(!ask("192.0.2.2"), "five answers for all");
    }

    #[test]
    fn whoever_forges_addresses_silences_nobody_who_comes_by_a_connection() {
        let quotas = Quotas::default();
        let mut strangers = strangers();
        // Ten seconds of all that is answered and as much again, from ever new addresses.
        let mut answered = 0;
        for n in 0..20 * quotas.answers {
            let now = at(u64::from(n) * 1_000 / (2 * u64::from(quotas.answers)));
            let forged = client(
                By::Datagrams(0),
                IpAddr::from((0x0b00_0000 + n).to_be_bytes()),
            );
            answered += u32::from(strangers.may_be_answered(now, forged, &quotas));
        }
        let seconds = answered / quotas.answers;
        assert!((9..=11).contains(&seconds), "{seconds} seconds' worth");
        let newcomer = client(By::Stream(1), "198.51.100.1".parse().unwrap());
        // But no more than others of one address, with the few who share its bucket.
        let again = |_: &u32| strangers.may_be_answered(at(9_999), newcomer, &quotas);
        let more = (0..1_000).filter(again).count();
        assert!((10..=50).contains(&more), "{more}");
    }

    #[test]
    fn who_gives_all_back_is_forgotten() {
        let mut tally = Tally::new();
        tally.add("ana");
        tally.add("ana");
        assert_eq!((tally.of(&"ana"), tally.of(&"ben")), (2, 0));
        tally.take_off(&"ana");
        tally.take_off(&"ana");
        tally.take_off(&"ana");
        assert!(tally.0.is_empty());
    }

    #[test]
    fn a_network_carries_so_much_however_often_it_borrows_anew_and_all_so_much_together() {
        let quotas = Quotas {
            bytes_of_address: 1_000,
            bytes: 2_500,
            ..Quotas::default()
        };
        let mut parts = Parts::default();
        let home = network("2001:db8::1");
        let mut carried = 0;
        for n in 0..10 {
            let from = network(&format!("2001:db8::{n:x}"));
            parts.lend(from);
            assert_eq!(parts.lent_to(home), 1);
            while parts.carry(at(0), from, 100, &quotas).is_ok() {
                carried += 100;
            }
            parts.give_back(from);
            parts.sweep(at(0), &quotas);
        }
        assert_eq!(carried, 1_000);
        let (office, third) = (network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(parts.carry(at(0), office, 1_000, &quotas), Ok(()));
        assert_eq!(
            parts.carry(at(0), office, 1, &quotas),
            Err("rate_of_address")
        );
        assert_eq!(parts.carry(at(0), third, 501, &quotas), Err("rate_of_all"));
        // Others' share comes back as time goes by, and those who have gone are forgotten.
        assert_eq!(parts.carry(at(100), office, 100, &quotas), Ok(()));
        parts.sweep(at(1_100), &quotas);
        assert!(parts.each.is_empty());
    }
}
