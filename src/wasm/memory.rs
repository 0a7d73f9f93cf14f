//! The memory of reviews: a little for each, more for a few at once, so that all together stay within what a gate has.

use super::permits::{Permit, Permits};

/// The linear memory that one review of one policy may have, in bytes, all its memories together. A policy in Rust
/// needs 1.1 MiB, one in JavaScript 1.4 MiB (QuickJS) or 9.1 MiB (SpiderMonkey), one in Python 12.4 MiB.
pub(super) const MEMORY_LIMIT: usize = 64 << 20;
/// The elements that the tables of one review may have, all together; Python's need 5,676.
pub(super) const TABLE_LIMIT: usize = 20_000;

/// From so many bytes on only so many reviews go on at a time, and the others wait. With 32 places in the pool it is
/// 32 × 2 + 8 × 14 + 2 × 48 = 272 MiB at most, of the 1 GiB that webhook-deploy/ gives the gate.
const STEPS: [(usize, u32); 2] = [(2 << 20, 8), (16 << 20, 2)];

/// The policy wanted more memory than it may have.
#[derive(Debug, thiserror::Error)]
#[error("more than {} MiB of memory", MEMORY_LIMIT >> 20)]
pub(super) struct MemoryExceeded;

/// What all reviews share.
#[derive(Clone)]
pub(super) struct MemorySteps([Permits; STEPS.len()]);

impl MemorySteps {
    pub(super) fn new() -> Self {
        Self(STEPS.map(|(_, reviews)| Permits::new(reviews)))
    }
}

/// What one review has.
pub(super) struct ReviewMemory {
    steps: MemorySteps,
    /// One for each step that it has reached.
    permits: Vec<Permit>,
    /// Its linear memory, in bytes.
    bytes: usize,
    /// The elements of its tables.
    elements: usize,
}

impl ReviewMemory {
    pub(super) fn new(steps: MemorySteps) -> Self {
        Self { steps, permits: Vec::new(), bytes: 0, elements: 0 }
    }

    /// Its linear memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// One of its memories grows; this may wait for other reviews to end.
    ///
    /// Nobody waits for ever: who has reached a step waits for later ones only, and who has reached the last one ends
    /// by its deadline.
    pub(super) fn grow(&mut self, current: usize, desired: usize) -> Result<(), MemoryExceeded> {
        let bytes = self.bytes.saturating_add(desired.saturating_sub(current));
        if bytes > MEMORY_LIMIT {
            return Err(MemoryExceeded);
        }
        self.bytes = bytes;
        for (step, (from, _)) in STEPS.iter().enumerate().skip(self.permits.len()) {
            if bytes <= *from {
                break;
            }
            if let Some(permits) = self.steps.0.get(step) {
                self.permits.push(permits.take());
            }
        }
        Ok(())
    }

    /// One of its tables grows; false if it may not.
    pub(super) fn grow_table(&mut self, current: usize, desired: usize) -> bool {
        let elements = self.elements.saturating_add(desired.saturating_sub(current));
        if elements > TABLE_LIMIT {
            return false;
        }
        self.elements = elements;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    #[test]
    fn all_memories_of_a_review_count_together() {
        let mut memory = ReviewMemory::new(MemorySteps::new());
        assert!(memory.grow(0, 40 * MIB).is_ok());
        assert!(memory.grow(0, 24 * MIB).is_ok());
        assert!(memory.grow(24 * MIB, 25 * MIB).is_err());
        assert!(memory.grow_table(0, TABLE_LIMIT - 1) && memory.grow_table(0, 1) && !memory.grow_table(1, 2));
    }

    #[test]
    fn a_review_that_needs_much_waits_until_another_has_ended() {
        let steps = MemorySteps::new();
        let large = || {
            let mut memory = ReviewMemory::new(steps.clone());
            assert!(memory.grow(0, 17 * MIB).is_ok());
            memory
        };
        let (first, second) = (large(), large());
        std::thread::scope(|scope| {
            let third = scope.spawn(large);
            let mut small = ReviewMemory::new(steps.clone());
            assert!(small.grow(0, 16 * MIB).is_ok(), "who needs less does not wait");
            assert!(!third.is_finished());
            drop(first);
            assert!(third.join().is_ok());
        });
        drop(second);
    }
}
