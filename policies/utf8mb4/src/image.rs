//! Images that take the character set from variables.

use tidegate_policy::{Container, Finding, Known, Server, Severity};

/// The variables of an image.
pub(crate) struct Variables<'a> {
    container: &'a Container,
    /// Holds the character set.
    pub(crate) charset: &'static str,
    collation: &'static str,
    /// The image's own option file says utf8mb4 if nothing else does.
    set_by_image: bool,
}

/// The variables of the container's image. None if it takes options as arguments.
///
/// Bitnami's images write utf8mb4 themselves (`MYSQL_DEFAULT_CHARACTER_SET` in `mysql-env.sh`);
/// Software Collections' document the variables in their README.
pub(crate) fn variables<'a>(container: &'a Container, server: &Server) -> Option<Variables<'a>> {
    if server.options_at.is_some() {
        return None;
    }
    let (charset, collation, set_by_image) = match server.flavor.as_str() {
        "bitnami-mysql" => ("MYSQL_CHARACTER_SET", "MYSQL_COLLATE", true),
        "bitnami-mariadb" => ("MARIADB_CHARACTER_SET", "MARIADB_COLLATE", true),
        "sclorg-mysql" | "sclorg-mariadb" => ("MYSQL_CHARSET", "MYSQL_COLLATION", false),
        _ => return None,
    };
    Some(Variables { container, charset, collation, set_by_image })
}

impl Variables<'_> {
    /// The character set that the image writes into its option file. `No`: it writes none.
    pub(crate) fn charset(&self) -> Known<String> {
        match self.container.variable(self.charset) {
            Some(variable) if variable.is_set() => match variable.plain() {
                Some(value) if variable.is_literal() => Known::Yes(value.trim().to_ascii_lowercase()),
                _ => Known::Unknown,
            },
            _ if !self.container.env_from.is_empty() => Known::Unknown,
            _ if self.set_by_image => Known::Yes("utf8mb4".to_owned()),
            _ => Known::No,
        }
    }

    /// The finding, unless the variable or the image sees to it, or nobody can say.
    pub(crate) fn judge(&self, missing: Finding, collation: &str) -> Option<Finding> {
        let help = format!("Set the variables {} to utf8mb4 and {} to {collation}", self.charset, self.collation);
        match self.container.variable(self.charset) {
            Some(variable) => {
                let value = variable.plain().filter(|value| !value.is_empty() && !value.contains("$("))?;
                let is_utf8mb4 = value.trim().to_ascii_lowercase().starts_with("utf8mb4");
                (!is_utf8mb4).then(|| {
                    let message = format!("{} is not utf8mb4: it cannot hold every character", self.charset);
                    Finding { at: variable.at.clone(), message, ..missing }.severity(Severity::Medium).help(help)
                })
            }
            None if self.set_by_image || !self.container.env_from.is_empty() => None,
            None => Some(missing.help(help)),
        }
    }
}
