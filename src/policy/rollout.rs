//! In which namespaces a policy on probation acts.

use sha2::{Digest, Sha256};

use super::spec::{Elsewhere, Rollout};

/// What a policy does in a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// What its document says.
    Acts,
    /// It judges, and what it would do is only counted.
    Shadow,
    /// Nothing.
    Absent,
}

impl Rollout {
    /// What the policy of that name does in a namespace.
    pub(super) fn presence(self, policy: &str, namespace: &str) -> Presence {
        if share(policy, namespace) < u16::from(self.percent) {
            return Presence::Acts;
        }
        match self.elsewhere {
            Elsewhere::Shadow => Presence::Shadow,
            Elsewhere::Off => Presence::Absent,
        }
    }
}

/// A number from 0 to 99 that follows from both names: another policy begins in other namespaces.
fn share(policy: &str, namespace: &str) -> u16 {
    let hash = Sha256::new().chain_update(policy).chain_update([0]).chain_update(namespace).finalize();
    // Of 65,536 values, as good as evenly.
    let [first, second, ..]: [u8; 32] = hash.into();
    u16::from_be_bytes([first, second]) % 100
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acting(percent: u8) -> Vec<usize> {
        let rollout = Rollout { percent, elsewhere: Elsewhere::Shadow };
        (0..1000).filter(|number| rollout.presence("p", &format!("team-{number}")) == Presence::Acts).collect()
    }

    #[test]
    fn a_larger_share_holds_the_smaller_one() {
        let shares: Vec<Vec<usize>> = [0, 5, 20, 50, 100].map(acting).into();
        for pair in shares.windows(2) {
            assert!(pair[0].iter().all(|namespace| pair[1].contains(namespace)));
        }
        let sizes: Vec<usize> = shares.iter().map(Vec::len).collect();
        assert!(sizes[0] == 0 && sizes[4] == 1000, "{sizes:?}");
        assert!((25..=75).contains(&sizes[1]) && (150..=250).contains(&sizes[2]), "{sizes:?}");
    }

    #[test]
    fn elsewhere_it_is_a_shadow_or_absent() {
        for (elsewhere, presence) in [(Elsewhere::Shadow, Presence::Shadow), (Elsewhere::Off, Presence::Absent)] {
            assert_eq!(Rollout { percent: 0, elsewhere }.presence("p", "shop"), presence);
        }
    }
}
