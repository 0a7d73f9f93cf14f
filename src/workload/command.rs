//! What a container really runs: `command` and `args`, seen through wrappers and entrypoints.

/// The server's own programs.
const SERVERS: &[&str] = &["mysqld", "mariadbd", "mysqld_safe", "mariadbd-safe", "mysqld-debug"];
/// Entrypoints of the server images that pass their arguments on.
const ENTRYPOINTS: &[&str] = &["docker-entrypoint.sh", "entrypoint.sh", "docker-entrypoint"];
/// Starters of images whose entrypoint is followed by one: Bitnami's and Software Collections'.
const STARTERS: &[&str] = &["run.sh", "run-mysqld", "run-mysqld-master", "run-mysqld-slave", "run-mysqld-galera"];
/// Shells.
const SHELLS: &[&str] = &["sh", "bash", "ash", "dash", "ksh", "zsh"];
/// Programs that run the rest of their arguments, with the number of arguments of their own.
const WRAPPERS: &[(&str, usize)] = &[
    ("tini", 0),
    ("dumb-init", 0),
    ("catatonit", 0),
    ("gosu", 1),
    ("su-exec", 1),
    ("setpriv", 0),
    ("env", 0),
    ("nice", 0),
    ("ionice", 0),
    ("exec", 0),
    ("numactl", 0),
    ("entrypoint", 0),
];

/// Options of wrappers that are followed by a value: `nice -n`, `ionice -c` and `-n`, `env -u`.
const WITH_VALUE: &[&str] = &["-n", "-c", "-u"];

/// What the words of a container's command come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Invocation {
    /// The image's own entrypoint, or the server itself, with the words from this index on as the
    /// server's arguments. Words count through `command` and then `args`.
    Server {
        /// The first word that is an argument of the server.
        first: usize,
        /// True if the program named is the server itself, or the entrypoint that would start it.
        direct: bool,
    },
    /// A shell script that starts the server; its arguments cannot be told for sure.
    Script,
    /// Some other program, by its name.
    Other(String),
}

/// Reads the words of `command` followed by those of `args`; `own_command` is how many of them
/// are of `command`.
pub(super) fn invocation(words: &[String], own_command: usize) -> Invocation {
    let mut at = 0;
    // Without a command the image's entrypoint runs: what follows are its arguments.
    let mut by_entrypoint = own_command == 0;
    loop {
        let Some(word) = words.get(at) else {
            // Nothing but wrappers and entrypoints: the image's default server.
            return Invocation::Server { first: at, direct: !by_entrypoint };
        };
        let name = base_name(word);
        if by_entrypoint && word.starts_with('-') {
            return Invocation::Server { first: at, direct: false };
        }
        if SERVERS.contains(&name) {
            return Invocation::Server { first: at + 1, direct: true };
        }
        if ENTRYPOINTS.contains(&name) {
            by_entrypoint = true;
            at += 1;
        } else if STARTERS.contains(&name) {
            return Invocation::Server { first: at + 1, direct: true };
        } else if SHELLS.contains(&name) {
            return shell(&words[at + 1..], name);
        } else if let Some((_, own)) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name) {
            at = after_wrapper(words, at + 1, *own);
        } else {
            return Invocation::Other(name.to_owned());
        }
    }
}

/// The index of the first word that a wrapper runs.
fn after_wrapper(words: &[String], mut at: usize, own: usize) -> usize {
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-') || is_assignment(word)) {
        at += if WITH_VALUE.contains(&word.as_str()) { 2 } else { 1 };
    }
    at + own
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// A shell: a script that starts a server, or something else.
fn shell(arguments: &[String], name: &str) -> Invocation {
    let Some(option) = arguments.iter().position(|word| word.starts_with('-') && word.ends_with('c')) else {
        return Invocation::Other(name.to_owned());
    };
    match arguments.get(option + 1) {
        Some(script) if starts_server(script) => Invocation::Script,
        _ => Invocation::Other(name.to_owned()),
    }
}

/// Whether a command of the script is the server, or the entrypoint with it.
///
/// A command begins a line or follows `;`, `&&`, `||`, `|`, `(` or `then`, `do`, `else`.
fn starts_server(script: &str) -> bool {
    // Most scripts name none of them: a look is cheaper than taking the script apart.
    if !["mysqld", "mariadbd", "entrypoint", "run"].iter().any(|name| script.contains(name)) {
        return false;
    }
    script.split(['\n', ';', '&', '|', '(', ')']).any(|command| {
        let mut words = command.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
        let mut next = words.next();
        while let Some(word) = next {
            let name = base_name(word);
            if matches!(name, "exec" | "then" | "do" | "else" | "nohup" | "sudo" | "!" | "{") || is_assignment(word) {
                next = words.next();
            } else if let Some((_, own)) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name) {
                next = words.by_ref().filter(|word| !word.starts_with('-') && !is_assignment(word)).nth(*own);
            } else {
                return (SERVERS.contains(&name) && !is_a_question(command))
                    || (ENTRYPOINTS.contains(&name)
                        && words
                            .next()
                            .is_none_or(|first| first.starts_with(['-', '$']) || SERVERS.contains(&base_name(first))))
                    || STARTERS.contains(&name);
            }
        }
        false
    })
}

/// `mysqld --version`, `mysqld --initialize` and the like end by themselves.
fn is_a_question(command: &str) -> bool {
    ["--version", "--help", "--initialize", "--validate-config", " -V"].iter().any(|option| command.contains(option))
}

/// The last part of a path.
pub(super) fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}
