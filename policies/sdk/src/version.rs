//! Comparing versions that may be known in part.

use std::cmp::Ordering;
use std::fmt;

use crate::{Known, Version};

impl Version {
    /// Whether it is this version or a later one. `8` alone may be before or after 8.4: unknown.
    ///
    /// ```
    /// use tidegate_policy::{Known, Version};
    ///
    /// let eight = Version { major: 8, minor: None, patch: None };
    /// assert!(eight.at_least(8, 0).is_yes());
    /// assert!(eight.at_least(8, 4).is_unknown());
    /// assert!(eight.at_least(9, 0).is_no());
    /// ```
    pub fn at_least(&self, major: u32, minor: u32) -> Known {
        match self.major.cmp(&major) {
            Ordering::Greater => Known::Yes(()),
            Ordering::Less => Known::No,
            // Every version of a major is at least its minor 0.
            Ordering::Equal if minor == 0 => Known::Yes(()),
            Ordering::Equal => self.minor.map_or(Known::Unknown, |own| (own >= minor).into()),
        }
    }

    /// Whether it is before this version: the opposite of [`at_least`](Self::at_least).
    pub fn before(&self, major: u32, minor: u32) -> Known {
        !self.at_least(major, minor)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.major)?;
        if let Some(minor) = self.minor {
            write!(out, ".{minor}")?;
            if let Some(patch) = self.patch {
                write!(out, ".{patch}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(major: u32, minor: impl Into<Option<u32>>) -> Version {
        Version { major, minor: minor.into(), patch: None }
    }

    #[test]
    fn compares_what_is_known() {
        assert!(version(5, 7).before(8, 0).is_yes());
        assert!(version(5, None).before(8, 0).is_yes());
        assert!(version(8, 0).before(8, 0).is_no());
        assert!(version(8, None).before(8, 0).is_no());
        assert!(version(8, None).before(8, 4).is_unknown());
        assert!(version(10, 11).at_least(11, 6).is_no());
        assert!(version(11, 6).at_least(11, 6).is_yes());
        assert!(version(11, None).at_least(11, 6).is_unknown());
    }

    #[test]
    fn reads_as_it_was_written() {
        assert_eq!(version(8, None).to_string(), "8");
        assert_eq!(version(5, 7).to_string(), "5.7");
        assert_eq!(Version { major: 10, minor: Some(11), patch: Some(6) }.to_string(), "10.11.6");
    }
}
