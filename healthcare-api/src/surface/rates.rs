//! How many requests one address and one account may make. Each process decides by itself, at once; where nodes share
//! a Redis, what the others counted comes in beside the requests and never holds one up.

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use actix_web::dev::Extensions;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use healthcare_domain::id::AccountId;
use healthcare_infrastructure::shared::{Shared, network};
use tokio_util::sync::CancellationToken;

use super::{SurfaceSettings, site::Site};
use crate::problem::Problem;

/// How many seconds' worth may come at once.
const BURST_SECONDS: u32 = 2;
/// How often those who ask no more are forgotten.
const FORGET: Duration = Duration::from_secs(30);
/// How often the nodes of a site tell each other what they counted.
const TELL: Duration = Duration::from_millis(500);

/// Where a caller stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    of: &'static str,
    per_second: u32,
    remaining: u32,
    /// Seconds until there is room again; 0 while there is.
    wait: u64,
}

impl Standing {
    /// As `RateLimit-Policy` says it.
    pub fn policy(self) -> String {
        format!("\"{}\";q={};w={BURST_SECONDS}", self.of, self.per_second.saturating_mul(BURST_SECONDS))
    }

    /// As `RateLimit` says it.
    pub fn left(self) -> String {
        format!("\"{}\";r={};t={}", self.of, self.remaining, self.wait.max(1))
    }
}

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// One limit, by one kind of key.
struct Limit<K: Hash + Eq + Clone> {
    of: &'static str,
    per_second: NonZeroU32,
    here: Limiter<K>,
    site: Option<Site>,
}

impl<K: Hash + Eq + Clone + ToString> Limit<K> {
    fn new(of: &'static str, per_second: u32, shared: &Shared) -> Option<Self> {
        let per_second = NonZeroU32::new(per_second)?;
        let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(BURST_SECONDS - 1));
        let here = RateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst)).with_middleware();
        let site = shared.is_shared().then(|| Site::new(of, per_second.get(), burst.get(), shared.clone()));
        Some(Self { of, per_second, here, site })
    }

    /// Counts one more.
    fn admit(&self, key: K) -> (Standing, bool) {
        let standing = |remaining, wait| Standing { of: self.of, per_second: self.per_second.get(), remaining, wait };
        match self.here.check_key(&key) {
            Err(too_early) => {
                let wait = too_early.wait_time_from(DefaultClock::default().now());
                (standing(0, wait.as_secs() + 1), false)
            }
            Ok(left) => match self.site.as_ref().and_then(|site| site.admit(&key)) {
                Some(wait) => (standing(0, wait.as_secs() + 1), false),
                None => (standing(left.remaining_burst_capacity(), 0), true),
            },
        }
    }
}

/// The limits of a process. Cheap to clone.
#[derive(Clone)]
pub struct Rates {
    address: Option<Arc<Limit<IpAddr>>>,
    account: Option<Arc<Limit<Key>>>,
}

/// An account as a key.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key(AccountId);

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.0.fmt(f)
    }
}

impl Rates {
    /// The limits that the settings ask for, shared over what the nodes share.
    pub fn new(settings: &SurfaceSettings, shared: &Shared) -> Self {
        Self {
            address: Limit::new("address", settings.per_address, shared).map(Arc::new),
            account: Limit::new("account", settings.per_account, shared).map(Arc::new),
        }
    }

    /// Counts a request of an address and notes where it stands.
    ///
    /// # Errors
    /// When there were too many.
    pub fn by_address(&self, address: IpAddr, notes: &mut Extensions) -> Result<(), Problem> {
        let Some(limit) = &self.address else { return Ok(()) };
        noted(limit.admit(network(address)), notes)
    }

    /// Counts a request of an account, once a request, and notes where it stands.
    ///
    /// # Errors
    /// When there were too many.
    pub fn by_account(&self, account: AccountId, notes: &mut Extensions) -> Result<(), Problem> {
        let Some(limit) = &self.account else { return Ok(()) };
        match notes.get::<Standing>() {
            Some(standing) if standing.of == limit.of => Ok(()),
            _ => noted(limit.admit(Key(account)), notes),
        }
    }

    /// Forgets who asks no more, and tells the other nodes, until it is told to stop.
    pub async fn keep(self, stop: CancellationToken) {
        let mut forget = tokio::time::interval(FORGET);
        let mut tell = tokio::time::interval(TELL);
        tell.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = forget.tick() => {
                    self.address.iter().for_each(|limit| limit.here.retain_recent());
                    self.account.iter().for_each(|limit| limit.here.retain_recent());
                }
                _ = tell.tick() => {
                    let sites = (
                        self.address.as_ref().and_then(|limit| limit.site.as_ref()),
                        self.account.as_ref().and_then(|limit| limit.site.as_ref()),
                    );
                    for site in [sites.0, sites.1].into_iter().flatten() {
                        site.tell().await;
                    }
                }
            }
        }
    }
}

fn noted((standing, admitted): (Standing, bool), notes: &mut Extensions) -> Result<(), Problem> {
    notes.insert(standing);
    if admitted {
        return Ok(());
    }
    metrics::counter!("healthcare_http_limited_total", "by" => standing.of).increment(1);
    Err(Problem::throttled(standing.wait.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SECURITY 55: the limit holds for each key by itself, and an IPv6 network is one key.
    #[test]
    fn a_burst_is_two_seconds_worth_and_each_key_has_its_own() {
        let settings = SurfaceSettings { per_address: 5, per_account: 0, ..SurfaceSettings::default() };
        let rates = Rates::new(&settings, &Shared::local());
        let asks = |address: &str| rates.by_address(address.parse().unwrap(), &mut Extensions::new());
        for _ in 0..10 {
            asks("2001:db8::1").unwrap();
        }
        let refused = asks("2001:db8::2").unwrap_err();
        assert_eq!(refused.status, 429);
        assert!(refused.extra.unwrap()["retry_after"].as_u64() >= Some(1));
        asks("2001:db8:0:1::1").unwrap();
        for _ in 0..10 {
            asks("::ffff:192.0.2.1").unwrap();
        }
        assert_eq!(asks("192.0.2.1").unwrap_err().status, 429, "however it is written");
        asks("::ffff:192.0.2.2").unwrap();
        rates.by_account(AccountId(uuid::Uuid::nil()), &mut Extensions::new()).unwrap();
    }
}
