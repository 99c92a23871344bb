//! How much anybody may have: numbers, what counts them, and buckets that fill with time. Pure; forgets
//! whoever has nothing.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

/// The most of everything. A page that calls seven people borrows one address for each, for each way that
/// it tries, for each network that its device is on.
#[derive(Clone, Debug)]
pub struct Quotas {
    /// Addresses lent at once.
    pub lent: usize,
    /// To one name: to one visitor.
    pub lent_to_name: usize,
    /// To one address, or a /64 of IPv6: a whole office may be behind it.
    pub lent_to_address: usize,
    /// Peers that one lent address talks to.
    pub peers: usize,
    /// Bytes a second that one lent address carries, each way: a call in high definition takes half of it.
    pub bytes_a_second: u32,
    /// How long one address is lent, however often that is renewed.
    pub lifetime: Duration,
    /// Connections by TCP at once, and of one address.
    pub streams: usize,
    pub streams_of_address: usize,
    /// For a connection to have borrowed something.
    pub patience: Duration,
    /// Answers a second to those who have not shown a password: to one address, and to all.
    pub answers: u32,
    pub answers_to_all: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Quotas {
            lent: 2_000,
            lent_to_name: 100,
            lent_to_address: 400,
            peers: 32,
            bytes_a_second: 1_000_000,
            lifetime: Duration::from_secs(24 * 60 * 60),
            streams: 1_000,
            streams_of_address: 200,
            patience: Duration::from_secs(15),
            answers: 50,
            answers_to_all: 5_000,
        }
    }
}

/// Whom we count together: who has one address of IPv6 has all of its /64.
pub(super) fn block(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        ip => ip,
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

/// Holds a second's worth, and fills as time goes by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    /// In nanoseconds of filling, so that nothing is lost to rounding.
    level: u64,
    at: Duration,
}

const SECOND: u64 = 1_000_000_000;

impl Bucket {
    pub(super) fn full(now: Duration) -> Self {
        Bucket {
            level: SECOND,
            at: now,
        }
    }

    /// Whether there was that much in it, of which `a_second` flow in.
    pub(super) fn take(&mut self, now: Duration, much: usize, a_second: u32) -> bool {
        let passed = now.saturating_sub(self.at).as_nanos();
        let passed = u64::try_from(passed).unwrap_or(SECOND).min(SECOND);
        self.level = (self.level + passed).min(SECOND);
        self.at = self.at.max(now);
        let price = (much as u64).saturating_mul(SECOND) / u64::from(a_second.max(1));
        let has = price <= self.level;
        if has {
            self.level -= price;
        }
        has
    }
}

/// Those who have not shown a password, and how much they are answered. One with a forged address costs
/// whoever has that address no more than this, and us a small place in a table of fixed size.
pub(super) struct Strangers {
    each: HashMap<IpAddr, Bucket>,
    all: Bucket,
}

/// Of strangers who are told apart. The rest share what there is for all.
const KNOWN: usize = 10_000;

impl Strangers {
    pub(super) fn new(now: Duration) -> Self {
        Strangers {
            each: HashMap::new(),
            all: Bucket::full(now),
        }
    }

    pub(super) fn may_be_answered(&mut self, now: Duration, who: IpAddr, quotas: &Quotas) -> bool {
        let who = block(who);
        if self.each.len() < KNOWN {
            self.each.entry(who).or_insert_with(|| Bucket::full(now));
        }
        let own = self.each.get_mut(&who);
        let has = own.is_none_or(|it| it.take(now, 1, quotas.answers));
        has && self.all.take(now, 1, quotas.answers_to_all)
    }

    /// Forgets those whose bucket is full again.
    pub(super) fn sweep(&mut self, now: Duration) {
        let second = Duration::from_secs(1);
        self.each
            .retain(|_, bucket| now.saturating_sub(bucket.at) < second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_bucket_gives_a_second_at_once_and_then_what_flows_in() {
        let mut bucket = Bucket::full(at(0));
        assert!(bucket.take(at(0), 60, 100) && bucket.take(at(0), 40, 100));
        assert!(!bucket.take(at(0), 1, 100));
        assert!(!bucket.take(at(9), 1, 100) && bucket.take(at(10), 1, 100));
        assert!(bucket.take(at(510), 50, 100) && !bucket.take(at(510), 1, 100));
        assert!(
            !bucket.take(at(60_000), 101, 100),
            "no more than a second's worth"
        );
        assert!(bucket.take(at(60_000), 100, 100));
        assert!(!bucket.take(at(0), 1, 100), "time does not run back");
    }

    #[test]
    fn strangers_are_answered_sparingly_and_not_kept_in_mind() {
        let quotas = Quotas {
            answers: 2,
            answers_to_all: 5,
            ..Quotas::default()
        };
        let ask = |strangers: &mut Strangers, who: &str| {
            strangers.may_be_answered(at(0), who.parse().unwrap(), &quotas)
        };
        let mut strangers = Strangers::new(at(0));
        let same = ["2001:db8::1", "2001:db8::2", "2001:db8::3"];
        let answered = same.map(|it| ask(&mut strangers, it));
        assert_eq!(answered, [true, true, false], "a /64 is one");
        assert!(ask(&mut strangers, "2001:db8:0:1::1"));
        assert!(ask(&mut strangers, "192.0.2.1") && ask(&mut strangers, "::ffff:192.0.2.1"));
        assert!(!ask(&mut strangers, "192.0.2.2"), "five answers for all");
        strangers.sweep(at(999));
        assert!(!strangers.each.is_empty());
        strangers.sweep(at(1_000));
        assert!(strangers.each.is_empty());
    }

    #[test]
    fn however_many_strangers_come_the_table_stays_small() {
        let mut strangers = Strangers::new(at(0));
        for n in 0..2 * KNOWN as u32 {
            let who = IpAddr::from(n.to_be_bytes());
            strangers.may_be_answered(at(0), who, &Quotas::default());
        }
        assert_eq!(strangers.each.len(), KNOWN);
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
}
