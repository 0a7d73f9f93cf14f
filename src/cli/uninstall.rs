//! `tidegate uninstall`: takes the gate out of the current cluster.

use std::process::ExitCode;

use super::install::{Place, check_namespace, say};
use super::live::Connection;
use crate::install::{self, LEFT, Removal};
use crate::secrets::Disposal;

/// The arguments of `uninstall`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidegate uninstall\n  tidegate uninstall --with-crds --with-namespace\n\n\
    The webhooks go first, so that nobody is held up. Databases go on as they are, and the Secrets with their \
    passwords stay: they are the databases' own by now. With --with-passwords those go that nothing uses, and that open no \
    data that may be there. The Secrets of the gate's certificate and its Leases stay in its namespace, and reports where \
    they were written.")]
pub(crate) struct UninstallArguments {
    #[command(flatten)]
    place: Place,
    /// Delete the kinds ClusterPolicy and PolicyException too, and with them every policy and exception.
    #[arg(long)]
    with_crds: bool,
    /// Delete the gate's namespace too, with all that is in it.
    #[arg(long)]
    with_namespace: bool,
    /// Delete the Secrets that the gate has made, but for those that are in use or whose database may have data.
    #[arg(long)]
    with_passwords: bool,
}

/// Takes it out.
pub(crate) fn run(arguments: UninstallArguments) -> anyhow::Result<ExitCode> {
    let UninstallArguments { place, with_crds, with_namespace, with_passwords } = arguments;
    check_namespace(&place.namespace)?;
    let connection = Connection::open(place.context)?;
    let removal = Removal { kinds: with_crds, namespace: with_namespace, passwords: with_passwords };
    let mut is_any = false;
    let mut tell = |object: String| {
        is_any = true;
        say(&format!("deleted {object}"));
    };
    let removed = install::remove(connection.client(), &place.namespace, removal, &mut tell);
    let disposals = connection.threads().block_on(removed)?;
    for Disposal { secret, kept_because } in disposals {
        say(&match kept_because {
            None => format!("deleted {secret}"),
            Some(why) => format!("kept {secret}: {why}"),
        });
    }
    if !is_any {
        say(&format!("There was nothing of a gate in namespace {}.", place.namespace));
        return Ok(ExitCode::SUCCESS);
    }
    if with_passwords {
        say("The gate is gone.");
    } else {
        say("The gate is gone. Secrets with passwords stay: databases use them.");
    }
    if !with_crds {
        say("Policies and exceptions stay too; --with-crds deletes them.");
    }
    if !with_namespace {
        let namespace = &place.namespace;
        say(&format!(
            "What the gate's certificate was kept in stays, the Secrets tidegate-tls and tidegate-authority, and so do its \
             Leases, as far as they are there: kubectl delete --namespace {namespace} --ignore-not-found {} deletes them.",
            LEFT.join(" ")
        ));
    }
    say("Reports on stored objects, if it wrote any, stay where they are: docs/reports.md says how to delete them.");
    Ok(ExitCode::SUCCESS)
}
