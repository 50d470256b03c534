//! How often a sign-in may be tried: by name and by address, with growing pauses, and never so that a clinician is
//! locked out for good. Failures from elsewhere do not count where the account has signed in before. The counters are
//! shared by the nodes of a site; names and addresses are in them as digests only.

use std::{net::IpAddr, sync::Arc, time::Duration};

use healthcare_domain::account::sign_in_name;
use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::token;
use crate::shared::{Shared, network};

/// Within which failures are counted together.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// The pause after the n-th failure, in seconds. The first are a person's typing errors; the last is the longest.
const PAUSES: [u64; 10] = [0, 0, 0, 1, 3, 5, 10, 20, 30, 60];
/// Failures a minute from one address, of whatever names: a ward signs in through one gateway.
const BY_ADDRESS: u64 = 100;
/// The pause of an address that has had too many.
const ADDRESS_PAUSE: Duration = Duration::from_secs(10);
/// Attempts of one name at once, on one node.
const AT_ONCE: usize = 8;

/// Too many attempts: when to come back, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany(pub u64);

/// What counts attempts.
#[derive(Clone)]
pub(super) struct Throttle {
    shared: Shared,
    under_way: Cache<String, Arc<Semaphore>>,
}

/// The counters of one attempt, while it is under way.
pub(super) struct Attempt<'a> {
    shared: &'a Shared,
    name: String,
    address: Option<String>,
    _place: OwnedSemaphorePermit,
}

impl Throttle {
    pub(super) fn new(shared: Shared) -> Self {
        Self { shared, under_way: Cache::builder().max_capacity(10_000).time_to_idle(WINDOW).build() }
    }

    /// Begins an attempt. `known` is whether the account has signed in from that address before: then it has a counter
    /// of its own, which nobody elsewhere can drive up.
    pub(super) async fn begin(
        &self,
        what: &str,
        username: &str,
        from: Option<IpAddr>,
        known: bool,
    ) -> Result<Attempt<'_>, TooMany> {
        let keyed = |kind: &str, text: &str| format!("{what}:{kind}:{}", hex::encode(&token::digest(text)[..16]));
        // As an account is found by it: no way of writing a name begins another count.
        let username = sign_in_name(username);
        let name = match from {
            Some(address) if known => keyed("known", &format!("{username}\n{address}")),
            Some(_) | None => keyed("name", &username),
        };
        let address = from.map(|address| keyed("address", &network(address).to_string()));
        // Who has signed in from here before is held up by their own failures alone: a network may be a whole ward.
        for key in std::iter::once(&name).chain(address.iter().filter(|_| !known)) {
            if let Some(left) = self.shared.held(key).await {
                return Err(TooMany(left.as_secs() + 1));
            }
        }
        let places = self.under_way.get_with_by_ref(&name, || Arc::new(Semaphore::new(AT_ONCE)));
        let place = places.try_acquire_owned().map_err(|_| TooMany(1))?;
        Ok(Attempt { shared: &self.shared, name, address, _place: place })
    }
}

impl Attempt<'_> {
    /// The name is its owner's: their earlier attempts are forgiven.
    pub(super) async fn succeeded(self) {
        self.shared.forget(&self.name).await;
    }

    /// One more that went wrong.
    pub(super) async fn failed(self) {
        let failures = self.shared.count(&self.name, WINDOW).await;
        let pause = usize::try_from(failures).ok().and_then(|n| PAUSES.get(n.saturating_sub(1))).or(PAUSES.last());
        if let Some(pause @ 1..) = pause {
            self.shared.hold(&self.name, Duration::from_secs(*pause)).await;
        }
        if let Some(address) = &self.address
            && self.shared.count(address, Duration::from_secs(60)).await >= BY_ADDRESS
        {
            self.shared.hold(address, ADDRESS_PAUSE).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    async fn fail(throttle: &Throttle, name: &str, from: Option<IpAddr>, known: bool) -> Result<(), TooMany> {
        throttle.begin("sign-in", name, from, known).await?.failed().await;
        Ok(())
    }

    /// SECURITY 6: growing pauses by name. SECURITY 7: failures from elsewhere do not lock out where one is known.
    #[tokio::test]
    async fn failures_from_elsewhere_do_not_count_at_home() {
        let throttle = Throttle::new(Shared::local());
        let (here, elsewhere) = (Some(IpAddr::from([10, 0, 0, 1])), Some(IpAddr::from([203, 0, 113, 9])));
        for _ in 0..4 {
            fail(&throttle, "Ada ", elsewhere, false).await.unwrap();
        }
        assert_eq!(fail(&throttle, "ada", elsewhere, false).await, Err(TooMany(1)));
        assert_eq!(fail(&throttle, "ada", None, false).await, Err(TooMany(1)), "from anywhere unknown");
        let wide = fail(&throttle, "\u{ff41}d\u{ff41}", None, false).await;
        assert_eq!(wide, Err(TooMany(1)), "however it is written");
        assert_eq!(fail(&throttle, "bo", elsewhere, false).await, Ok(()), "another name");
        let home = throttle.begin("sign-in", "ada", here, true).await;
        assert!(home.is_ok(), "where the account has signed in before");
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        fail(&throttle, "ada", elsewhere, false).await.unwrap();
        let longer = fail(&throttle, "ada", elsewhere, false).await;
        assert!(matches!(longer, Err(TooMany(2..=3))), "{longer:?}");
    }

    /// SECURITY 7: at home, too, a pause is never longer than a minute.
    #[test]
    fn no_pause_is_for_good() {
        assert_eq!(PAUSES.iter().max(), Some(&60));
    }

    #[tokio::test]
    async fn success_forgives() {
        let throttle = Throttle::new(Shared::local());
        for _ in 0..3 {
            fail(&throttle, "ada", None, false).await.unwrap();
        }
        throttle.begin("sign-in", "ada", None, false).await.expect("no pause yet").succeeded().await;
        for _ in 0..3 {
            fail(&throttle, "ada", None, false).await.unwrap();
        }
        assert!(throttle.begin("sign-in", "ada", None, false).await.is_ok());
    }

    #[tokio::test]
    async fn an_address_pauses_too() {
        let throttle = Throttle::new(Shared::local());
        let from = Some(IpAddr::from([203, 0, 113, 9]));
        for n in 0..BY_ADDRESS {
            fail(&throttle, &format!("name-{n}"), from, false).await.unwrap();
        }
        assert_eq!(fail(&throttle, "another", from, false).await, Err(TooMany(10)));
        assert_eq!(fail(&throttle, "another", None, false).await, Ok(()));
    }

    /// SECURITY 6: who has an IPv6 network has all of its addresses, and is one.
    #[tokio::test]
    async fn a_network_pauses_as_one_address() {
        let throttle = Throttle::new(Shared::local());
        let of = |network: u16, host: u64| {
            let (upper, lower) = (0x2001_0db8_0000_0000 | u128::from(network), u128::from(host));
            Some(IpAddr::from(Ipv6Addr::from_bits((upper << 64) | lower)))
        };
        for n in 0..BY_ADDRESS {
            fail(&throttle, &format!("name-{n}"), of(0, n), false).await.unwrap();
        }
        assert_eq!(fail(&throttle, "another", of(0, BY_ADDRESS), false).await, Err(TooMany(10)));
        assert_eq!(fail(&throttle, "another", of(1, 0), false).await, Ok(()), "another network");
        let known = throttle.begin("sign-in", "ada", of(0, 5), true).await;
        assert!(known.is_ok(), "who signed in from there before is not kept out by their neighbours");
    }
}
