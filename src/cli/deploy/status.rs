//! `tidegate deploy status`: how the databases stand.

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::cli::install::{check_label, say};
use crate::cli::live::Connection;
use crate::deploy::{self, Database, Server};

/// Something is not as it should be.
const EXIT_UNWELL: u8 = 1;

/// The arguments of `deploy status`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code: 0 every server is ready and follows, 1 one does not, or there is none, 2 the cluster \
    cannot be asked.\n\nExamples:\n  tidegate deploy status\n  tidegate deploy status --namespace mysql"
)]
pub(crate) struct StatusArguments {
    /// The databases of this namespace; without, those of all.
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// The context of the kubeconfig; its current one if none is named.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
}

/// Tells it.
pub(super) fn run(arguments: StatusArguments) -> anyhow::Result<ExitCode> {
    let StatusArguments { namespace, context } = arguments;
    namespace.as_deref().map_or(Ok(()), check_label)?;
    let connection = Connection::open(context)?;
    let databases = connection.threads().block_on(deploy::read_status(connection.client(), namespace.as_deref()))?;
    if databases.is_empty() {
        say("there is no MySQL of tidegate deploy");
        return Ok(ExitCode::from(EXIT_UNWELL));
    }
    for database in &databases {
        say(text(database).trim_end());
    }
    Ok(if databases.iter().all(Database::is_well) { ExitCode::SUCCESS } else { ExitCode::from(EXIT_UNWELL) })
}

fn text(database: &Database) -> String {
    let Database { kind, namespace, image, wanted, servers } = database;
    let ready = servers.iter().filter(|server| server.is_ready).count();
    let mut text = format!("{kind} in namespace {namespace}: {ready} of {wanted} servers ready, {image}\n");
    for server in servers {
        // Writing into a text cannot fail.
        let _ = writeln!(text, "  {}", line(server));
    }
    text
}

fn line(server: &Server) -> String {
    let role = if server.is_replica { "replica" } else { "primary" };
    let mut line = format!("{}  {role}  {}", server.pod, server.doing);
    if let Some(problem) = &server.problem {
        let _ = write!(line, "; it cannot be asked: {problem}");
        return line;
    }
    let _ = write!(line, "; MySQL {}", server.version);
    if let Some((receives, applies)) = server.follows {
        line.push_str(match (receives, applies) {
            (true, true) => "; follows",
            (false, true) => "; RECEIVES NOTHING",
            (true, false) => "; APPLIES NOTHING",
            (false, false) => "; DOES NOT FOLLOW",
        });
        if let Some(seconds) = server.behind {
            let _ = write!(line, ", {seconds:.1} s behind");
        }
        match server.missing.as_deref() {
            Some("") => line.push_str(", lacks no transaction"),
            Some(set) => {
                let _ = write!(line, ", lacks {set}");
            }
            None => {}
        }
    }
    if !server.transactions.is_empty() {
        let _ = write!(line, "; GTIDs {}", server.transactions);
    }
    line
}
