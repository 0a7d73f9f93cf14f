//! Servers have memory of their own, and their buffer pool fits into it (MY018).

mod pool;
mod resources;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_policy::{Concern, Container, Finding, Policy, Request, Rule, Server, Severity, Workload};

use crate::pool::BufferPool;
use crate::resources::Memory;

/// The policy.
struct MemoryPolicy;

const RULE: Rule =
    Rule::new("MY018", "the server has no memory of its own, or its buffer pool does not fit", Severity::Medium);

/// What can be set.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// How much of the memory limit the buffer pool may take, in percent. The rest is for connections,
    /// temporary tables, dictionaries and the page cache.
    #[schemars(range(min = 1, max = 100))]
    pub(crate) buffer_pool_percent: u32,
    /// Whether a memory limit is asked for; a request always is.
    pub(crate) require_limit: bool,
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { buffer_pool_percent: 75, require_limit: true, ignore_containers: vec![] }
    }
}

impl Policy for MemoryPolicy {
    type Settings = Settings;
    const NAME: &str = "memory";
    const TITLE: &str = "Servers have memory of their own, and their buffer pool fits into it";
    const RULES: &[Rule] = &[RULE];
    const CONCERN: Concern = Concern::MySql;

    fn check(settings: &Settings) -> Result<(), String> {
        if (1..=100).contains(&settings.buffer_pool_percent) {
            Ok(())
        } else {
            Err(format!("bufferPoolPercent: {} is no percentage from 1 to 100", settings.buffer_pool_percent))
        }
    }

    fn review(request: &Request, settings: &Settings) -> Vec<Finding> {
        let Some(workload) = request.workload().filter(|workload| !workload.immutable) else { return vec![] };
        workload
            .servers()
            .filter(|(container, _)| matches!(container.placement.as_str(), "container" | "sidecar"))
            .filter(|(container, _)| !settings.ignore_containers.contains(&container.name))
            .filter_map(|(container, server)| judge(workload, container, server, settings))
            .collect()
    }
}

tidegate_policy::export!(MemoryPolicy);

fn judge(workload: &Workload, container: &Container, server: &Server, settings: &Settings) -> Option<Finding> {
    let memory = Memory::of(workload, container);
    let pool = BufferPool::of(container, server);
    match &memory.limit {
        Some(limit) => pool.and_then(|pool| too_large(container, &pool, limit, settings)),
        None if memory.has_limit => None,
        None => missing(container, &memory, pool.as_ref(), settings),
    }
}

/// Nothing says how much memory the server gets.
fn missing(container: &Container, memory: &Memory, pool: Option<&BufferPool>, settings: &Settings) -> Option<Finding> {
    let has_request = memory.has_request;
    if has_request && !settings.require_limit {
        return None;
    }
    let message = if has_request {
        "the server has no memory limit: when it grows, the node runs out of memory and kills its largest process"
    } else if settings.require_limit {
        "the server has no memory request and no limit: it is the first to be killed when the node runs out of memory"
    } else {
        "the server has no memory request: it is the first to be killed when the node runs out of memory"
    };
    let missing = match (has_request, settings.require_limit) {
        (true, _) => "resources.limits.memory",
        (false, true) => "resources.requests.memory and limits.memory",
        (false, false) => "resources.requests.memory",
    };
    let help = match pool.filter(|pool| pool.is_written) {
        Some(pool) => format!(
            "Set {missing} to {} or more: the buffer pool of {} is to be {} % of it at \
             most",
            resources::in_words(pool.bytes * 100.0 / f64::from(settings.buffer_pool_percent)),
            resources::in_words(pool.bytes),
            settings.buffer_pool_percent,
        ),
        None if has_request => format!("Set {missing}, best to the same value as resources.requests.memory"),
        None if settings.require_limit => {
            format!(
                "Set {missing} to the same value, of which the buffer pool takes {} % at most",
                settings.buffer_pool_percent
            )
        }
        None => format!("Set {missing} to what the server needs: its buffer pool, and a third more for connections"),
    };
    Some(Finding::new(&RULE, resources::place(container), message).help(help))
}

/// The buffer pool takes more of the limit than it may.
fn too_large(
    container: &Container,
    pool: &BufferPool,
    limit: &resources::Limit,
    settings: &Settings,
) -> Option<Finding> {
    let share = pool.bytes * 100.0 / limit.bytes;
    if share <= f64::from(settings.buffer_pool_percent) {
        return None;
    }
    let of = if limit.is_of_pod { "the Pod's memory limit" } else { "the memory limit" };
    let (size, limit) = (resources::in_words(pool.bytes), &limit.written);
    let default = if pool.is_written { "" } else { ", its default," };
    let message = if share > 100.0 {
        format!("the buffer pool of {size}{default} is larger than {of} of {limit}: the server is killed as it fills")
    } else {
        format!(
            "the buffer pool of {size}{default} takes {share:.0} % of {of} of {limit}: with connections and temporary \
             tables the server is killed"
        )
    };
    let at = pool.at.clone().unwrap_or_else(|| resources::place(container));
    Some(Finding::new(&RULE, at, message).help(format!(
        "Raise the limit to {} or more, or lower innodb-buffer-pool-size",
        resources::in_words(pool.bytes * 100.0 / f64::from(settings.buffer_pool_percent))
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_one() {
        let check = |percent| MemoryPolicy::check(&Settings { buffer_pool_percent: percent, ..Settings::default() });
        assert_eq!(MemoryPolicy::check(&Settings::default()), Ok(()));
        assert!(check(0).is_err());
        assert!(check(101).is_err());
    }
}
