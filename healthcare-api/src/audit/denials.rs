//! Denials that anybody can cause as often as they like: the first ones are entries of the trail, not all of them.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

/// Within which they are counted together: the longest pause of a sign-in.
const WINDOW: TimeDelta = TimeDelta::seconds(60);
/// Whose denials are told apart within that. Of more than so many nothing is recorded until the window is over: an attack from
/// everywhere makes no more entries than this, and the first of them.
const MOST: usize = 200;

/// How many denials of whom were recorded lately, on this node. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Denials(Arc<Mutex<Lately>>);

#[derive(Debug, Default)]
struct Lately {
    since: DateTime<Utc>,
    /// By a digest of whose they are: names are not kept.
    seen: HashMap<u64, u32>,
    digests: RandomState,
}

impl Denials {
    /// Whether one more is an entry, of at most `many` a minute of the same.
    pub fn admit(&self, whose: impl Hash, many: u32, now: DateTime<Utc>) -> bool {
        let mut lately = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.signed_duration_since(lately.since) >= WINDOW {
            lately.since = now;
            lately.seen.clear();
        }
        let whose = lately.digests.hash_one(whose);
        if lately.seen.len() >= MOST && !lately.seen.contains_key(&whose) {
            return false;
        }
        let seen = lately.seen.entry(whose).or_default();
        *seen = seen.saturating_add(1);
        *seen <= many
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
    }

    /// SECURITY 42: the first of a minute is recorded, and an attack does not fill the trail.
    #[test]
    fn the_first_of_a_minute_are_recorded() {
        let denials = Denials::default();
        assert!(denials.admit("ada", 1, at(0)));
        assert!(!denials.admit("ada", 1, at(59)));
        assert!(denials.admit("bea", 1, at(59)), "another one");
        assert!(denials.admit("ada", 1, at(60)), "another minute");
        assert!(denials.admit(("eve", 1), 2, at(61)) && denials.admit(("eve", 1), 2, at(61)));
        assert!(!denials.admit(("eve", 1), 2, at(61)));
    }

    #[test]
    fn however_many_there_are_so_many_are_recorded() {
        let denials = Denials::default();
        let recorded = (0..10 * MOST).filter(|name| denials.admit(name, 1, at(1))).count();
        assert_eq!(recorded, MOST);
        assert!(denials.admit("somebody", 1, at(61)));
    }
}
