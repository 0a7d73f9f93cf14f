//! Components that no tool has made: wasm-smith's, and real ones in which bits were turned. Whatever becomes of them,
//! the host goes on.

use std::sync::Arc;

use arbitrary::Unstructured;
use tidegate::wasm::Runtime;
use wasm_smith::{Component, Config};

use crate::gate::{judge, load_alone, misbehaving};
use crate::guest::Guest;

/// How many of each kind are tried; the environment may ask for more, for a longer search.
fn how_many() -> u64 {
    std::env::var("TIDEGATE_MALFORMED").map_or(300, |number| number.parse().unwrap())
}

/// The same numbers in each run, and others for each seed.
struct Numbers(u64);

impl Numbers {
    /// By Marsaglia's xorshift.
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// Loads it, and lets it judge if it can be loaded. What is refused is refused in one line.
fn tried(runtime: &Arc<Runtime>, component: &[u8]) -> bool {
    match load_alone(runtime, component) {
        Ok(set) => {
            drop(judge(&set));
            true
        }
        Err(told) => {
            assert!(!told.is_empty() && !told.contains('\n') && !told.contains("backtrace"), "{told}");
            false
        }
    }
}

/// Compiled afresh, so that no cache grows with what is tried.
fn runtime() -> Arc<Runtime> {
    Arc::new(Runtime::new(None).unwrap())
}

fn still_judges(runtime: &Arc<Runtime>) {
    assert!(judge(&load_alone(runtime, &Guest::default().component()).unwrap()).is_allowed());
}

#[test]
fn components_that_a_fuzzer_makes() {
    let runtime = runtime();
    let (mut numbers, mut made) = (Numbers(0x5eed), 0);
    for _ in 0..how_many() {
        let seed: Vec<u8> = (0..512).flat_map(|_| numbers.next().to_le_bytes()).collect();
        let mut unstructured = Unstructured::new(&seed);
        let Ok(component) = Component::new(Config::default(), &mut unstructured) else { continue };
        made += 1;
        assert!(!tried(&runtime, &component.to_bytes()), "it exports what no fuzzer knows of");
    }
    assert!(made > how_many() / 2, "{made} components are too few to say anything");
    still_judges(&runtime);
}

#[test]
fn components_in_which_bits_were_turned_or_the_end_is_missing() {
    let runtime = runtime();
    let small = Guest::default().component();
    let real = std::fs::read(misbehaving()).unwrap();
    let mut numbers = Numbers(0xb17);
    // To compile the real one takes a tenth of a second.
    let (mut taken, mut refused) = (0, 0);
    for (component, count) in [(&small, how_many() * 4), (&real, how_many() / 20)] {
        for _ in 0..count {
            let mut turned = component.clone();
            for _ in 0..=numbers.below(3) {
                let place = numbers.below(turned.len());
                turned[place] ^= 1 << numbers.below(8);
            }
            if numbers.below(8) == 0 {
                turned.truncate(numbers.below(turned.len()));
            }
            if tried(&runtime, &turned) { taken += 1 } else { refused += 1 }
        }
    }
    assert!(taken > 0 && refused > 0, "{taken} taken, {refused} refused: nothing was tried");
    still_judges(&runtime);
}
