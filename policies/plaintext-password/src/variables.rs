//! MY001: a variable holds a password in plain text.

use std::collections::BTreeMap;

use tidegate_policy::{Container, Edit, EnvVar, Finding, Probe, Rule, Severity};

pub(crate) const PLAINTEXT: Rule =
    Rule::new("MY001", "a password stands in the manifest in plain text", Severity::Critical);

/// A container's variables by their names: of each the last, which is the one that counts. Where there are many,
/// looking each up among all of them would take too long.
pub(crate) struct Names<'a>(BTreeMap<&'a str, &'a EnvVar>);

impl<'a> Names<'a> {
    pub(crate) fn of(container: &'a Container) -> Self {
        Self(container.env.iter().map(|variable| (variable.name.as_str(), variable)).collect())
    }

    fn last(&self, name: &str) -> Option<&'a EnvVar> {
        self.0.get(name).copied()
    }
}

/// The object that a variable stands in.
pub(crate) struct Place<'a> {
    pub(crate) kind: &'a str,
    pub(crate) immutable: bool,
}

impl Place<'_> {
    pub(crate) fn judge(&self, container: &Container, names: &Names<'_>, variable: &EnvVar) -> Finding {
        let (name, owner, kind) = (&variable.name, &container.name, self.kind);
        let says = |message: String| Finding::new(&PLAINTEXT, &variable.at, message);
        let message =
            format!("{name} of container {owner} is a password in plain text: whoever can read the {kind} has it");
        let file = format!("{name}_FILE");

        if container.is_ephemeral() {
            return says(message).help(format!(
                "Leave {name} out and type the password when the client asks for it: \
                 a debugging container cannot be repaired, and stays in the Pod until that is deleted"
            ));
        }
        if self.immutable {
            // It was stored before tidegate saw it, and refusing what else is changed here would not take it away.
            // Where it was moved when the object was made, a re-apply comes back to that; the host sees to it.
            return says(message)
                .severity(Severity::Medium)
                .help(format!(
                    "A stored {kind} cannot change its variables. Delete it and create it again: \
                     the password then moves into a Secret. Change the password too"
                ))
                .fix([Edit::move_to_secret(variable)]);
        }
        if names.last(&file).is_some_and(EnvVar::is_set) {
            return says(format!("{name} of container {owner} is a password in plain text, and {file} is set as well"))
                .help(format!(
                    "Remove {name}: {file} already says where the password is, \
                     and the images of MySQL and MariaDB do not start with both"
                ));
        }
        if names.last(name).is_some_and(|last| last.at != variable.at) {
            return says(format!(
                "{name} of container {owner} is written more than once, and a password that does not even count \
                 stands there in plain text"
            ))
            .help("Remove this entry: only the last one of a name counts");
        }
        if let Some(probe) = probe_that_reads(container, name) {
            return says(format!(
                "{name} of container {owner} is a password in plain text, and stays there because the {probe} reads \
                 $({name}): a probe gets no value of a Secret in this way"
            ))
            .help(format!(
                "First let a shell read it in the {probe}, command: [sh, -c, 'MYSQL_PWD=\"${name}\" …']; mysqladmin ping \
                 needs no password at all. Then the password can move into a Secret"
            ));
        }
        says(message)
            .help(format!(
                "Put the password into a Secret, and in place of value write valueFrom.secretKeyRef with the Secret's \
                 name and key. Change a password that has been in a repository: {name} in its history stays readable"
            ))
            .fix([Edit::move_to_secret(variable)])
    }
}

/// The probe whose command reads `$(NAME)`. The kubelet puts literal values there and nothing of Secrets
/// (`ExpandContainerCommandOnlyStatic` in pkg/kubelet/container/helpers.go; kubernetes#40846, #42273), so that
/// the probe would fail, and the server be restarted for ever, once the value is moved.
fn probe_that_reads(container: &Container, name: &str) -> Option<&'static str> {
    let reference = format!("$({name})");
    probes(container)
        .find(|(_, probe)| probe.command.iter().any(|word| word.contains(&reference)))
        .map(|(probe, _)| probe)
}

/// A container's probes, by the names of their fields.
pub(crate) fn probes(container: &Container) -> impl Iterator<Item = (&'static str, &Probe)> {
    [
        ("startupProbe", &container.startup_probe),
        ("livenessProbe", &container.liveness_probe),
        ("readinessProbe", &container.readiness_probe),
    ]
    .into_iter()
    .filter_map(|(name, probe)| Some((name, probe.as_ref()?)))
}
