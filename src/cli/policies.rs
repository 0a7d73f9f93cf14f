//! The policies that a command judges by: the built-in ones and those of `--policy`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use jiff::Timestamp;
use kube::{Client, Config};
use tokio::runtime::{Builder, Handle, Runtime as Threads};

use super::progress::Patience;
use crate::closest::closest;
use crate::files::read_text;
use crate::modules::{Limits, ModuleSources, is_elsewhere};
use crate::own_rules::all_ids;
use crate::policy::{PolicyDocument, PolicyException, PolicySet, parse_documents};
use crate::server::use_ring;
use crate::wasm::{LARGEST_COMPONENT, Loader, LocalCode, Runtime};

/// How the files in a folder of policy documents end.
const DOCUMENTS: [&str; 3] = ["yaml", "yml", "json"];

/// Which policies are in force, and how their code is found.
#[derive(Debug, clap::Args)]
pub(crate) struct PolicyArguments {
    /// A file with policy documents, or a folder with such files (.yaml, .yml, .json), on top of the built-in ones; may
    /// be given more than once.
    #[arg(long = "policy", value_name = "FILE|FOLDER")]
    policies: Vec<PathBuf>,
    /// Where policies are kept that were compiled or fetched, for the next start.
    #[arg(long, value_name = "DIRECTORY", env = "TIDEGATE_CACHE_DIR")]
    cache_dir: Option<PathBuf>,
    #[command(flatten)]
    registries: RegistryArguments,
}

/// How registries are asked.
#[derive(Debug, clap::Args)]
pub(crate) struct RegistryArguments {
    /// A registry that has no TLS; may be given more than once. Anybody on the way to it can read the credentials for
    /// it, and put another artefact in place of a tag's. Those of localhost need no flag.
    #[arg(long = "insecure-registry", value_name = "HOST:PORT")]
    insecure_registries: Vec<String>,
}

/// Reads the documents and puts the policies in force. What was compiled and fetched is kept in the
/// named folder, which must then be usable, or in that of the user, if that can be.
pub(crate) fn load(arguments: &PolicyArguments) -> anyhow::Result<Arc<PolicySet>> {
    let documents = read(&arguments.policies)?;
    let runtime = runtime(arguments.cache_dir.as_deref())?;
    if !documents.policies.iter().any(|(_, document)| is_elsewhere(&document.spec.module)) {
        let _patience =
            Patience::with("compiling the policies, which takes seconds once: they are kept for the next time");
        return documents.load(&Loader::new(runtime, Arc::new(LocalCode)));
    }
    let _patience = Patience::with("fetching and compiling the policies, which are kept for the next time");
    let threads = threads()?;
    let source = with_cache(sources(threads.handle(), &arguments.registries), arguments.cache_dir.as_deref())?;
    let source = match documents.ask_cluster().then(|| cluster(threads.handle())) {
        Some(Some(client)) => source.with_cluster(client),
        _ => source,
    };
    documents.load(&Loader::new(runtime, Arc::new(source)))
}

/// As [`load`], with what loads further ones later, on threads that are there already. It may block.
pub(crate) fn load_on(arguments: &PolicyArguments, threads: &Handle) -> anyhow::Result<(Loader, Arc<PolicySet>)> {
    load_beside(arguments, threads, cluster(threads))
}

/// The same, with code and credentials of this cluster, where documents want some.
pub(super) fn load_beside(
    arguments: &PolicyArguments,
    threads: &Handle,
    cluster: Option<Client>,
) -> anyhow::Result<(Loader, Arc<PolicySet>)> {
    let documents = read(&arguments.policies)?;
    let runtime = runtime(arguments.cache_dir.as_deref())?;
    let source = with_cache(sources(threads, &arguments.registries), arguments.cache_dir.as_deref())?;
    let source = match cluster {
        Some(client) => source.with_cluster(client),
        None => source,
    };
    let loader = Loader::new(runtime, Arc::new(source));
    let _patience = Patience::with("compiling the policies, which takes seconds once: they are kept for the next time");
    let policies = documents.load(&loader)?;
    Ok((loader, policies))
}

/// What the files say.
struct Read {
    /// Each with its file.
    policies: Vec<(String, PolicyDocument)>,
    /// Each with its file.
    exceptions: Vec<(String, PolicyException)>,
}

impl Read {
    fn load(self, loader: &Loader) -> anyhow::Result<Arc<PolicySet>> {
        let policies = loader.load(self.policies)?;
        for (file, exception) in &self.exceptions {
            check_rules(file, exception, &policies)?;
        }
        let exceptions = self.exceptions.into_iter().map(|(_, exception)| exception);
        Ok(Arc::new(policies.with_exceptions(exceptions, Timestamp::now())))
    }

    /// Whether code, or the credentials for it, are in a cluster.
    fn ask_cluster(&self) -> bool {
        self.policies.iter().any(|(_, document)| {
            document.spec.module.starts_with("configmap://") || !document.spec.pull_secrets.is_empty()
        })
    }
}

/// That a policy has the rules of an exception: one that is written otherwise would except nothing.
fn check_rules(file: &str, exception: &PolicyException, policies: &PolicySet) -> anyhow::Result<()> {
    let in_force = policies.iter().flat_map(|policy| &policy.module.description().rules);
    let known: Vec<&str> = all_ids().into_iter().chain(in_force.map(|rule| rule.id.as_str())).collect();
    let Some(unknown) = exception.rules().iter().find(|rule| !known.contains(&rule.as_str())) else { return Ok(()) };
    let meant = closest(unknown, known).map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
    bail!("{file}: exception {}: spec.rules: no policy has the rule {unknown}{meant}", exception.name);
}

/// What runs policies' code, with compiled policies kept as [`load`] keeps them.
pub(super) fn runtime(named_cache: Option<&Path>) -> anyhow::Result<Arc<Runtime>> {
    Ok(Arc::new(match (named_cache, default_cache_directory()) {
        (Some(named), _) => Runtime::new(Some(named))?,
        // Nobody asked for this folder: without it the policies are compiled at each start.
        (None, Some(own)) => Runtime::new(Some(&own)).or_else(|_| Runtime::new(None))?,
        (None, None) => Runtime::new(None)?,
    }))
}

/// Threads that wait for servers.
pub(super) fn threads() -> anyhow::Result<Threads> {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().context("no threads")
}

/// Finds code wherever it is, but in a cluster, and keeps nothing.
pub(super) fn sources(threads: &Handle, registries: &RegistryArguments) -> ModuleSources {
    use_ring();
    ModuleSources::new(Arc::new(LocalCode), threads.clone(), Limits::of_component(LARGEST_COMPONENT))
        .with_insecure_registries(registries.insecure_registries.clone())
}

fn with_cache(sources: ModuleSources, named: Option<&Path>) -> anyhow::Result<ModuleSources> {
    Ok(match (named, default_cache_directory()) {
        (Some(named), _) => sources.with_cache(named)?,
        // Nobody asked for this folder: without it everything is fetched at each start.
        (None, Some(own)) => sources.with_cache_if_usable(&own),
        (None, None) => sources,
    })
}

/// The cluster of `KUBECONFIG`, of the default kubeconfig or of the pod's own account, if there is one.
fn cluster(threads: &Handle) -> Option<Client> {
    let config = threads.block_on(Config::infer()).ok()?;
    let _inside = threads.enter();
    Client::try_from(config).ok()
}

/// The documents of files, and of the files in folders, in order.
fn read(paths: &[PathBuf]) -> anyhow::Result<Read> {
    let (mut policies, mut exceptions) = (Vec::new(), Vec::new());
    for path in paths {
        for file in files(path)? {
            let name = file.display().to_string();
            let text = read_text(&file).with_context(|| format!("{name}: the policy cannot be read"))?;
            let read = parse_documents(&name, &text)?;
            policies.extend(read.policies.into_iter().map(|document| (name.clone(), document)));
            exceptions.extend(read.exceptions.into_iter().map(|exception| (name.clone(), exception)));
        }
    }
    Ok(Read { policies, exceptions })
}

/// A file itself; of a folder the files of documents in it, by their names.
fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let name = path.display();
    let entries = std::fs::read_dir(path).with_context(|| format!("{name}: the folder of policies cannot be read"))?;
    let mut files = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .with_context(|| format!("{name}: the folder of policies cannot be read"))?;
    // A mounted ConfigMap has its files as links, beside a hidden folder with another copy.
    let is_document = |file: &PathBuf| {
        file.extension().is_some_and(|end| DOCUMENTS.iter().any(|known| end.eq_ignore_ascii_case(known)))
            && file.is_file()
    };
    files.retain(is_document);
    if files.is_empty() {
        bail!("{name}: there are no policy documents in this folder (.yaml, .yml, .json)");
    }
    files.sort();
    Ok(files)
}

/// Where compiled policies are kept if no `--cache-dir` says so: `$XDG_CACHE_HOME/tidegate`, or
/// `~/.cache/tidegate`; nowhere if there is no home.
fn default_cache_directory() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .map(|cache| cache.join("tidegate"))
}
