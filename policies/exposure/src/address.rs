//! Which addresses can be reached from the internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether it is the machine's own address.
pub(crate) fn is_loopback(address: &str) -> bool {
    address == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether it belongs to a private network: RFC 1918, RFC 6598 (carriers' NAT), RFC 3927 and RFC 4193
/// (unique local), RFC 4291 (link-local).
pub(crate) fn is_private(address: &str) -> bool {
    match address.parse() {
        Ok(IpAddr::V4(address)) => is_private_v4(address),
        Ok(IpAddr::V6(address)) => is_private_v6(address),
        Err(_) => false,
    }
}

/// Whether a range of addresses (CIDR) is so wide that it holds public ones for certain: wider than
/// the largest private networks, 10.0.0.0/8 and fc00::/7. What is no range counts as wide.
pub(crate) fn is_wide(range: &str) -> bool {
    let Some((address, length)) = range.trim().split_once('/') else { return range.trim().parse::<IpAddr>().is_err() };
    let Ok(length) = length.parse::<u8>() else { return true };
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => length < 8,
        Ok(IpAddr::V6(_)) => length < 7,
        Err(_) => true,
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private() || address.is_loopback() || address.is_link_local() || (first == 100 && second & 0xc0 == 64)
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (address, private) in [
            ("10.1.2.3", true),
            ("172.31.0.1", true),
            ("192.168.0.1", true),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("169.254.0.1", true),
            ("203.0.113.7", false),
            ("8.8.8.8", false),
            ("fd00::1", true),
            ("fe80::1", true),
            ("2001:db8::1", false),
            ("db.example", false),
        ] {
            assert_eq!(is_private(address), private, "{address}");
        }
        for (address, loopback) in
            [("127.0.0.1", true), ("::1", true), ("localhost", true), ("0.0.0.0", false), ("*", false), ("$IP", false)]
        {
            assert_eq!(is_loopback(address), loopback, "{address}");
        }
    }

    #[test]
    fn ranges() {
        for (range, wide) in [
            ("0.0.0.0/0", true),
            ("::/0", true),
            ("0.0.0.0/1", true),
            ("10.0.0.0/8", false),
            ("203.0.113.0/24", false),
            (" 203.0.113.7/32 ", false),
            ("fc00::/7", false),
            ("2000::/3", true),
            ("203.0.113.7", false),
            ("everywhere", true),
        ] {
            assert_eq!(is_wide(range), wide, "{range}");
        }
    }
}
