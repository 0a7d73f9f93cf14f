//! The size of a server's InnoDB buffer pool, as far as it is known.

use tidegate_policy::{Container, Server, quantity};

/// 128 MiB, MySQL's and MariaDB's default ("innodb_buffer_pool_size" in both manuals).
const DEFAULT: f64 = 134_217_728.0;

/// A buffer pool.
pub(crate) struct BufferPool {
    pub(crate) bytes: f64,
    /// The author wrote it; else it is the default.
    pub(crate) is_written: bool,
    /// Where it is written.
    pub(crate) at: Option<String>,
}

impl BufferPool {
    /// The buffer pool of a server. None if nobody can say.
    pub(crate) fn of(container: &Container, server: &Server) -> Option<Self> {
        let Some(option) = server.option("innodb-buffer-pool-size") else { return default(server) };
        // Arguments count before option files; among files that are not all seen another may be the last.
        let is_argument = ["command", "args"].iter().any(|list| option.at.starts_with(&container.path([*list])));
        if !is_argument && server.may_have_more_options() {
            return None;
        }
        // No memory of this world needs more digits than a float has.
        #[allow(clippy::cast_precision_loss)]
        let bytes = quantity::option_number(option.value.as_deref()?)? as f64;
        Some(Self { bytes, is_written: true, at: Some(option.at.clone()) })
    }
}

/// The default, where it is sure to hold: these images write no size themselves.
fn default(server: &Server) -> Option<BufferPool> {
    let is_default = matches!(server.flavor.as_str(), "mysql" | "oracle" | "mariadb")
        && !server.may_have_more_options()
        && !server.possible_options().iter().any(|option| option.name.starts_with("innodb-"))
        // It chooses a size by the memory that it sees.
        && server.option("innodb-dedicated-server").is_none();
    is_default.then_some(BufferPool { bytes: DEFAULT, is_written: false, at: None })
}
