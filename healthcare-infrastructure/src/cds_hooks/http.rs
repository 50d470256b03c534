//! Asking a client's own servers: only where an administrator said so, to the letter, without following redirects, not for
//! long, and not for much. A name that resolves to a private address is not spoken to unless that was said too.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::{
    Client, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::ACCEPT,
    redirect::Policy,
};
use secrecy::{ExposeSecret, SecretString};

/// How long one answer is waited for. A clinician waits for the card.
const PATIENCE: Duration = Duration::from_secs(3);

/// HTTP clients that go where they are sent and nowhere else.
#[derive(Clone)]
pub struct Http {
    public: Client,
    private: Client,
}

/// Why there is no answer; for our log. It holds no address, which may name a patient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a client's server gave no answer: {0}")]
pub struct NoAnswer(pub String);

impl Http {
    /// The clients.
    ///
    /// # Errors
    /// When there can be none.
    pub fn new() -> Result<Self, reqwest::Error> {
        let base = || {
            Client::builder()
                .redirect(Policy::none())
                .timeout(PATIENCE)
                .connect_timeout(PATIENCE)
                .no_proxy()
                .referer(false)
        };
        Ok(Self { public: base().dns_resolver(Arc::new(PublicOnly)).build()?, private: base().build()? })
    }

    /// Reads one answer of at most `largest` bytes.
    ///
    /// # Errors
    /// When the address may not be asked, or there is no answer in time, or another one than 200.
    pub async fn read(
        &self,
        url: Url,
        private: bool,
        accept: &str,
        token: Option<&SecretString>,
        largest: usize,
    ) -> Result<Vec<u8>, NoAnswer> {
        let no = |why: &str| NoAnswer(why.to_owned());
        if url.scheme() != "https" && !(private && url.scheme() == "http" && is_loopback(&url)) {
            return Err(no("it is not https"));
        }
        if !private && ip_of(&url).is_some_and(|ip| !is_public(ip)) {
            return Err(no("its address is private"));
        }
        let client = if private { &self.private } else { &self.public };
        let mut request = client.get(url).header(ACCEPT, accept);
        if let Some(token) = token {
            request = request.bearer_auth(token.expose_secret());
        }
        let mut response = request.send().await.map_err(|e| NoAnswer(kind(&e).to_owned()))?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(NoAnswer(format!("status {}", response.status().as_u16())));
        }
        let mut body = vec![];
        while let Some(piece) = response.chunk().await.map_err(|e| NoAnswer(kind(&e).to_owned()))? {
            if body.len() + piece.len() > largest {
                return Err(no("the answer is too large"));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }
}

fn kind(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "there is no connection"
    } else {
        "the answer broke off"
    }
}

/// Resolves names to public addresses alone: a name that is checked first and resolved again later could change between.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn is_loopback(url: &Url) -> bool {
    url.host_str() == Some("localhost") || ip_of(url).is_some_and(|ip| ip.is_loopback())
}

/// Whether an address is one of the public internet (IANA special-purpose registries).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 198 && (18..20).contains(&b))
                || (a == 192 && b == 0 && c == 0))
        }
        IpAddr::V6(v6) => {
            let s = v6.segments();
            let inner = |high: u16, low: u16| {
                let [a, b] = high.to_be_bytes();
                let [c, d] = low.to_be_bytes();
                is_public(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
            };
            match s {
                // Mapped, translated (NAT64), 6to4: what counts is the address within.
                [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
                [0x2002, high, low, ..] => inner(high, low),
                // Global unicast without Teredo, documentation and benchmarks.
                [first, second, ..] => {
                    (first & 0xe000) == 0x2000
                        && !(first == 0x2001 && (second == 0xdb8 || second < 0x200))
                        && first != 0x3fff
                }
            }
        }
    }
}

/// The address that is the host of a URL, whichever way it is written: the parser has brought it to its usual form.
fn ip_of(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_of_the_public_internet_is_private() {
        for private in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.5.4",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "203.0.113.5",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in
            ["1.1.1.1", "8.8.8.8", "100.128.0.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "2001:4860:4860::8888"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[tokio::test]
    async fn a_private_address_is_not_spoken_to_whichever_way_it_is_written() {
        let http = Http::new().unwrap();
        let ask = async |url: &str, private: bool| {
            http.read(Url::parse(url).unwrap(), private, "*/*", None, 10).await.unwrap_err().0
        };
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://169.254.169.254/",
        ] {
            assert_eq!(ask(url, false).await, "its address is private", "{url}");
        }
        // A name that resolves to one.
        assert_eq!(ask("https://localhost/", false).await, "there is no connection");
        for url in ["http://127.0.0.1/", "http://example.org/"] {
            assert_eq!(ask(url, false).await, "it is not https", "{url}");
        }
        assert_eq!(ask("http://example.org/", true).await, "it is not https");
    }
}
