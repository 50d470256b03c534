//! What counts as one address.

use std::net::{IpAddr, Ipv6Addr};

/// The network that an address is counted by: who has an IPv6 network has all of its 2^64 addresses. An IPv4 address is counted by
/// itself, however it is written.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}
