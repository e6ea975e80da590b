//! IP networks, for the list of proxies that are trusted.

use std::fmt;
use std::net::IpAddr;

use super::Refusal;

/// An IP network in CIDR notation, or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or a single address. Bits after the prefix must be zero: they hint at a
    /// slip that could trust far more machines than meant.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse =
            || format!("{text:?} is not an IP address or network; write it like 10.0.0.7 or 10.0.0.0/8");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| refuse())?;
        let width = width(address);
        let prefix = match prefix {
            None => width,
            Some(digits) => digits.parse().ok().filter(|prefix| *prefix <= width).ok_or_else(refuse)?,
        };
        let network = Self { address, prefix };
        let first = network.first();
        if bits(address) == first {
            Ok(network)
        } else {
            let right = Self { address: from_bits(first, address), prefix };
            Err(format!("{text:?} has bits set after the prefix; write {right}"))
        }
    }

    /// Reads a list separated by commas; the empty text is the empty list.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, Refusal> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Self::parse).collect()
    }

    /// Whether the address belongs to the network. An IPv4 address that arrives on an IPv6 socket (`::ffff:10.0.0.7`)
    /// counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if address.is_ipv4() != self.address.is_ipv4() {
            return false;
        }
        let other = Self { address, prefix: self.prefix };
        other.first() == self.first()
    }

    /// The bits of the first address of the network.
    fn first(&self) -> u128 {
        let host_bits = u32::from(width(self.address) - self.prefix);
        let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
        bits(self.address) & mask
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn from_bits(bits: u128, like: IpAddr) -> IpAddr {
    match like {
        IpAddr::V4(_) => IpAddr::V4(u32::try_from(bits).unwrap_or(0).into()),
        IpAddr::V6(_) => IpAddr::V6(bits.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(network: &str, address: &str, expected: bool) {
        let parsed = Network::parse(network).unwrap();
        assert_eq!(parsed.contains(address.parse().unwrap()), expected, "{address} in {network}");
    }

    #[test]
    fn contains_follows_the_prefix() {
        check("10.0.0.7", "10.0.0.7", true);
        check("10.0.0.7", "10.0.0.8", false);
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("10.0.0.0/8", "::ffff:10.1.2.3", true);
        check("0.0.0.0/0", "192.0.2.1", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("2001:db8::/32", "2001:db8:ffff::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        check("::/0", "2001:db9::1", true);
        check("::/0", "10.0.0.1", false);
    }

    #[test]
    fn malformed_networks_are_refused() {
        for text in ["", "10", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.1/8", "::1/64", "host"] {
            assert!(Network::parse(text).is_err(), "{text:?}");
        }
        assert!(Network::parse("10.0.0.1/8").unwrap_err().ends_with("write 10.0.0.0/8"));
    }
}
