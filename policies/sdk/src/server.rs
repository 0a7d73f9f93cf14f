//! A server's version and options.

use crate::{Edit, Known, Server, ServerOption};

impl Server {
    /// Whether it is this version or a later one; unknown if the image's tag does not tell.
    pub fn at_least(&self, major: u32, minor: u32) -> Known {
        self.version.as_ref().map_or(Known::Unknown, |version| version.at_least(major, minor))
    }

    /// Whether it is before this version; unknown if the image's tag does not tell.
    pub fn before(&self, major: u32, minor: u32) -> Known {
        !self.at_least(major, minor)
    }

    /// True if it is surely MariaDB.
    pub fn is_mariadb(&self) -> bool {
        self.product == "mariadb"
    }

    /// True if it is surely MySQL, whoever built it.
    pub fn is_mysql(&self) -> bool {
        self.product == "mysql"
    }

    /// The option of a name, with dashes, as the server takes it: the last one counts.
    ///
    /// What is not seen, in option files or a script, may say something else; see
    /// [`Server::may_have_more_options`].
    pub fn option(&self, name: &str) -> Option<&ServerOption> {
        self.options.iter().rfind(|option| option.name == name)
    }

    /// Whether a switch is on, in any of its forms: `--log-bin`, `--skip-log-bin`,
    /// `--disable-log-bin`, `--enable-log-bin`, `--log-bin=0`. The last one counts. None if none is
    /// there, or its value is not sure.
    pub fn switch(&self, name: &str) -> Option<bool> {
        let (option, negated) = self.options.iter().rev().find_map(|option| {
            let own = option.name.as_str();
            match own {
                _ if own == name || own.strip_prefix("enable-") == Some(name) => Some((option, false)),
                _ if ["skip-", "disable-"].iter().any(|no| own.strip_prefix(no) == Some(name)) => Some((option, true)),
                _ => None,
            }
        })?;
        let on = match option.value.as_deref().map(str::to_ascii_lowercase).as_deref() {
            Some("0" | "off" | "false" | "no") => false,
            Some(value) if value.contains('$') => return None,
            _ => true,
        };
        Some(on != negated)
    }

    /// True if options may reach the server that are not among `options`: in an option file that
    /// could not be looked up, or in a script.
    pub fn may_have_more_options(&self) -> bool {
        self.option_files || self.is_started_by_script()
    }

    /// The steps that give the server further options, each in the form `--name=value`. None if
    /// there is no place for them: the author has to write them where the server will find them.
    pub fn append_options<S: AsRef<str>>(&self, options: impl IntoIterator<Item = S>) -> Option<Vec<Edit>> {
        let list = self.options_at.as_ref()?;
        Some(options.into_iter().map(|option| Edit::append(list, option.as_ref())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;

    fn server(options_at: Option<&str>) -> Server {
        let option = |name: &str, value: &str, index: u32| ServerOption {
            name: name.into(),
            value: Some(value.into()),
            at: format!("/spec/containers/0/args/{index}"),
        };
        Server {
            flavor: "mysql".into(),
            product: "mysql".into(),
            version: Some(Version { major: 5, minor: Some(7), patch: None }),
            data_directory: "/var/lib/mysql".into(),
            data_volume: None,
            user_id: Some(999),
            options: vec![
                option("character-set-server", "latin1", 0),
                option("sync-binlog", "1", 1),
                option("character-set-server", "utf8mb4", 2),
            ],
            options_at: options_at.map(Into::into),
            option_files: false,
            port: Some(3306),
            extra: vec![],
        }
    }

    #[test]
    fn the_last_option_counts() {
        let server = server(None);
        let option = server.option("character-set-server").unwrap();
        assert_eq!(option.value.as_deref(), Some("utf8mb4"));
        assert_eq!(server.option("character-set"), None);
    }

    #[test]
    fn options_are_appended_where_the_server_reads_them() {
        let options = ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci"];
        let edits = server(Some("/spec/containers/0/args")).append_options(options);
        assert_eq!(edits, Some(options.map(|option| Edit::append("/spec/containers/0/args", option)).to_vec()));
        assert_eq!(server(None).append_options(options), None);
    }

    #[test]
    fn switches_have_many_forms() {
        let with = |options: &[(&str, Option<&str>)]| {
            let mut server = server(None);
            server.options = options
                .iter()
                .map(|(name, value)| ServerOption {
                    name: (*name).into(),
                    value: value.map(Into::into),
                    at: "/a".into(),
                })
                .collect();
            server.switch("log-bin")
        };
        for (options, on) in [
            (&[][..], None),
            (&[("log-bin", None)], Some(true)),
            (&[("log-bin", Some("mysql-bin"))], Some(true)),
            (&[("log-bin", Some("OFF"))], Some(false)),
            (&[("skip-log-bin", None)], Some(false)),
            (&[("disable-log-bin", Some("0"))], Some(true)),
            (&[("log-bin", None), ("skip-log-bin", None)], Some(false)),
            (&[("log-bin", Some("$X"))], None),
            (&[("log-bin-index", Some("x"))], None),
        ] {
            assert_eq!(with(options), on, "{options:?}");
        }
    }

    #[test]
    fn an_unknown_version_is_neither_early_nor_late() {
        let mut server = server(None);
        assert!(server.before(8, 0).is_yes());
        server.version = None;
        assert!(server.before(8, 0).is_unknown());
        assert!(server.at_least(8, 0).is_unknown());
    }
}
