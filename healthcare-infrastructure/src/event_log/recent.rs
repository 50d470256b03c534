//! What came lately, by the types of events alone: a consumer that wants none of it need not ask for it.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError, RwLock},
};

/// How many stretches are known: some seconds of a busy log.
const KNOWN: usize = 512;

/// What lies between two ticks.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    /// Behind this tick,
    pub from: i64,
    /// up to this one,
    pub to: i64,
    /// are events of these types, and maybe of fewer; unknown where they are many.
    pub kinds: Option<Vec<String>>,
}

/// The latest stretches without a gap between them, for all readers of the process. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Recent(Arc<RwLock<VecDeque<Stretch>>>);

impl Recent {
    /// Adds what came next.
    pub fn add(&self, next: Stretch) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.back().is_some_and(|last| last.to != next.from) {
            known.clear();
        }
        known.push_back(next);
        if known.len() > KNOWN {
            known.pop_front();
        }
    }

    /// Up to which tick behind `seen` nothing lies that is wanted, as far as is known: `seen` itself, where the next
    /// may be.
    pub fn nothing_until(&self, seen: i64, wants: impl Fn(&str) -> bool) -> i64 {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let first = known.partition_point(|stretch| stretch.to <= seen);
        // A reader may stand within a stretch, whose types are a superset of those to come; before the first it may not.
        if known.get(first).is_none_or(|stretch| stretch.from > seen) {
            return seen;
        }
        let unwanted =
            |stretch: &&Stretch| stretch.kinds.as_ref().is_some_and(|kinds| !kinds.iter().any(|kind| wants(kind)));
        known.range(first..).take_while(unwanted).last().map_or(seen, |stretch| stretch.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from: i64, to: i64, kinds: &[&str]) -> Stretch {
        Stretch { from, to, kinds: Some(kinds.iter().map(|&kind| kind.to_owned()).collect()) }
    }

    fn recent() -> Recent {
        let recent = Recent::default();
        for one in [stretch(10, 12, &["a"]), stretch(12, 15, &["a", "b"]), stretch(15, 16, &["c"])] {
            recent.add(one);
        }
        recent
    }

    #[test]
    fn what_is_not_wanted_is_passed_over() {
        let wants_c = |kind: &str| kind == "c";
        assert_eq!(recent().nothing_until(10, wants_c), 15);
        assert_eq!(recent().nothing_until(13, wants_c), 15, "from within a stretch");
        assert_eq!(recent().nothing_until(15, wants_c), 15);
        assert_eq!(recent().nothing_until(10, |_| false), 16);
        assert_eq!(recent().nothing_until(10, |kind| kind == "a"), 10);
    }

    #[test]
    fn what_is_not_known_is_not_passed_over() {
        assert_eq!(recent().nothing_until(9, |_| false), 9, "the stretch behind 9 is not known");
        assert_eq!(recent().nothing_until(16, |_| false), 16);
        let recent = recent();
        recent.add(Stretch { from: 16, to: 20, kinds: None });
        assert_eq!(recent.nothing_until(10, |_| false), 16);
        recent.add(stretch(30, 31, &[]));
        assert_eq!(recent.nothing_until(10, |_| false), 10, "after a gap all before it is forgotten");
        assert_eq!(recent.nothing_until(30, |_| false), 31);
        assert_eq!(Recent::default().nothing_until(0, |_| false), 0);
    }
}
