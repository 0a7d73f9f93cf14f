//! How a script starts the server: whether a shell is left between it and the kubelet's SIGTERM.
//!
//! A shell that is process 1 of its container and has no trap ignores SIGTERM. Tried: bash 5.2 gives
//! its place to the last command of `-c` by itself, dash 0.5.12 does not, and both stay before a pipe.

use crate::shell::{Command, End, commands};

/// Shells.
const SHELLS: &[&str] = &["sh", "bash", "ash", "dash", "ksh", "zsh"];
/// Programs that serve, and entrypoints that end up as one.
const SERVERS: &[&str] = &["mysqld", "mariadbd", "mysqld_safe", "mariadbd-safe", "run-mysqld"];
const ENTRYPOINTS: &[&str] = &["docker-entrypoint.sh", "entrypoint.sh"];
/// Words that open something larger, and those that close it.
const OPENING: &[&str] = &["if", "for", "while", "until", "case", "select", "{"];
const CLOSING: &[&str] = &["fi", "done", "esac", "}"];
/// Commands after which nothing can be told for sure: what they run is not in the text, or they pass
/// the signal on, or the server was there only for a while.
const UNCLEAR: &[&str] = &["trap", "eval", "source", ".", "kill", "pkill", "exec", "mysqladmin", "mariadb-admin"];

/// A script in a container's command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Script<'a> {
    /// Its text.
    pub(crate) text: &'a str,
    /// Which word it is, through `command` and then `args`.
    pub(crate) word: usize,
}

/// What stays between the kubelet and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The shell: it has more to do when the server has ended.
    Behind,
    /// The shell: it connects the server with another program.
    Piped,
    /// It depends on the shell: the server is the last command.
    Last,
}

/// The script that a container runs in a shell, if a shell is its first program.
pub(crate) fn of<'a>(command: &'a [String], args: &'a [String]) -> Option<Script<'a>> {
    let words: Vec<&str> = command.iter().chain(args).map(String::as_str).collect();
    SHELLS.contains(&base_name(words.first()?)).then_some(())?;
    let option = words.iter().position(|word| word.starts_with('-') && word.ends_with('c'))?;
    Some(Script { text: words.get(option + 1)?, word: option + 1 })
}

/// How the script ends; none if the server gets the signal, or nobody can tell.
pub(crate) fn ending(script: &str) -> Option<Ending> {
    let commands = commands(script)?;
    if commands.iter().any(|command| {
        let first = command.words.first().map(String::as_str).unwrap_or_default();
        UNCLEAR.contains(&first)
    }) {
        return None;
    }
    let last = commands.iter().rposition(|command| serves(&command.words))?;
    let (server, rest) = (&commands[last], &commands[last + 1..]);
    if is_inside(rest) {
        return None;
    }
    match (server.end, rest.is_empty()) {
        (End::Pipe, false) => Some(Ending::Piped),
        // Nothing waits for it: the container ends.
        (End::Background, true) => None,
        (_, true) => Some(Ending::Last),
        (_, false) => Some(Ending::Behind),
    }
}

/// Whether what comes after the server closes something that was opened before it: a loop or a branch,
/// of which nobody can tell whether and how often it runs.
fn is_inside(rest: &[Command]) -> bool {
    let mut open = 0_u32;
    for command in rest {
        let first = command.words[0].as_str();
        if OPENING.contains(&first) {
            open += 1;
        } else if CLOSING.contains(&first) {
            let Some(outer) = open.checked_sub(1) else { return true };
            open = outer;
        } else if open == 0 && matches!(first, "then" | "elif" | "else" | "do" | ";;") {
            return true;
        }
    }
    open > 0
}

/// Whether a command starts a server that stays.
fn serves(words: &[String]) -> bool {
    let mut words = words.iter().map(String::as_str).skip_while(|word| is_assignment(word) || *word == "nohup");
    let mut program = words.next().unwrap_or_default();
    if matches!(base_name(program), "gosu" | "su-exec") {
        program = words.nth(1).unwrap_or_default();
    }
    let name = base_name(program);
    if ENTRYPOINTS.contains(&name) {
        return words.next().is_none_or(|word| word.starts_with('-') || SERVERS.contains(&base_name(word)));
    }
    // These end by themselves, or leave the shell at once.
    SERVERS.contains(&name)
        && !words.any(|word| {
            ["--version", "--help", "--initialize", "--validate-config", "--bootstrap", "--daemonize"]
                .iter()
                .any(|option| word.starts_with(option))
                || matches!(word, "-V" | "-D")
        })
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn finds_the_script() {
        let found = |command: &[&str], args: &[&str]| {
            of(&words(command), &words(args)).map(|script| (script.text.to_owned(), script.word))
        };
        assert_eq!(found(&["sh", "-c", "mysqld"], &[]), Some(("mysqld".into(), 2)));
        assert_eq!(found(&["/bin/bash"], &["-ec", "mysqld"]), Some(("mysqld".into(), 2)));
        assert_eq!(found(&[], &["bash", "-c", "mysqld"]), Some(("mysqld".into(), 2)));
        assert_eq!(found(&["tini", "--", "sh", "-c", "mysqld"], &[]), None);
        assert_eq!(found(&["mysqld"], &[]), None);
        assert_eq!(found(&["bash", "/start.sh"], &[]), None);
        assert_eq!(found(&["sh", "-c"], &[]), None);
    }

    #[test]
    fn tells_how_the_server_is_started() {
        for (script, expected) in [
            ("mysqld", Some(Ending::Last)),
            ("set -e\nchown -R mysql /x && mysqld --user=mysql 2>&1", Some(Ending::Last)),
            ("docker-entrypoint.sh mysqld --server-id=$((100 + ${HOSTNAME##*-}))", Some(Ending::Last)),
            ("if [ ! -d /x ]; then mkdir /x; fi\nA=1 /usr/sbin/mysqld", Some(Ending::Last)),
            ("mysqld # the end", Some(Ending::Last)),
            ("mysqld; echo ended", Some(Ending::Behind)),
            ("mysqld || exit 1", Some(Ending::Behind)),
            ("mysqld &\nsleep 5\nmysql -e \"$SQL\"\nwait", Some(Ending::Behind)),
            ("mysqld & until mysql -e 'SELECT 1'; do sleep 1; done; wait", Some(Ending::Behind)),
            ("mysqld 2>&1 | tee /log", Some(Ending::Piped)),
            ("mysqld &> /log; true", Some(Ending::Behind)),
            ("exec mysqld", None),
            ("mysqld --skip-networking & sleep 5; kill %1; exec mysqld", None),
            ("mysqld & pid=$!; trap 'kill $pid' TERM; wait", None),
            ("mysqld & mysqladmin shutdown; wait", None),
            ("mysqld --initialize; exec mysqld", None),
            ("mysqld --version", None),
            ("mysqld &", None),
            ("if [ -d /x ]; then mysqld; else sleep 1; fi", None),
            ("while true; do mysqld; sleep 1; done", None),
            ("(mysqld; echo x)", None),
            ("start() { mysqld; }\nstart", None),
            ("cat <<EOF\nmysqld\nEOF", None),
            ("echo 'mysqld; x'", None),
            ("echo \"mysqld", None),
            ("mysqld $(", None),
            ("mysqldump -h db", None),
            ("", None),
        ] {
            assert_eq!(ending(script), expected, "{script}");
        }
    }
}
