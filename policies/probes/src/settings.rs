//! What can be set for the probes that are added.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be set. Probes that are there already are the author's: none of this changes them.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// How the startup and liveness probes ask.
    pub(crate) check: Check,
    /// How the readiness probe asks.
    pub(crate) readiness: Readiness,
    /// How often each probe asks, and when it gives up.
    pub(crate) timings: Timings,
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}

/// How often each probe asks, and when it gives up.
///
/// A minute to hang and a quarter of one to be slow; half an hour to start, where mysql-operator
/// gives eight hours and Percona twelve, because the next start after a kill begins anew.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Timings {
    /// How long a server may take to start: periodSeconds times failureThreshold. It has to cover
    /// the recovery after a crash, which grows with the data.
    pub(crate) startup: Startup,
    /// How soon a server that no longer answers is restarted.
    pub(crate) liveness: Liveness,
    /// How soon a server that does not answer gets no more clients.
    pub(crate) readiness: Serving,
}

/// How often a probe asks, and when it gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timing {
    /// Seconds between two questions.
    pub(crate) period_seconds: u32,
    /// How many questions in a row may fail.
    pub(crate) failure_threshold: u32,
    /// Seconds that an answer may take.
    pub(crate) timeout_seconds: u32,
}

/// A timing as it is written: each number has its own default.
macro_rules! timing {
    ($name:ident, $title:literal, $period:literal, $failures:literal, $timeout:literal) => {
        #[doc = $title]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
        #[serde(default, rename_all = "camelCase", deny_unknown_fields)]
        pub(crate) struct $name {
            /// Seconds between two questions.
            #[schemars(range(min = 1))]
            pub(crate) period_seconds: u32,
            /// How many questions in a row may fail.
            #[schemars(range(min = 1))]
            pub(crate) failure_threshold: u32,
            /// Seconds that an answer may take.
            #[schemars(range(min = 1))]
            pub(crate) timeout_seconds: u32,
        }

        impl Default for $name {
            fn default() -> Self {
                Self { period_seconds: $period, failure_threshold: $failures, timeout_seconds: $timeout }
            }
        }

        impl From<$name> for Timing {
            fn from($name { period_seconds, failure_threshold, timeout_seconds }: $name) -> Self {
                Self { period_seconds, failure_threshold, timeout_seconds }
            }
        }
    };
}

timing!(Startup, "The timing of startup probes.", 10, 180, 5);
timing!(Liveness, "The timing of liveness probes.", 10, 6, 5);
timing!(Serving, "The timing of readiness probes.", 5, 3, 5);

impl Timing {
    /// How long it takes to give up, in seconds.
    pub(crate) fn budget(self) -> u32 {
        self.period_seconds.saturating_mul(self.failure_threshold)
    }

    /// The same, but with at least this many seconds until it gives up.
    pub(crate) fn at_least(self, seconds: u32) -> Self {
        let enough = seconds.div_ceil(self.period_seconds.max(1));
        Self { failure_threshold: self.failure_threshold.max(enough), ..self }
    }

    fn is_possible(self) -> bool {
        ![self.period_seconds, self.failure_threshold, self.timeout_seconds].contains(&0)
    }
}

/// How to ask whether the server is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Check {
    /// `mysqladmin ping` (`mariadb-admin ping`) by TCP, without a password, where the image is
    /// known to have the program; elsewhere a bare TCP connection.
    Ping,
    /// Always a bare TCP connection. For servers that slow failed logins down (connection_control).
    Tcp,
}

/// How to ask whether the server may have clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Readiness {
    /// As `check: ping`: it does not depend on a password.
    Ping,
    /// A bare TCP connection. A server that resolves names blocks the node that makes a hundred of
    /// them without a login (error 1129).
    Tcp,
    /// `SELECT 1` as root, with the password that the container's environment holds. Only for
    /// volumes that were initialised with that very password.
    Query,
}

impl Default for Settings {
    fn default() -> Self {
        Self { check: Check::Ping, readiness: Readiness::Ping, timings: Timings::default(), ignore_containers: vec![] }
    }
}

impl Settings {
    /// Whether the timings can work.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (startup, liveness) = (self.startup(), self.liveness());
        let timings = [("startup", startup), ("liveness", liveness), ("readiness", self.serving())];
        if let Some((name, _)) = timings.into_iter().find(|(_, timing)| !timing.is_possible()) {
            return Err(format!(
                "timings.{name}: periodSeconds, failureThreshold and timeoutSeconds must be 1 or more"
            ));
        }
        if startup.budget() < liveness.budget() {
            return Err("timings.startup must give a server at least as long as timings.liveness does".to_owned());
        }
        Ok(())
    }

    /// The timing of startup probes.
    pub(crate) fn startup(&self) -> Timing {
        self.timings.startup.into()
    }

    /// The timing of liveness probes.
    pub(crate) fn liveness(&self) -> Timing {
        self.timings.liveness.into()
    }

    /// The timing of readiness probes.
    pub(crate) fn serving(&self) -> Timing {
        self.timings.readiness.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_make_sense() {
        assert_eq!(Settings::default().check(), Ok(()));
        assert_eq!(Settings::default().startup().budget(), 1800);
    }

    #[test]
    fn refuses_timings_that_cannot_work() {
        let mut settings = Settings::default();
        settings.timings.liveness.timeout_seconds = 0;
        assert!(settings.check().is_err_and(|error| error.starts_with("timings.liveness: ")));
        let mut settings = Settings::default();
        settings.timings.startup.failure_threshold = 5;
        assert!(settings.check().is_err_and(|error| error.starts_with("timings.startup must give")));
    }

    #[test]
    fn patience_only_grows() {
        let timing = Settings::default().startup();
        assert_eq!(timing.at_least(43_200).failure_threshold, 4320);
        assert_eq!(timing.at_least(1801).failure_threshold, 181);
        assert_eq!(timing.at_least(60).failure_threshold, 180);
    }
}
