//! The short memory of one process.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use moka::{Expiry, sync::Cache};

/// How many keys are held at once; the least used go first.
const CAPACITY: u64 = 50_000;

#[derive(Clone)]
pub(super) struct Local {
    counters: Cache<String, Kept<Arc<AtomicU64>>>,
    values: Cache<String, Kept<Arc<str>>>,
    holds: Cache<String, Kept<Instant>>,
}

/// Something and how long it lives.
#[derive(Clone)]
struct Kept<T> {
    what: T,
    lives: Duration,
}

/// Each entry lives as long as it says, from when it was made.
struct AsSaid;

impl<T> Expiry<String, Kept<T>> for AsSaid {
    fn expire_after_create(&self, _: &String, kept: &Kept<T>, _: Instant) -> Option<Duration> {
        Some(kept.lives)
    }
    fn expire_after_update(&self, _: &String, kept: &Kept<T>, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(kept.lives)
    }
}

impl Local {
    pub(super) fn new() -> Self {
        Self {
            counters: Cache::builder().max_capacity(CAPACITY).expire_after(AsSaid).build(),
            values: Cache::builder().max_capacity(CAPACITY).expire_after(AsSaid).build(),
            holds: Cache::builder().max_capacity(CAPACITY).expire_after(AsSaid).build(),
        }
    }

    pub(super) fn count(&self, key: &str, window: Duration) -> u64 {
        let begun = || Kept { what: Arc::new(AtomicU64::new(0)), lives: window };
        let counter = self.counters.get_with_by_ref(key, begun);
        counter.what.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn forget(&self, key: &str) {
        self.counters.invalidate(key);
        self.holds.invalidate(key);
    }

    pub(super) fn hold(&self, key: &str, lives: Duration) {
        self.holds.insert(key.to_owned(), Kept { what: Instant::now() + lives, lives });
    }

    pub(super) fn held(&self, key: &str) -> Option<Duration> {
        let until = self.holds.get(key)?.what;
        until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }

    pub(super) fn put(&self, key: &str, value: &str, lives: Duration) {
        self.values.insert(key.to_owned(), Kept { what: value.into(), lives });
    }

    pub(super) fn take(&self, key: &str) -> Option<String> {
        self.values.remove(key).map(|kept| kept.what.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_taken_once() {
        let local = Local::new();
        local.put("ticket", "nurse", Duration::from_secs(60));
        assert_eq!(local.take("ticket").as_deref(), Some("nurse"));
        assert_eq!(local.take("ticket"), None);
    }

    #[test]
    fn counting_begins_anew_when_forgotten() {
        let local = Local::new();
        let window = Duration::from_secs(60);
        assert_eq!([local.count("a", window), local.count("a", window), local.count("b", window)], [1, 2, 1]);
        local.forget("a");
        assert_eq!(local.count("a", window), 1);
    }
}
