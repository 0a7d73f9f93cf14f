//! TCP ports on loopback that nobody uses.

use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;

/// Below Linux's ephemeral range (`net.ipv4.ip_local_port_range`, from 32768): a port that
/// the kernel hands out for `bind(0)` may be taken again by any outgoing connection, for
/// instance while the API server is down for a moment in a test.
const RANGE: Range<u16> = 16384..32768;

/// A free port, chosen at random so that tests running side by side do not meet.
pub(crate) fn free() -> u16 {
    let random = RandomState::new();
    (0..1000_u16)
        .map(|attempt| {
            let offset = random.hash_one(attempt) % u64::from(RANGE.end - RANGE.start);
            RANGE.start + u16::try_from(offset).expect("the range is of u16")
        })
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        .expect("a free TCP port on loopback")
}
