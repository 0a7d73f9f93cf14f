//! Passwords come from Secrets, not from the manifest.

mod settings;

use tidegate_policy::{Container, Edit, EnvVar, Finding, Policy, Request, Rule, Severity};

pub use settings::Settings;

/// The policy.
pub struct PlaintextPassword;

const PLAINTEXT: Rule = Rule::new("MY001", "a password stands in the manifest in plain text", Severity::Critical);

impl Policy for PlaintextPassword {
    type Settings = Settings;
    const NAME: &str = "plaintext-password";
    const TITLE: &str = "Passwords come from Secrets, not from the manifest";
    const RULES: &[Rule] = &[PLAINTEXT];

    fn check(settings: &Settings) -> Result<(), String> {
        settings.check()
    }

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        let Some(workload) = request.workload() else { return vec![] };
        let place = Place { kind: request.kind(), immutable: workload.immutable };
        let containers = workload.containers.iter().filter(|container| settings.looks_at(container));
        containers
            .flat_map(|container| container.env.iter().map(move |variable| (container, variable)))
            .filter(|(_, variable)| settings.is_password(variable) && variable.is_literal())
            .map(|(container, variable)| place.judge(container, variable))
            .collect()
    }
}

/// The object that a variable stands in.
struct Place<'a> {
    kind: &'a str,
    immutable: bool,
}

impl Place<'_> {
    fn judge(&self, container: &Container, variable: &EnvVar) -> Finding {
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
        if container.variable(&file).is_some_and(EnvVar::is_set) {
            return says(format!("{name} of container {owner} is a password in plain text, and {file} is set as well"))
                .help(format!(
                    "Remove {name}: {file} already says where the password is, \
                     and the images of MySQL and MariaDB do not start with both"
                ));
        }
        if container.variable(name).is_some_and(|last| last.at != variable.at) {
            return says(format!(
                "{name} of container {owner} is written more than once, and a password that does not even count \
                 stands there in plain text"
            ))
            .help("Remove this entry: only the last one of a name counts");
        }
        says(message)
            .help(format!(
                "Put the password into a Secret, and in place of value write valueFrom.secretKeyRef with the Secret's \
                 name and key. Change a password that has been in a repository: {name} in its history stays readable"
            ))
            .fix([Edit::move_to_secret(variable)])
    }
}

tidegate_policy::export!(PlaintextPassword);
