//! `tidegate deploy remove`: a database's servers go.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::{in_context, named};
use crate::cli::answers;
use crate::cli::install::{check_label, say};
use crate::cli::live::Connection;
use crate::deploy::{self, Kind, Removal, Removed};

/// The arguments of `deploy remove`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidegate deploy remove replicated\n  tidegate deploy remove single --with-data \
    --confirm mysql-single\n\nBackups, the namespace and the StorageClass stay in any case, and without --with-data the options in \
    mysql-config too. How it comes back with its data is told at the end: with the image that it had.")]
pub(crate) struct RemoveArguments {
    /// Which form.
    #[arg(value_enum)]
    form: Form,
    /// The database's namespace; without, mysql-single or mysql.
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// The context of the kubeconfig; its current one if none is named.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// Delete the claims with the data and the passwords too; that is asked again, unless --confirm says it.
    #[arg(long)]
    with_data: bool,
    /// The namespace once more, so that no data are deleted by mistake.
    #[arg(long, value_name = "NAMESPACE", requires = "with_data")]
    confirm: Option<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Form {
    /// One server on one volume.
    Single,
    /// A primary and its replicas.
    Replicated,
}

impl From<Form> for Kind {
    fn from(form: Form) -> Self {
        match form {
            Form::Single => Self::Single,
            Form::Replicated => Self::Replicated,
        }
    }
}

/// Removes it.
pub(super) fn run(arguments: RemoveArguments) -> anyhow::Result<ExitCode> {
    let RemoveArguments { form, namespace, context, with_data, confirm } = arguments;
    let kind = Kind::from(form);
    let namespace = namespace.unwrap_or_else(|| kind.namespace().to_owned());
    check_label(&namespace)?;
    if with_data {
        confirm_data(&namespace, confirm)?;
    }
    let connection = Connection::open(context.clone())?;
    let removal = Removal { kind, namespace, with_data };
    let mut tell = |object: String| say(&format!("deleted {object}"));
    let removed = deploy::remove(connection.client(), &removal, &mut tell);
    let removed = connection.threads().block_on(removed)?;
    // Before it is waited: whoever does not wait knows it too.
    say(&what_is_left(&removal, context.as_deref(), &removed));
    say("waiting until the servers have ended");
    let ended = deploy::await_end(connection.client(), removal.kind, &removal.namespace);
    say(if connection.threads().block_on(ended)? {
        "The servers are gone."
    } else {
        "Some servers are still ending: kubectl get pods shows them."
    });
    Ok(ExitCode::SUCCESS)
}

/// The second time.
fn confirm_data(namespace: &str, confirm: Option<String>) -> anyhow::Result<()> {
    let said = match confirm {
        Some(said) => said,
        None if std::io::stdin().is_terminal() => {
            let question =
                format!("All data of the MySQL in namespace {namespace} will be deleted. Write its name to go on:");
            answers::word(&question).context("nobody answers")?.unwrap_or_default()
        }
        None => bail!("--with-data deletes all data: say it twice, with --confirm {namespace}"),
    };
    if said != namespace {
        bail!("nothing was deleted: the namespace is {namespace}, and not {said:?}");
    }
    Ok(())
}

fn what_is_left(removal: &Removal, context: Option<&str>, removed: &Removed) -> String {
    let Removal { kind, namespace, with_data } = removal;
    let mut text = String::new();
    if !removed.kept.is_empty() {
        let _ = writeln!(text, "Kept: {}.", removed.kept.join(", "));
    }
    if !with_data {
        let _ = write!(text, "Back with its data: tidegate deploy {kind}");
        if let (Kind::Replicated, Some(replicas)) = (kind, removed.replicas) {
            let _ = write!(text, " --replicas {replicas}");
        }
        if let Some(image) = &removed.image {
            let _ = write!(text, " --image {image}");
        }
        let _ = write!(text, "{}{}", named(*kind, namespace), in_context(context));
    }
    if !removed.volumes.is_empty() {
        let names = removed.volumes.join(" ");
        let context = in_context(context);
        let _ = write!(
            text,
            "These volumes had the data, and stay if their class says Retain: kubectl{context} get persistentvolume {names}"
        );
    }
    text.trim_end().to_owned()
}
