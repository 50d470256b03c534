//! From where a request comes. A header that says so is believed only when a proxy that was named in the settings sent
//! it, and then only what that proxy itself saw: the right-most hop that is no proxy of ours.

use std::net::IpAddr;

use actix_web::{
    HttpMessage, HttpRequest,
    dev::{RequestHead, ServiceRequest},
    http::header::{FORWARDED, HeaderName},
};
use ipnet::IpNet;

/// `X-Forwarded-For`, as most proxies write it.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// `X-Forwarded-Proto`: how the client spoke to the proxy.
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The address of the client, in the extensions of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The one header that the proxies of this site write. The other one is what a client made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForwardedBy {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The proxies of this site. None by default: then no header says from where a request comes.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// `HEALTHCARE_TRUSTED_PROXIES`: where they are.
    pub networks: Vec<IpNet>,
    /// `HEALTHCARE_FORWARDED_HEADER`: what they write.
    pub header: ForwardedBy,
}

impl Proxies {
    /// Whether an address is a proxy of ours.
    fn has(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// The client behind a peer.
    pub fn client(&self, peer: IpAddr, head: &RequestHead) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.has(peer) {
            return peer;
        }
        let name = match self.header {
            ForwardedBy::XForwardedFor => X_FORWARDED_FOR,
            ForwardedBy::Forwarded => FORWARDED,
        };
        let lines = head.headers.get_all(name).filter_map(|line| line.to_str().ok());
        let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
        let mut client = peer;
        for hop in hops.iter().rev() {
            let said = match self.header {
                ForwardedBy::XForwardedFor => parse(hop),
                ForwardedBy::Forwarded => forwarded_for(hop).and_then(parse),
            };
            // Left of what cannot be read nothing is believed.
            let Some(said) = said else { break };
            client = said;
            if !self.has(said) {
                break;
            }
        }
        client
    }

    /// Whether the client speaks TLS: to this server, or to a proxy of ours that says so.
    pub fn is_secure(&self, request: &ServiceRequest) -> bool {
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        request.app_config().secure()
            || peer.is_some_and(|peer| self.has(peer))
                && request.headers().get(X_FORWARDED_PROTO).is_some_and(|scheme| scheme.as_bytes() == b"https")
    }
}

/// An address, with or without a port, with or without brackets.
fn parse(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim().trim_matches('"');
    let with_port = || hop.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    hop.parse().ok().or_else(with_port).or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

/// The `for` of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    })
}

/// The address of the client of a request; none before it was looked at, or without a peer.
pub fn client_address(request: &HttpRequest) -> Option<IpAddr> {
    request.extensions().get::<ClientAddress>().map(|address| address.0)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn seen(proxies: &Proxies, peer: &str, headers: &[(&'static str, &str)]) -> String {
        let request = headers.iter().fold(TestRequest::default(), |request, header| request.append_header(*header));
        proxies.client(peer.parse().unwrap(), request.to_http_request().head()).to_string()
    }

    /// SECURITY 55: a forwarded header counts only from a trusted proxy, and only what that proxy saw.
    #[test]
    fn a_header_is_believed_only_from_a_proxy_of_ours() {
        let proxies = |header| Proxies { networks: vec!["10.0.0.0/8".parse().unwrap()], header };
        let x = proxies(ForwardedBy::XForwardedFor);
        let xff = "x-forwarded-for";
        assert_eq!(seen(&Proxies::default(), "10.0.0.1", &[(xff, "198.51.100.7")]), "10.0.0.1", "none is named");
        assert_eq!(seen(&x, "203.0.113.9", &[(xff, "198.51.100.7")]), "203.0.113.9", "a stranger says so");
        assert_eq!(seen(&x, "10.0.0.1", &[(xff, "198.51.100.7")]), "198.51.100.7");
        assert_eq!(seen(&x, "10.0.0.1", &[(xff, "192.0.2.1, 198.51.100.7, 10.2.3.4")]), "198.51.100.7", "spoofed left");
        assert_eq!(seen(&x, "10.0.0.1", &[(xff, "192.0.2.1"), (xff, "198.51.100.7")]), "198.51.100.7", "two lines");
        assert_eq!(seen(&x, "10.0.0.1", &[(xff, "192.0.2.1, unknown, 10.2.3.4")]), "10.2.3.4", "unreadable");
        assert_eq!(seen(&x, "10.0.0.1", &[("forwarded", "for=192.0.2.1")]), "10.0.0.1", "the other header");
        assert_eq!(seen(&x, "::ffff:10.0.0.1", &[(xff, "198.51.100.7:4711")]), "198.51.100.7", "mapped, with a port");
        let f = proxies(ForwardedBy::Forwarded);
        let forwarded = "for=192.0.2.1, for=\"[2001:db8::7]:4711\";proto=https;by=10.0.0.1";
        assert_eq!(seen(&f, "10.0.0.1", &[("forwarded", forwarded), (xff, "192.0.2.9")]), "2001:db8::7");
        assert_eq!(seen(&f, "10.0.0.1", &[]), "10.0.0.1");
    }
}
