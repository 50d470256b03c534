//! What the nodes of a site count together. A node tells Redis what it counted and hears what all did, twice a second,
//! beside the requests. While Redis is away or hangs, each node limits by itself.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use healthcare_infrastructure::shared::Shared;
use moka::sync::Cache;
use sha2::{Digest, Sha256};

/// How long a window is.
const WINDOW: Duration = Duration::from_secs(10);
/// Keys that are told of at once.
const AT_ONCE: usize = 1_000;
/// Keys that are held at once.
const CAPACITY: u64 = 50_000;

/// The windows of one limit.
pub struct Site {
    of: &'static str,
    most: u64,
    shared: Shared,
    windows: Cache<u64, Arc<Window>>,
}

/// What was counted of one key since its window began.
struct Window {
    /// What it is called in Redis; a digest, so that no address stands there.
    name: String,
    begun: Instant,
    here: AtomicU64,
    told: AtomicU64,
    everywhere: AtomicU64,
}

impl Site {
    pub fn new(of: &'static str, per_second: u32, burst: u32, shared: Shared) -> Self {
        let most = u64::from(per_second) * WINDOW.as_secs() + u64::from(burst);
        Self { of, most, shared, windows: Cache::builder().max_capacity(CAPACITY).time_to_live(WINDOW).build() }
    }

    /// Counts one more; says how long to wait when the site had too many.
    pub fn admit<K: Hash + ToString>(&self, key: &K) -> Option<Duration> {
        let mut hash = DefaultHasher::new();
        key.hash(&mut hash);
        let window = self.windows.get_with(hash.finish(), || {
            let name = format!("{}:{}", self.of, hex(&Sha256::digest(key.to_string())));
            let zero = || AtomicU64::new(0);
            Arc::new(Window { name, begun: Instant::now(), here: zero(), told: zero(), everywhere: zero() })
        });
        let here = window.here.fetch_add(1, Ordering::Relaxed) + 1;
        let untold = here.saturating_sub(window.told.load(Ordering::Relaxed));
        let all = window.everywhere.load(Ordering::Relaxed) + untold;
        (all > self.most).then(|| WINDOW.saturating_sub(window.begun.elapsed()))
    }

    /// Tells Redis what is new here, and hears what was counted everywhere.
    pub async fn tell(&self) {
        let news = self.windows.iter().filter_map(|(_, window)| {
            let here = window.here.load(Ordering::Relaxed);
            let untold = here.saturating_sub(window.told.load(Ordering::Relaxed));
            (untold > 0).then_some((window, here, untold))
        });
        let news: Vec<_> = news.take(AT_ONCE).collect();
        for (window, here, untold) in news {
            let key = format!("rate:{}", window.name);
            // Redis away or hung: each node limits by itself until it is back.
            let Some(everywhere) = self.shared.tally(&key, untold, WINDOW).await else { return };
            window.told.store(here, Ordering::Relaxed);
            window.everywhere.store(everywhere, Ordering::Relaxed);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
