//! A server's programs on this machine, as `scripts/real-servers` puts them there.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::nobody::{NOBODY, is_root};

/// Seconds that a program may take that ends by itself. MySQL makes its data in four.
const PATIENCE: u32 = 60;

/// A server's programs.
pub(crate) struct Installed {
    folder: PathBuf,
    pub(crate) product: Product,
    /// Three numbers: `10.11.14`.
    pub(crate) version: String,
}

/// Whose server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    MySql,
    MariaDb,
}

impl Installed {
    /// The server of that name below `target/servers`. Without it the caller is to leave its test.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("servers").join(name);
        if !folder.is_dir() {
            skip(name);
            return None;
        }
        let product = if name.starts_with("mariadb") { Product::MariaDb } else { Product::MySql };
        let mut installed = Self { folder, product, version: String::new() };
        let said = text(&installed.run(installed.daemon(), ["--no-defaults", "--version"]).stdout);
        let after = said.split("Ver ").nth(1).unwrap_or_else(|| panic!("{name} --version says: {said}"));
        installed.version =
            after.split(|letter: char| letter != '.' && !letter.is_ascii_digit()).next().unwrap().into();
        Some(installed)
    }

    /// The image that holds this server.
    pub(crate) fn image(&self) -> String {
        let repository = match self.product {
            Product::MySql => "mysql",
            Product::MariaDb => "mariadb",
        };
        format!("{repository}:{}", self.version)
    }

    /// Major and minor version.
    pub(crate) fn series(&self) -> (u32, u32) {
        let mut numbers = self.version.split('.').map(|number| number.parse().unwrap());
        (numbers.next().unwrap(), numbers.next().unwrap())
    }

    /// The server's program.
    pub(crate) fn daemon(&self) -> &'static str {
        match self.product {
            Product::MySql => "mysqld",
            Product::MariaDb => "mariadbd",
        }
    }

    /// The options without which it would look for files where its package has them.
    pub(crate) fn own_options(&self) -> Vec<String> {
        let share = self.share();
        let mut options = vec![
            "--no-defaults".to_owned(),
            format!("--lc-messages-dir={}", share.display()),
            format!("--character-sets-dir={}/charsets", share.display()),
        ];
        if self.product == Product::MySql {
            options.push("--secure-file-priv=NULL".to_owned());
        }
        options
    }

    /// The options of a server that works on this data. It has a temporary folder of its own, because
    /// a server that starts takes away what it finds of `#sql*` there, also the tables of others.
    pub(crate) fn options_on(&self, data: &Path) -> Vec<String> {
        let mut options = self.own_options();
        options.push(format!("--datadir={}", data.display()));
        options.push(format!("--tmpdir={}", temporary(data).display()));
        options
    }

    /// A command for one of the programs. It runs without rights, and ends with the test.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = self.without_rights("setpriv");
        command.args(["--pdeathsig", "KILL", "--", program]);
        command
    }

    /// Runs a program until it ends, which may be a script of the gate's too.
    pub(crate) fn run(&self, program: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
        self.run_within(PATIENCE, program, arguments, Path::new("/"), &[])
    }

    /// Runs a program in a folder with a time limit in seconds and further variables.
    pub(crate) fn run_within(
        &self,
        seconds: u32,
        program: &str,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        folder: &Path,
        variables: &[(&str, &str)],
    ) -> Output {
        let mut command = self.without_rights("timeout");
        command.args(["--kill-after=5", &seconds.to_string(), program]).args(arguments);
        command.current_dir(folder).envs(variables.iter().copied()).stdin(Stdio::null());
        command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
    }

    /// Makes the data of a new server: root has no password.
    pub(crate) fn initialise(&self, data: &Path) {
        for folder in [data, &temporary(data)] {
            fs::create_dir(folder).unwrap();
            if is_root() {
                chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        let mut command = self.without_rights("timeout");
        command.arg(PATIENCE.to_string()).arg(self.daemon()).args(self.options_on(data));
        command.arg("--innodb-use-native-aio=0");
        match self.product {
            Product::MySql => {
                command.args(["--initialize-insecure", "--disable-log-bin", "--innodb-flush-log-at-trx-commit=0"]);
            }
            Product::MariaDb => {
                let statements = data.with_file_name("tables.sql");
                fs::write(&statements, self.system_tables()).unwrap();
                command.arg("--bootstrap").stdin(File::open(statements).unwrap());
            }
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{} cannot make its data: {}", self.image(), text(&output.stderr));
    }

    /// What `mariadb-install-db` feeds to the server.
    fn system_tables(&self) -> String {
        let share = self.share();
        let product = share.file_name().unwrap().display();
        let read = |what: &str| fs::read_to_string(share.join(format!("{product}_{what}.sql"))).unwrap();
        [
            "create database mysql;\nuse mysql;\nset @auth_root_socket=NULL, @skip_auth_anonymous=1;\n".to_owned(),
            read("system_tables"),
            read("system_tables_data"),
        ]
        .concat()
    }

    /// Messages, character sets and more: newer MariaDB has them under its own name.
    fn share(&self) -> PathBuf {
        let names = ["usr/share/mysql", "usr/share/mariadb"];
        names.iter().map(|name| self.folder.join(name)).find(|folder| folder.is_dir()).unwrap()
    }

    fn without_rights(&self, program: &str) -> Command {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")]).args([
                "--clear-groups",
                "--",
                program,
            ]);
            command
        } else {
            Command::new(program)
        };
        let path = std::env::var("PATH").unwrap_or_default();
        command.env_clear().env("PATH", format!("{}:{path}", self.folder.join("bin").display()));
        command
    }
}

/// What a program printed.
pub(crate) fn text(printed: &[u8]) -> String {
    String::from_utf8_lossy(printed).into_owned()
}

/// Where the server of this data has its temporary tables.
fn temporary(data: &Path) -> PathBuf {
    data.with_file_name("tmp")
}

fn skip(name: &str) {
    let why = format!("no {name} in target/servers; run scripts/real-servers");
    // One is enough where `CI=true`: the others are of other releases of Debian.
    if name == "mariadb-10.11" { crate::skip::skip(&why) } else { crate::skip::tell(&why) }
}
