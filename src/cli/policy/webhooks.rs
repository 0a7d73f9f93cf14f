//! `tidegate policy webhooks`: prints the webhook configurations that policies need.

use std::io::{BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Context;
use kube::Client;
use tokio::runtime::Builder;

use crate::cli::live::config;
use crate::cli::policies::{self, PolicyArguments};
use crate::cluster::discover;
use crate::resources::Resources;
use crate::server::use_ring;
use crate::webhooks::{Gap, Phase, Templates, derive};

/// Something of a policy is never sent.
const EXIT_GAPS: u8 = 1;

/// The arguments of `policy webhooks`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidegate policy webhooks --policy policies.yaml >webhooks.yaml\n  \
    tidegate policy webhooks --policy policies.yaml --cluster\n\n\
    A gate with --webhooks=manage, as webhook-deploy/ has it, keeps its configurations so by itself. Where they are \
    kept in Git, give it --webhooks=leave. The authority (caBundle) is not among what is printed.\n\n\
    Exit code 1: a policy names a kind that is not known, or never sent.")]
pub(crate) struct WebhooksArguments {
    #[command(flatten)]
    policies: PolicyArguments,
    /// Ask the cluster of the kubeconfig which kinds it has; without, only Kubernetes' own are known.
    #[arg(long)]
    cluster: bool,
    /// The context of the kubeconfig; its current one if none is named.
    #[arg(long, value_name = "NAME", requires = "cluster")]
    context: Option<String>,
}

/// Prints them.
pub(crate) fn run(arguments: WebhooksArguments) -> anyhow::Result<ExitCode> {
    let policies = policies::load(&arguments.policies)?;
    let resources = if arguments.cluster { of_cluster(arguments.context.clone())? } else { Resources::of_kubernetes() };
    let derived = derive(&Templates::embedded()?, &policies, &resources);
    let mut text = Vec::new();
    for phase in [Phase::Mutating, Phase::Validating] {
        writeln!(text, "---\n{}", serde_saphyr::to_string(derived.of(phase))?.trim_end())?;
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    match out.write_all(&text).and_then(|()| out.flush()) {
        // Who reads with `head` has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        outcome => outcome.context("the configurations cannot be written")?,
    }
    for gap in &derived.gaps {
        match gap {
            // Nobody has asked the cluster.
            Gap::Unknown { policy, kind } if !arguments.cluster => writeln!(
                std::io::stderr(),
                "tidegate: policy {policy}: Kubernetes itself has no kind {kind}; with --cluster your cluster is asked"
            )?,
            gap => writeln!(std::io::stderr(), "tidegate: {gap}")?,
        }
    }
    let is_whole = derived.gaps.is_empty();
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(EXIT_GAPS) })
}

/// What the cluster has.
fn of_cluster(context: Option<String>) -> anyhow::Result<Resources> {
    use_ring();
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().context("no threads")?;
    let config = config(&runtime, context)?;
    runtime.block_on(async {
        let client = Client::try_from(config).context("the cluster's configuration cannot be used")?;
        discover(client).await.context("the API server does not tell which resources it has")
    })
}
