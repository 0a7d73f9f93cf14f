//! What is wrong with the class of a database's volume, and what to do about it: the same for a claim
//! template and for a claim.

use tidegate_policy::{Edit, Finding, Severity};

use crate::view::{CLASS_ANNOTATION, Serves, View};
use crate::{Settings, existing, named};

/// What is wrong with a class.
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) severity: Severity,
    help: String,
}

/// Where a class is written.
pub(crate) struct Place<'a> {
    /// What it is written in, for a sentence: `the claim template data`.
    pub(crate) what: String,
    /// The name of the claim or its template.
    pub(crate) name: &'a str,
    /// The pointer to the field.
    pub(crate) field: String,
    /// The class by the old annotation, which counts before the field.
    pub(crate) annotation: Option<String>,
    /// The class by the field.
    pub(crate) class: Option<String>,
    /// False if the class is bound to something else that the author chose: a volume, a snapshot.
    pub(crate) may_be_replaced: bool,
}

impl Problem {
    /// It would be refused.
    fn new(message: String) -> Self {
        Self { message, severity: Severity::High, help: String::new() }
    }

    /// It waits for something that may come.
    fn waits(message: String) -> Self {
        Self { severity: Severity::Medium, ..Self::new(message) }
    }

    /// What is wrong with the class that is written, or not, in a place.
    pub(crate) fn of(place: &Place<'_>, settings: &Settings, view: &View) -> Option<Self> {
        match place.annotation.as_deref().or(place.class.as_deref()) {
            Some(class) => of_named(class, place.name, settings, view),
            None => of_absent(place.name, settings, view),
        }
    }

    /// Repairs it if the settings say how, else says what to write.
    pub(crate) fn resolve(self, finding: Finding, place: &Place<'_>, settings: &Settings, view: &View) -> Finding {
        let default = settings.default.as_str();
        let is_there = || matches!(view.serves(default), Serves::Yes | Serves::Unknown);
        let may_be_set = !default.is_empty() && place.annotation.is_none() && place.may_be_replaced;
        if may_be_set && is_there() {
            return finding.fix([Edit::set(&place.field, default)]);
        }
        let what = &place.what;
        let mut help = if place.annotation.is_some() {
            format!("Remove the annotation {CLASS_ANNOTATION} from {what} and write")
        } else {
            format!("In {what} write")
        };
        help.push_str(" the name of another class in storageClassName");
        help.push_str(&self.help);
        if may_be_set {
            help.push_str(&format!(
                "; the class {default}, which tidegate is set to write there, does not exist either"
            ));
        }
        finding.help(help)
    }
}

fn of_named(class: &str, name: &str, settings: &Settings, view: &View) -> Option<Problem> {
    if !settings.allows(class) {
        return Some(Problem::new(format!(
            "{} is not allowed for the database's volume {name}; allowed: {}",
            named(class),
            allowed(settings, view)
        )));
    }
    // No class, on purpose: volumes made by hand.
    if class.is_empty() {
        return None;
    }
    let problem = match view.serves(class) {
        Serves::Yes | Serves::Unknown => return None,
        Serves::No => Problem::new,
        Serves::OnlyByHand => Problem::waits,
    };
    let existing = existing(view).unwrap_or_default();
    Some(Problem {
        help: ", or make this one first: until then the Pod stays Pending".to_owned(),
        ..problem(format!("StorageClass {class} of the database's volume {name} does not exist; {existing}"))
    })
}

/// No class is written: the claim gets the cluster's default one, now or when there is one.
fn of_absent(name: &str, settings: &Settings, view: &View) -> Option<Problem> {
    let defaults = view.defaults();
    if let Some(defaults) = &defaults
        && defaults.iter().any(|class| settings.allows(class))
    {
        return None;
    }
    match defaults.as_deref() {
        Some([class, ..]) => Some(Problem::new(format!(
            "the database's volume {name} names no StorageClass, and the cluster's default, {class}, is not allowed; \
             allowed: {}",
            allowed(settings, view)
        ))),
        // A volume without a class may have been made by hand for it.
        Some([]) if view.serves("") == Serves::Yes && settings.allowed.is_empty() => None,
        Some([]) => Some(Problem {
            help: ", or mark one as the cluster's default: until then the Pod stays Pending".to_owned(),
            ..Problem::waits(format!(
                "the database's volume {name} names no StorageClass, and the cluster has no default one; {}",
                existing(view).unwrap_or_default()
            ))
        }),
        None if settings.allowed.is_empty() || settings.default.is_empty() => None,
        None => Some(Problem::new(format!(
            "the database's volume {name} names no StorageClass, and would get whichever is the cluster's default; \
             allowed: {}",
            allowed(settings, view)
        ))),
    }
}

/// The allowed classes, those that are known to be missing left out.
fn allowed(settings: &Settings, view: &View) -> String {
    let mut allowed: Vec<_> = settings
        .allowed
        .iter()
        .filter_map(|class| match class.as_str() {
            "" => Some("no class"),
            class => (view.serves(class) != Serves::No).then_some(class),
        })
        .collect();
    allowed.sort_unstable();
    if allowed.is_empty() { "none that exists".to_owned() } else { allowed.join(", ") }
}
