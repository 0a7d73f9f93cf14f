//! How many of the pool's places one policy may hold, so that none that does wrong holds up the others.
//!
//! A policy has half of the places at most. One that ran into a bound, of time or of memory, has a single one until it
//! has judged a number of objects within them, and is run after everything else. It is asked about every object
//! nevertheless: to judge without it would let an author pass whom it would have stopped, and to refuse without it
//! would stop all for the sake of one. Only who has waited too long for it goes on without: whoever waits holds a
//! thread that others need, and the API server does not wait for ever either.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::permits::{Permit, Permits};

/// After how many reviews within its bounds a policy has its full share again.
const PROBATION: u32 = 20;
/// How many reviews may wait for a policy on probation: at the default of 100 ms each, the last one waits for 2 s. Each
/// holds one of the gate's threads, of which there are 64.
const MOST_WAITING: u32 = 20;
/// How long a review waits for a policy: an API server gives a webhook 10 s, and what is refused a moment before is told
/// why. A burst of objects that a policy asks the cluster about is worked off meanwhile.
const PATIENCE: Patience = Patience { usual: Duration::from_secs(8), on_probation: Duration::from_secs(2) };

#[derive(Clone, Copy)]
struct Patience {
    usual: Duration,
    on_probation: Duration,
}

/// A policy's share of the places.
pub(super) struct Share {
    places: Permits,
    most: u32,
    patience: Patience,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    held: u32,
    waiting: u32,
    /// Reviews that are still to be within the bounds before the policy is trusted again.
    probation: u32,
}

/// A place of the pool that counts towards a policy's share; it is given back when this is dropped.
pub(super) struct Place<'a> {
    share: &'a Share,
    /// Whether the policy is on probation.
    pub(super) on_probation: bool,
    _permit: Permit,
}

/// Too many reviews wait for this policy already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crowded {
    /// How many.
    pub(super) waiting: u32,
}

impl Share {
    /// The share of one policy in places of which there are so many.
    pub(super) fn of(places: &Permits) -> Self {
        Self {
            places: places.clone(),
            most: (places.total() / 2).max(1),
            patience: PATIENCE,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Waits for a place, but not for long.
    ///
    /// # Errors
    /// [`Crowded`] if too many wait already, or if the policy takes too long for those before.
    pub(super) fn take(&self) -> Result<Place<'_>, Crowded> {
        let since = Instant::now();
        let mut state = self.state();
        let on_probation = loop {
            let on_probation = state.probation > 0;
            let (most, patience) =
                if on_probation { (1, self.patience.on_probation) } else { (self.most, self.patience.usual) };
            if state.held < most {
                break on_probation;
            }
            let left = patience.saturating_sub(since.elapsed());
            if left.is_zero() || (on_probation && state.waiting >= MOST_WAITING) {
                return Err(Crowded { waiting: state.waiting });
            }
            state.waiting += 1;
            (state, _) = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        };
        state.held += 1;
        drop(state);
        Ok(Place { share: self, on_probation, _permit: self.places.take() })
    }

    /// Records how a review ended: within its bounds, or not.
    pub(super) fn ended(&self, within_bounds: bool) {
        let mut state = self.state();
        state.probation = if within_bounds { state.probation.saturating_sub(1) } else { PROBATION };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Counters cannot be left half-changed: a panic elsewhere does no harm to them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.share.state().held -= 1;
        // All, because how many may go on depends on whether the policy is trusted by now.
        self.share.changed.notify_all();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_policy_has_half_of_the_places_and_one_on_probation() {
        let places = Permits::new(4);
        let share = Share::of(&places);
        let both = (share.take().unwrap(), share.take().unwrap());
        assert!(!both.0.on_probation);
        assert_eq!(share.state().held, share.most);
        drop(both);
        share.ended(false);
        for _ in 0..PROBATION {
            let place = share.take().unwrap();
            assert!(place.on_probation);
            share.ended(true);
        }
        assert!(!share.take().unwrap().on_probation);
    }

    #[test]
    fn nobody_waits_for_ever() {
        let (usual, on_probation) = (Duration::from_millis(60), Duration::from_millis(20));
        let share = Share { patience: Patience { usual, on_probation }, ..Share::of(&Permits::new(4)) };
        for (within_bounds, patience) in [(true, usual), (false, on_probation)] {
            share.ended(within_bounds);
            let held: Vec<_> = (0..if within_bounds { share.most } else { 1 }).map(|_| share.take().unwrap()).collect();
            let begun = Instant::now();
            assert!(share.take().is_err());
            assert!(begun.elapsed() >= patience);
            drop(held);
            assert!(share.take().is_ok());
        }
    }

    #[test]
    fn only_so_many_wait_for_a_policy_on_probation() {
        let share = Share::of(&Permits::new(8));
        share.ended(false);
        let first = share.take().unwrap();
        std::thread::scope(|scope| {
            let waiting: Vec<_> = (0..MOST_WAITING).map(|_| scope.spawn(|| share.take().is_ok())).collect();
            while share.state().waiting < MOST_WAITING {
                std::thread::yield_now();
            }
            let Err(crowded) = share.take() else { panic!("one more may not wait") };
            assert_eq!(crowded.waiting, MOST_WAITING);
            drop(first);
            assert!(waiting.into_iter().all(|thread| thread.join().unwrap()));
        });
    }
}
