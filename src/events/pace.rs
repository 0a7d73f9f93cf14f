//! How fast something may be done: a bucket of tokens that fills up again.

use std::time::{Duration, Instant};

/// Some at once, and then one each interval.
pub(super) struct Pace {
    most: u32,
    every: Duration,
    left: u32,
    since: Instant,
}

impl Pace {
    pub(super) fn new(most: u32, every: Duration, now: Instant) -> Self {
        Self { most, every, left: most, since: now }
    }

    /// Whether one more may be done now, which then counts as done.
    pub(super) fn allows(&mut self, now: Instant) -> bool {
        let gained = now.saturating_duration_since(self.since).as_nanos() / self.every.as_nanos().max(1);
        if gained > 0 {
            let gained = u32::try_from(gained).unwrap_or(u32::MAX);
            self.left = self.left.saturating_add(gained).min(self.most);
            self.since = now;
        }
        let is_allowed = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_at_once_and_then_one_each_interval() {
        let begun = Instant::now();
        let mut pace = Pace::new(2, Duration::from_secs(1), begun);
        let at = |milliseconds| begun + Duration::from_millis(milliseconds);
        let told: Vec<bool> =
            [0, 0, 0, 999, 1000, 1001, 2100, 2100, 60_000, 60_000, 60_000].map(|time| pace.allows(at(time))).to_vec();
        assert_eq!(told, [true, true, false, false, true, false, true, false, true, true, false]);
    }
}
