//! Which series get fixes, as of November 2026: a policy has no clock, so the table is that of the
//! release that it comes with.
//!
//! MySQL: Oracle's Lifetime Support Policy; 8.0 ended on 30 April 2026 with 8.0.46, and an innovation
//! release ends with the next one ("MySQL Releases: Innovation and LTS" in the manual). MariaDB: the
//! maintenance policy at mariadb.org/about, as endoflife.date/mariadb and MySQLTuner's
//! mariadb_support.md list it.

use tidegate_policy::{Finding, Server, Severity, Version};

use crate::VERSION;
use crate::settings::{Settings, series};

/// A series that gets no fixes any more.
struct Ended {
    series: (u32, u32),
    /// When its last release was due.
    when: &'static str,
    /// It was never meant to last: the next one takes its place.
    short: bool,
}

const fn ended(major: u32, minor: u32, when: &'static str) -> Ended {
    Ended { series: (major, minor), when, short: false }
}

const fn short(major: u32, minor: u32, when: &'static str) -> Ended {
    Ended { short: true, ..ended(major, minor, when) }
}

const MYSQL: &[Ended] = &[
    ended(5, 5, "December 2018"),
    ended(5, 6, "February 2021"),
    ended(5, 7, "October 2023"),
    ended(8, 0, "April 2026"),
    short(8, 1, "October 2023"),
    short(8, 2, "January 2024"),
    short(8, 3, "April 2024"),
    short(9, 0, "October 2024"),
    short(9, 1, "January 2025"),
    short(9, 2, "April 2025"),
    short(9, 3, "July 2025"),
    short(9, 4, "October 2025"),
    short(9, 5, "January 2026"),
    short(9, 6, "April 2026"),
];

const MARIADB: &[Ended] = &[
    ended(5, 5, "April 2020"),
    ended(10, 0, "March 2019"),
    ended(10, 1, "October 2020"),
    ended(10, 2, "May 2022"),
    ended(10, 3, "May 2023"),
    ended(10, 4, "June 2024"),
    ended(10, 5, "June 2025"),
    ended(10, 6, "July 2026"),
    short(10, 7, "February 2023"),
    short(10, 8, "May 2023"),
    short(10, 9, "August 2023"),
    short(10, 10, "November 2023"),
    short(11, 0, "June 2024"),
    short(11, 1, "August 2024"),
    short(11, 2, "November 2024"),
    short(11, 3, "May 2024"),
    short(11, 5, "November 2024"),
    short(11, 6, "February 2025"),
    short(11, 7, "May 2025"),
    short(12, 0, "November 2025"),
    short(12, 1, "February 2026"),
    short(12, 2, "May 2026"),
];

/// The series that get fixes for long.
const MYSQL_GOALS: &[(u32, u32)] = &[(8, 4), (9, 7)];
const MARIADB_GOALS: &[(u32, u32)] = &[(10, 11), (11, 4), (11, 8), (12, 3)];

/// The finding on a server's version.
pub(crate) fn judge(server: &Server, at: &str, settings: &Settings) -> Option<Finding> {
    let version = server.version.as_ref()?;
    let (name, table, lowest) = match () {
        () if server.is_mysql() => ("MySQL", MYSQL, &settings.lowest.mysql),
        () if server.is_mariadb() => ("MariaDB", MARIADB, &settings.lowest.mariadb),
        () => return None,
    };
    if is_maintained_by_red_hat(server, version) {
        return None;
    }
    let lowest = series(lowest)?;
    let message = problem(name, table, lowest, version)?;
    let help = if server.is_mysql() {
        let steps =
            if version.before(8, 4).is_yes() { "one series at a time, each after a backup" } else { "after a backup" };
        format!("Upgrade to {}, {steps}", goals(MYSQL_GOALS, lowest, version))
    } else {
        format!("Upgrade to {}, after a backup", goals(MARIADB_GOALS, lowest, version))
    };
    Some(Finding::new(&VERSION, at, message).severity(Severity::Medium).help(help))
}

/// The long-term series to which a version can go, and which are allowed: none goes back.
fn goals(all: &[(u32, u32)], lowest: (u32, u32), version: &Version) -> String {
    let is_open = |goal: &&(u32, u32)| **goal >= lowest && version.before(goal.0, goal.1).is_yes();
    let goals: Vec<_> = all.iter().filter(is_open).map(|(major, minor)| format!("{major}.{minor}")).collect();
    match goals.as_slice() {
        [] => format!("{}.{} or later", lowest.0, lowest.1),
        [only] => format!("{only} LTS"),
        [others @ .., last] => format!("{} or {last} LTS", others.join(", ")),
    }
}

fn problem(name: &str, table: &[Ended], lowest: (u32, u32), version: &Version) -> Option<String> {
    let is_below = version.before(lowest.0, lowest.1).is_yes();
    let own = |ended: &&Ended| ended.series.0 == version.major && version.minor == Some(ended.series.1);
    match table.iter().find(own) {
        Some(Ended { short: true, when, .. }) => {
            Some(format!("{name} {version} was a short-term release and gets no fixes since {when}"))
        }
        Some(Ended { when, .. }) if is_below => {
            Some(format!("{name} {version} is at its end of life: it gets no fixes since {when}"))
        }
        Some(_) => None,
        // `5` alone: whatever it is, all of its series have ended.
        None if version.major == 5 && is_below => Some(format!("{name} {version} is at its end of life")),
        None if is_below => Some(format!(
            "{name} {version} is older than {}.{}, the lowest version that is allowed here",
            lowest.0, lowest.1
        )),
        None => None,
    }
}

/// Red Hat and the Software Collections keep versions for as long as their own releases live. What
/// came for RHEL 7 only has ended with it, in June 2024.
fn is_maintained_by_red_hat(server: &Server, version: &Version) -> bool {
    let only_seven = if server.is_mysql() { version.before(8, 0) } else { version.before(10, 3) };
    server.flavor.starts_with("sclorg") && !only_seven.is_yes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        let mut parts = text.split('.').map(|part| part.parse().unwrap());
        Version { major: parts.next().unwrap(), minor: parts.next(), patch: parts.next() }
    }

    #[test]
    fn the_tables_are_in_order() {
        for table in [MYSQL, MARIADB] {
            assert!(table.windows(2).all(|pair| pair[0].series < pair[1].series));
        }
    }

    #[test]
    fn by_series() {
        for (name, table, lowest, ended, lives) in [
            (
                "MySQL",
                MYSQL,
                (8, 4),
                &["5.5", "5", "5.7.44", "8.0.46", "8.2", "9.1"][..],
                &["8.4.3", "8", "9", "9.7", "26.7"][..],
            ),
            ("MySQL", MYSQL, (8, 0), &["5.7", "8.1"], &["8.0", "8.4"]),
            ("MySQL", MYSQL, (9, 7), &["8.4", "8"], &["9.7", "9"]),
            (
                "MariaDB",
                MARIADB,
                (10, 11),
                &["5.5", "10.1", "10.6", "10.10", "11.3", "12.1"],
                &["10.11", "10", "11", "11.4", "11.8", "12.3", "13.0"],
            ),
            ("MariaDB", MARIADB, (10, 5), &["10.4", "10.8"], &["10.5", "10.6"]),
        ] {
            for text in ended {
                assert!(problem(name, table, lowest, &version(text)).is_some(), "{name} {text} from {lowest:?}");
            }
            for text in lives {
                assert_eq!(problem(name, table, lowest, &version(text)), None, "{name} {text} from {lowest:?}");
            }
        }
    }
}
