//! A server's version, as far as a tag tells.

use std::fmt;

/// `5.7` is 5, 7 and none; `8` is 8 and none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version {
    /// The major version.
    pub major: u32,
    /// The minor version, if it is told.
    pub minor: Option<u32>,
    /// The patch version, if it is told.
    pub patch: Option<u32>,
}

impl Version {
    /// Reads the version at the start of a tag: `8.0.36-debian`, `v10.11`, `8.0.36_1`.
    ///
    /// None for words (`latest`, `lts`), for dates and for numbers that no such server has:
    /// better unknown than guessed.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let digits = tag.strip_prefix('v').unwrap_or(tag);
        let end =
            digits.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(digits.len());
        let (numbers, rest) = digits.split_at(end);
        if !(rest.is_empty() || rest.starts_with(['-', '_', '+'])) {
            return None;
        }
        let mut parts = numbers.split('.').map(|part| part.parse::<u32>().ok());
        let version = Self {
            major: parts.next()??,
            minor: match parts.next() {
                Some(part) => Some(part?),
                None => None,
            },
            patch: match parts.next() {
                Some(part) => Some(part?),
                None => None,
            },
        };
        version.is_plausible().then_some(version)
    }

    /// Reads the digits that Red Hat's images carry in their name: `80` is 8.0, `1011` is 10.11.
    pub fn from_name_digits(digits: &str) -> Option<Self> {
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (major, minor) = match digits.len() {
            2 => digits.split_at(1),
            3 | 4 => digits.split_at(2),
            _ => return None,
        };
        let version = Self { major: major.parse().ok()?, minor: Some(minor.parse().ok()?), patch: None };
        version.is_plausible().then_some(version)
    }

    /// MySQL is at 5 to 9 and, by the calendar, from 26 on; MariaDB at 5 and 10 to 12. Dates as in
    /// `20240101` are none.
    fn is_plausible(self) -> bool {
        (5..100).contains(&self.major)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.major)?;
        for part in [self.minor, self.patch].into_iter().flatten() {
            write!(out, ".{part}")?;
        }
        Ok(())
    }
}
