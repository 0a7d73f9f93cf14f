//! The forms in which a password stands somewhere, and what to write instead.

/// How a password stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// As an argument of this program.
    Argument(String),
    /// As the value of a variable or a setting of this name.
    Variable(String),
    /// As an account's in SQL.
    Account,
    /// As that of replication, in SQL; the option's name.
    Replication(String),
    /// In the address of a server.
    Address,
}

impl Form {
    /// What a place does that has it, for a sentence.
    pub(crate) fn does(&self) -> String {
        match self {
            Self::Argument(program) => format!("passes a password to {program}"),
            Self::Variable(name) => format!("holds {name}"),
            Self::Account => "holds an account's password (IDENTIFIED BY)".to_owned(),
            Self::Replication(option) => format!("holds the password of replication ({option})"),
            Self::Address => "holds a password in a server's address".to_owned(),
        }
    }

    /// What to write instead in a command. `variable`: the one from which the password is to come.
    pub(crate) fn instead(&self, variable: &str) -> String {
        match self {
            Self::Argument(program) => {
                let command = with_password(program, variable);
                format!(
                    "Let a shell hand it over, sh -c '{command}', and give the container {variable} by valueFrom.secretKeyRef"
                )
            }
            Self::Variable(name) if name == "MYSQL_PWD" => {
                format!("Write MYSQL_PWD=\"${variable}\", and give the container {variable} by valueFrom.secretKeyRef")
            }
            Self::Variable(name) if name.starts_with('-') => format!(
                "Write {name}=$({variable}), which Kubernetes puts in, and give the container {variable} by \
                 valueFrom.secretKeyRef"
            ),
            Self::Variable(name) => format!("Take it out, and give the container {name} by valueFrom.secretKeyRef"),
            Self::Account | Self::Replication(_) => format!(
                "Write '${variable}' in its place, in a here-document without quotes, and give the container {variable} by \
                 valueFrom.secretKeyRef"
            ),
            Self::Address => {
                "Put the address into a Secret, and take it from there by valueFrom.secretKeyRef".to_owned()
            }
        }
    }
}

/// A command that gives a program its password from a variable. The clients read `MYSQL_PWD`, which no process list
/// shows; of other programs that is not sure.
pub(crate) fn with_password(program: &str, variable: &str) -> String {
    let reads = (program.starts_with("mysql") || program.starts_with("mariadb"))
        && !matches!(program, "mysqlsh" | "mariadb-backup");
    if reads {
        format!("MYSQL_PWD=\"${variable}\" {program} …")
    } else {
        format!("{program} --password=\"${variable}\" …")
    }
}
