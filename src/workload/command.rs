//! What a container really runs: `command` and `args`, seen through wrappers and entrypoints.

use super::script;

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
    /// A shell script that starts the server. What else it does cannot be told for sure.
    Script {
        /// The word that is the script.
        word: usize,
        /// The server's arguments as they are written in it; variables stand as they are.
        arguments: Vec<String>,
    },
    /// Some other program, by its name.
    Other(String),
}

/// Reads the words of `command` followed by those of `args`; `own_command` is how many of them
/// are of `command`.
pub(super) fn invocation(words: &[&str], own_command: usize) -> Invocation {
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
            return shell(words, at + 1, name);
        } else if let Some((_, own)) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name) {
            at = after_wrapper(words, at + 1, *own);
        } else {
            return Invocation::Other(name.to_owned());
        }
    }
}

/// The index of the first word that a wrapper runs.
fn after_wrapper(words: &[&str], mut at: usize, own: usize) -> usize {
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-') || is_assignment(word)) {
        at += if WITH_VALUE.contains(word) { 2 } else { 1 };
    }
    at + own
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// A shell: a script that starts a server, or something else.
fn shell(words: &[&str], first: usize, name: &str) -> Invocation {
    let is_option = |word: &&str| word.starts_with('-') && word.ends_with('c');
    if let Some(option) = words[first..].iter().position(is_option)
        && let Some(script) = words.get(first + option + 1)
        && let Some(arguments) = server_in(script)
    {
        return Invocation::Script { word: first + option + 1, arguments };
    }
    Invocation::Other(name.to_owned())
}

/// The arguments of the server that a script starts, or of the entrypoint with it; none if it starts
/// none.
fn server_in(script: &str) -> Option<Vec<String>> {
    // Most scripts name none of them: a look is cheaper than taking the script apart.
    if !["mysqld", "mariadbd", "entrypoint", "run"].iter().any(|name| script.contains(name)) {
        return None;
    }
    script::commands(script).into_iter().find_map(|command| server_of(&command))
}

/// The arguments of the server that one command of a script starts.
fn server_of(words: &[String]) -> Option<Vec<String>> {
    let mut at = 0;
    loop {
        let word = words.get(at)?;
        let name = base_name(word);
        if matches!(name, "exec" | "then" | "do" | "else" | "nohup" | "sudo" | "!" | "{") || is_assignment(word) {
            at += 1;
        } else if let Some((_, own)) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            at = after_wrapper(&words, at + 1, *own);
        } else {
            let arguments = &words[at + 1..];
            let serves = if SERVERS.contains(&name) {
                !is_a_question(arguments)
            } else if ENTRYPOINTS.contains(&name) {
                let first = arguments.first().map(String::as_str);
                return first
                    .is_none_or(|first| first.starts_with(['-', '$']) || SERVERS.contains(&base_name(first)))
                    .then(|| arguments.iter().filter(|word| !SERVERS.contains(&base_name(word))).cloned().collect());
            } else {
                STARTERS.contains(&name)
            };
            return serves.then(|| arguments.iter().take_while(|word| !is_redirection(word)).cloned().collect());
        }
    }
}

fn is_redirection(word: &str) -> bool {
    word.starts_with('>') || matches!(word, "<" | "<<" | "<<<") || (word.ends_with('>') && !word.contains('<'))
}

/// `mysqld --version`, `mysqld --initialize` and the like end by themselves.
fn is_a_question(arguments: &[String]) -> bool {
    arguments.iter().any(|word| {
        word == "-V"
            || ["--version", "--help", "--initialize", "--validate-config"]
                .iter()
                .any(|option| word.starts_with(option))
    })
}

/// Whether a program is a shell.
pub(super) fn is_shell(program: &str) -> bool {
    SHELLS.contains(&program)
}

/// The last part of a path.
pub(super) fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}
