//! Which addresses are public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that are not public, from the registry of special-purpose addresses (RFC 6890), with multicast and what
/// is reserved.
const SPECIAL_V4: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),        // this network
    ([10, 0, 0, 0], 8),       // private
    ([100, 64, 0, 0], 10),    // shared: behind a carrier's translation
    ([127, 0, 0, 0], 8),      // loopback
    ([169, 254, 0, 0], 16),   // link-local: also where clouds tell machines their secrets
    ([172, 16, 0, 0], 12),    // private
    ([192, 0, 0, 0], 24),     // protocol assignments
    ([192, 0, 2, 0], 24),     // documentation
    ([192, 88, 99, 0], 24),   // relays of 6to4
    ([192, 168, 0, 0], 16),   // private
    ([198, 18, 0, 0], 15),    // benchmarks
    ([198, 51, 100, 0], 24),  // documentation
    ([203, 0, 113, 0], 24),   // documentation
    ([168, 63, 129, 16], 32), // public by its form, and the inside of every machine of one cloud
    ([224, 0, 0, 0], 4),      // multicast
    ([240, 0, 0, 0], 4),      // reserved, and broadcast
];

/// IPv6 networks that are not public within the one that is given out. All else is not public anyway.
const SPECIAL_V6: [([u16; 3], u32); 4] = [
    ([0x2001, 0, 0], 23),     // protocol assignments, with Teredo and benchmarks
    ([0x2001, 0xdb8, 0], 32), // documentation
    ([0x2002, 0, 0], 16),     // 6to4: an IPv4 address in disguise
    ([0x3fff, 0, 0], 20),     // documentation
];

/// What IPv6 addresses begin with that are given out.
const GLOBAL_V6: ([u16; 3], u32) = ([0x2000, 0, 0], 3);

/// What an IPv6 address begins with that stands for the IPv4 address at its end (RFC 6052).
const TRANSLATED: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];

/// Whether anybody on the internet can have this address.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match translated(address) {
            Some(inner) => is_public_v4(inner),
            None => within_v6(address, GLOBAL_V6) && !SPECIAL_V6.iter().any(|one| within_v6(address, *one)),
        },
    }
}

/// Whether it is an address that organizations use inside.
pub(super) fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_private() || address.is_loopback() || within_v4(address, ([100, 64, 0, 0], 10))
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|one| within_v4(address, *one))
}

fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    address.segments().starts_with(&TRANSLATED).then(|| Ipv4Addr::new(a, b, c, d))
}

fn within_v4(address: Ipv4Addr, (network, bits): ([u8; 4], u32)) -> bool {
    let differing = address.to_bits() ^ Ipv4Addr::from(network).to_bits();
    differing.leading_zeros() >= bits
}

fn within_v6(address: Ipv6Addr, ([a, b, c], bits): ([u16; 3], u32)) -> bool {
    let differing = address.to_bits() ^ Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_bits();
    differing.leading_zeros() >= bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(public: bool, addresses: &[&str]) {
        for text in addresses {
            assert_eq!(is_public(text.parse().unwrap()), public, "{text}");
        }
    }

    #[test]
    fn special_ipv4_addresses_are_not_public_to_their_edges() {
        check(
            false,
            &["0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255"],
        );
        check(false, &["127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0"]);
        check(false, &["172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.255.255"]);
        check(false, &["198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1"]);
        check(false, &["239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16"]);
        check(
            true,
            &["1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"],
        );
        check(true, &["128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0"]);
        check(true, &["192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0"]);
        check(true, &["223.255.255.255", "168.63.129.15", "140.82.112.34"]);
    }

    #[test]
    fn only_ipv6_addresses_that_are_given_out_are_public() {
        check(false, &["::", "::1", "::127.0.0.1", "fc00::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1"]);
        check(
            false,
            &["100::1", "2001::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1"],
        );
        check(false, &["4000::1", "1fff::1", "64:ff9b:1::a00:1"]);
        check(
            true,
            &["2000::1", "2001:200::1", "2001:4860:4860::8888", "2606:50c0:8000::153", "2a00::1", "3ffe::1"],
        );
    }

    #[test]
    fn translated_addresses_are_judged_by_what_they_stand_for() {
        check(false, &["64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254"]);
        check(true, &["64:ff9b::140.82.112.34"]);
    }
}
