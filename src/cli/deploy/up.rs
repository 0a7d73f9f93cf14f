//! `tidegate deploy single` and `replicated`: a database comes up.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use super::in_context;
use crate::cli::install::{check_label, parse_image, print, say};
use crate::cli::live::Connection;
use crate::deploy::{self, Done, Kind, Options, Passwords, Plan, Progress, Size};

/// The arguments of `deploy single`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidegate deploy single\n  tidegate deploy single --namespace shop --storage-class gp3 \
    --size 100Gi\n  tidegate deploy single --dry-run\n\nThe passwords are made once, into the Secret mysql-passwords, and \
    shown to nobody. What is there already is kept, unless an option says otherwise: to run it again does no harm."
)]
pub(crate) struct SingleArguments {
    #[command(flatten)]
    choices: Choices,
}

/// The arguments of `deploy replicated`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidegate deploy replicated\n  tidegate deploy replicated --replicas 3 --storage-class \
    gp3\n  tidegate deploy replicated --output mysql.yaml\n\nThe passwords are made once, into the Secret mysql-passwords, \
    and shown to nobody. What is there already is kept, unless an option says otherwise: to run it again does no harm."
)]
pub(crate) struct ReplicatedArguments {
    /// How many servers, the primary among them.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=10))]
    replicas: Option<u32>,
    #[command(flatten)]
    choices: Choices,
}

#[derive(Debug, clap::Args)]
struct Choices {
    /// The database's namespace; without, mysql-single or mysql.
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// The context of the kubeconfig; its current one if none is named.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// The StorageClass of all volumes; without, mysql-gp2 of Amazon's EBS.
    #[arg(long, value_name = "NAME")]
    storage_class: Option<String>,
    /// MySQL's image, for all containers; without, that of manifests/, by its digest.
    #[arg(long, value_name = "NAME", value_parser = parse_image)]
    image: Option<String>,
    /// The size of each volume, such as 100Gi; without, 20Gi.
    #[arg(long, value_name = "SIZE")]
    size: Option<Size>,
    /// Bring what is there to what this version of tidegate has, also where somebody has changed it since: configuration,
    /// scripts, resources. Servers are restarted one after the other if their pods change.
    #[arg(long)]
    renew: bool,
    /// How many seconds it may take until all servers are ready.
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    timeout: u64,
    /// Print what would be applied for a new database, and ask no cluster. Passwords are not among it.
    #[arg(long, conflicts_with = "output")]
    dry_run: bool,
    /// Write what would be applied for a new database into a file, and ask no cluster.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// One server.
pub(super) fn single(arguments: SingleArguments) -> anyhow::Result<ExitCode> {
    run(Kind::Single, None, arguments.choices)
}

/// Several.
pub(super) fn replicated(arguments: ReplicatedArguments) -> anyhow::Result<ExitCode> {
    run(Kind::Replicated, arguments.replicas, arguments.choices)
}

fn run(kind: Kind, replicas: Option<u32>, choices: Choices) -> anyhow::Result<ExitCode> {
    let Choices { namespace, context, storage_class, image, size, renew, timeout, dry_run, output } = choices;
    let namespace = namespace.unwrap_or_else(|| kind.namespace().to_owned());
    check_label(&namespace)?;
    let timeout = Duration::from_secs(timeout);
    let options = Options { kind, namespace, replicas, storage_class, image, size, renew, timeout };
    if dry_run || output.is_some() {
        return print(Plan::new(&options)?.objects(), output.as_deref());
    }
    let connection = Connection::open(context.clone())?;
    let namespace = options.namespace.clone();
    let done = connection.threads().block_on(deploy::deploy(connection.client(), options, &mut tell))?;
    say(&how_to_connect(kind, &namespace, context.as_deref(), &done));
    Ok(ExitCode::SUCCESS)
}

fn tell(progress: Progress) {
    say(&match progress {
        Progress::NoGate => "no gate is asked in this cluster: tidegate install puts one in".to_owned(),
        Progress::Passwords(Passwords::Made) => "made the passwords, in the Secret mysql-passwords".to_owned(),
        Progress::Passwords(Passwords::Kept) => "the passwords are there".to_owned(),
        Progress::Passwords(Passwords::KeptWithoutBackups) => {
            "the passwords are there, but none of an account backup: \
            without one there are no backups"
                .to_owned()
        }
        Progress::Applied(object) => format!("applied {object}"),
        Progress::Pod(doing) => format!("  {doing}"),
        Progress::Other(doing) => format!("  {doing}"),
        Progress::Ready => "all servers are ready".to_owned(),
        Progress::Tried(what) => format!("tried: {what}"),
    });
}

fn how_to_connect(kind: Kind, namespace: &str, context: Option<&str>, done: &Done) -> String {
    let context = in_context(context);
    let Done { servers, version } = done;
    let (addresses, client) = match kind {
        Kind::Single => (
            format!("address    mysql.{namespace}, port 3306"),
            format!("kubectl{context} exec -it -n {namespace} mysql-client -- mysql -hmysql -uapp app"),
        ),
        Kind::Replicated => (
            format!(
                "writing    mysql-write.{namespace}, port 3306: the primary\nreading    mysql-read.{namespace}, port \
                 3306: whoever is ready"
            ),
            format!(
                "kubectl{context} exec -it -n {namespace} mysql-0 -c mysql -- bash -c 'MYSQL_PWD=$(</run/secrets/mysql/app) mysql \
                 -hmysql-write -uapp app'"
            ),
        ),
    };
    let servers = if *servers == 1 { "1 server".to_owned() } else { format!("{servers} servers") };
    format!(
        "\nMySQL {version} is up, with {servers}.\n\n{addresses}\ndatabase   app, as the user app; TLS is required\n\
         password   key app of the Secret mysql-passwords in namespace {namespace}\nlet in     kubectl{context} label namespace \
         NAME mysql-client=true\ntry it     {client}\nhow it is  tidegate deploy status{context}"
    )
}
