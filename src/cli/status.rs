//! `tidegate status`: how the gate stands in the current cluster.

use std::fmt::Write as _;
use std::process::ExitCode;

use jiff::{Timestamp, Unit};

use super::EXIT_USAGE;
use super::install::{Place, check_namespace, say};
use super::live::Connection;
use crate::install::{PolicyState, State, read_state};

/// Something is not as it should be.
const EXIT_UNWELL: u8 = 1;

/// The arguments of `status`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code: 0 all is well, 1 there is no gate, or something of it is not as it should be, 2 the \
                        cluster cannot be asked, or tells this account only a part, which is well.\n\nExamples:\n  tidegate status\n  tidegate status --context production"
)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    place: Place,
}

/// Tells it.
pub(crate) fn run(arguments: StatusArguments) -> anyhow::Result<ExitCode> {
    let StatusArguments { place } = arguments;
    check_namespace(&place.namespace)?;
    let connection = Connection::open(place.context)?;
    let state = connection.threads().block_on(read_state(connection.client(), &place.namespace))?;
    let now = Timestamp::now();
    say(text(&state, &place.namespace, now).trim_end());
    Ok(if state.is_well(now) {
        ExitCode::SUCCESS
    } else if !state.is_seen || state.is_well_as_far_as_seen(now) {
        ExitCode::from(EXIT_USAGE)
    } else {
        ExitCode::from(EXIT_UNWELL)
    })
}

fn text(state: &State, namespace: &str, now: Timestamp) -> String {
    let mut text = String::new();
    // Writing into a text cannot fail.
    let mut line = |name: &str, told: &str| {
        let _ = writeln!(text, "{name:<12} {told}");
    };
    match &state.image {
        None if !state.is_seen => line("gate", "this account may not see it"),
        None => line("gate", &format!("there is none in namespace {namespace}")),
        Some(image) => line("gate", &format!("{} of {} replicas answer, {image}", state.ready, state.wanted)),
    }
    line(
        "webhooks",
        &match state.webhooks.as_slice() {
            _ if state.is_on_trial => "registered for a trial that did not come to its end: install again".to_owned(),
            [] if !state.is_seen => "this account may not see all of them".to_owned(),
            [] => "none is registered: the API server asks nobody".to_owned(),
            [one] => format!("only the {one} is registered: install again"),
            _ => "both are registered".to_owned(),
        },
    );
    match state.certificate {
        Some(until) => line("certificate", &certificate(until, now)),
        None if state.image.is_some() => {
            line("certificate", "there is no Secret tidegate-tls, or none that can be read")
        }
        None => {}
    }
    if state.policies.is_empty() && state.unheard.is_empty() {
        line("policies", "the built-in ones, as they are");
    }
    for policy in &state.policies {
        line("policy", &told(policy));
    }
    for refusal in &state.refusals {
        let at = refusal.at.map_or_else(String::new, |at| format!("{at:.0} "));
        line("refused", &format!("{at}{}: {}", refusal.object, refusal.note));
    }
    for unheard in &state.unheard {
        line("unknown", unheard);
    }
    text
}

fn certificate(until: Timestamp, now: Timestamp) -> String {
    let days = until.since((Unit::Hour, now)).map_or(0, |left| left.get_hours()) / 24;
    if until <= now { format!("ended at {until:.0}") } else { format!("until {until:.0}, {days} days") }
}

fn told(policy: &PolicyState) -> String {
    let PolicyState { name, is_ready, reason, message } = policy;
    match is_ready {
        None => format!("{name}: no gate has said anything of it yet"),
        Some(true) => format!("{name}: in force"),
        Some(false) if policy.is_off() => format!("{name}: switched off"),
        Some(false) => format!("{name}: {reason}: {message}"),
    }
}
