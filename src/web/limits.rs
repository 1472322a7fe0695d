//! How often one may ask: by network, by address, and all together.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// A window of time, after which counting begins anew.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// Confirmations that one address is sent in a window: nobody can be flooded with them.
const BY_ADDRESS: u32 = 3;
/// Requests from one network in a window.
const BY_NETWORK: u32 = 20;
/// Requests from the wider network that one owner of IPv6 addresses may have (a /48).
const BY_OWNER: u32 = 60;
/// Confirmations in a minute, over all: a mail server must not lose its good name by us, and a flood must not lock others out for long.
const ALL: u32 = 30;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// How many askers are remembered at most.
const REMEMBERED: usize = 20_000;

/// Whether a request may be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// It may.
    Granted,
    /// This address was written to often enough. The asker must not see the difference.
    AddressSatisfied,
    /// Too much came from there, or from everywhere.
    TooMany,
}

/// Counts who asked. It forgets all at a restart.
#[derive(Debug, Default)]
pub(super) struct Limits {
    hasher: RandomState,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    began: Timestamp,
    /// By hash: no address stands in memory because somebody asked for it.
    by_asker: HashMap<u64, u32>,
    all: u32,
    minute: Timestamp,
}

impl Limits {
    /// Counts a request for a confirmation.
    pub(super) fn ask(&self, network: IpAddr, address: &str, now: Timestamp) -> Leave {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(counts.began) >= WINDOW || now < counts.began {
            *counts = Counts { began: now, ..Counts::default() };
        }
        if now.duration_since(counts.minute) >= MINUTE || now < counts.minute {
            (counts.minute, counts.all) = (now, 0);
        }
        if counts.by_asker.len() >= REMEMBERED {
            // Those who asked once or twice are forgotten; a flood stays counted.
            counts.by_asker.retain(|_, count| *count > 2);
        }
        let owner = self.hash(("owner", prefix(network) >> 16));
        let network_key = self.hash(("network", prefix(network)));
        let floods = network.to_canonical().is_ipv6() && counts.count(owner) > BY_OWNER;
        if counts.count(network_key) > BY_NETWORK || floods || counts.all >= ALL {
            return Leave::TooMany;
        }
        if counts.count(self.hash(("address", address.to_lowercase()))) > BY_ADDRESS {
            return Leave::AddressSatisfied;
        }
        counts.all += 1;
        Leave::Granted
    }

    fn hash(&self, asker: impl Hash) -> u64 {
        self.hasher.hash_one(asker)
    }
}

impl Counts {
    fn count(&mut self, asker: u64) -> u32 {
        let count = self.by_asker.entry(asker).or_default();
        *count = count.saturating_add(1);
        *count
    }
}

/// The network of an address: whoever has one address of it has them all.
fn prefix(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u128::from(u32::from(v4) >> 8),
        IpAddr::V6(v6) => (u128::from(v6) >> 64) | 1 << 127,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes + 60)
    }

    #[test]
    fn an_address_is_written_to_three_times_an_hour() {
        let limits = Limits::default();
        let ask = |net: u8, minute| limits.ask(IpAddr::from([10, 0, net, 1]), "Ana@example.org", at(minute));
        assert_eq!([ask(1, 0), ask(2, 1), ask(3, 2), ask(4, 3)], [Leave::Granted, Leave::Granted, Leave::Granted, Leave::AddressSatisfied]);
        assert_eq!(ask(5, 61), Leave::Granted, "an hour later");
    }

    #[test]
    fn ten_thousand_requests_are_few_mails() {
        let limits = Limits::default();
        let granted = |octet: &dyn Fn(u32) -> [u8; 4]| {
            (0..10_000u32).filter(|n| limits.ask(IpAddr::from(octet(*n)), &format!("a{n}@example.org"), at(0)) == Leave::Granted).count()
        };
        assert_eq!(granted(&|n| [203, 0, 113, n.to_be_bytes()[3]]), 20, "one network");
        assert!(
            granted(&|n| {
                let [_, _, b, c] = n.to_be_bytes();
                [198, b, c, 1]
            }) <= 500,
            "many networks"
        );
        assert!(limits.counts.lock().unwrap().by_asker.len() <= REMEMBERED + 10);
    }

    #[test]
    fn a_network_is_what_one_owner_has() {
        let v6 = |text: &str| prefix(text.parse().unwrap());
        assert_eq!(v6("2001:db8:1:2::1"), v6("2001:db8:1:2:ffff::9"));
        assert_ne!(v6("2001:db8:1:2::1"), v6("2001:db8:1:3::1"));
        assert_eq!(v6("::ffff:192.0.2.7"), v6("192.0.2.9"));
    }
}
