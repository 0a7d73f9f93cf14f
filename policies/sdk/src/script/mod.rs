//! Takes a shell script apart, as far as it can be told without running it.
//!
//! Words stand without their quotes; variables and substitutions stand as they are written. What
//! stands in a substitution, in a here-document or in the argument of `sh -c` is a script too.

mod reader;

use reader::read;

/// Commands of which each hands its output to the next, each as its words.
pub type Pipeline = Vec<Vec<String>>;

/// How deep scripts within scripts are followed.
const DEEPEST: usize = 4;
/// Shells, by the names under which they run a script that is given to them.
const SHELLS: &[&str] = &["sh", "bash", "ash", "dash", "ksh", "zsh"];

/// Programs whose arguments name other programs, and do not call them.
const SPEAKERS: &[&str] = &[
    "apk",
    "apt",
    "apt-get",
    "chown",
    "dnf",
    "docker",
    "echo",
    "helm",
    "microdnf",
    "nerdctl",
    "podman",
    "printf",
    "service",
    "su",
    "systemctl",
    "useradd",
    "which",
    "yum",
];

/// Which of the words is a script that a shell runs.
pub fn script_in(words: &[impl AsRef<str>]) -> Option<usize> {
    let shell = words.iter().position(|word| SHELLS.contains(&base_name(word.as_ref())))?;
    let option = words.iter().skip(shell + 1).position(|word| {
        let letters = word.as_ref().strip_prefix('-').unwrap_or_default();
        letters.contains('c') && letters.bytes().all(|letter| letter.is_ascii_alphabetic())
    })?;
    let script = shell + option + 2;
    (script < words.len()).then_some(script)
}

/// The pipelines of a script.
pub fn pipelines(script: &str) -> Vec<Pipeline> {
    let mut all = Vec::new();
    collect(script, 0, &mut all);
    all
}

/// Where one of these programs is called in a command. A path counts if it leads to where programs
/// are: `/var/lib/mysql` is none.
pub fn position(command: &[String], programs: &[&str]) -> Option<usize> {
    let at = command.iter().position(|word| {
        let path = word.rsplit_once('/').is_none_or(|(folder, _)| folder.ends_with("bin"));
        path && programs.contains(&base_name(word))
    })?;
    // `docker run --name mysql -p3306:3306`, `echo mysql -p`
    (!command[..at].iter().any(|word| SPEAKERS.contains(&base_name(word)))).then_some(at)
}

/// The last part of a path.
pub fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

fn collect(script: &str, depth: usize, all: &mut Vec<Pipeline>) {
    let (pipelines, mut inner) = read(script);
    inner.extend(pipelines.iter().flatten().filter_map(|command| Some(command[script_in(command)?].clone())));
    all.extend(pipelines);
    if depth < DEEPEST {
        inner.iter().for_each(|script| collect(script, depth + 1, all));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(script: &str) -> String {
        let command = |words: &Vec<String>| words.join(" ");
        pipelines(script)
            .iter()
            .map(|all| all.iter().map(command).collect::<Vec<_>>().join(" | "))
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn takes_scripts_apart() {
        for (script, expected) in [
            ("a 'b c' \"d $e\" # f\ng", "a b c d $e; g"),
            ("a && b || c; d & e", "a; b; c; d; e"),
            ("a | b |& c", "a | b | c"),
            ("a |\n  b \\\n  c", "a | b c"),
            ("{ a; b; } | c", "{ a; b | } | c"),
            ("while a; do b; done | c", "while a; do b | done | c"),
            ("(a; b) | c", "a; b | c"),
            ("a > b 2>&1 < c", "a > b 2 >& 1 < c"),
            ("a -p<withheld> b", "a -p<withheld> b"),
            ("a -p\"$(b \"$c\")\" d", "a -p$(b \"$c\") d; b $c"),
            ("a `b c`${d}", "a `b c`${d}; b c"),
            ("a --f=<(b c) d", "a --f=<(b c) d; b c"),
            ("a <<EOF | b\nit's\nEOF\nc", "a << EOF | b; c; its\n"),
            ("a <<-'EOF'\n\tb\n\tEOF\nc 'd'", "a << -EOF; c d; b"),
            ("x bash -ec 'a | b'", "x bash -ec a | b; a | b"),
            ("a \"b", "a b"),
            ("a 'b", "a b"),
            ("a $(b", "a $(b; b"),
            ("", ""),
        ] {
            assert_eq!(shown(script), expected, "{script}");
        }
    }

    #[test]
    fn finds_the_script_of_a_shell() {
        assert_eq!(script_in(&["bash", "-o", "pipefail", "-c", "a"]), Some(4));
        assert_eq!(script_in(&["/bin/sh", "-ec", "a"]), Some(2));
        assert_eq!(script_in(&["tini", "--", "sh", "-c", "a"]), Some(4));
        assert_eq!(script_in(&["sh", "-c"]), None);
        assert_eq!(script_in(&["bash", "/a.sh"]), None);
        assert_eq!(script_in(&["mysql", "-c", "a"]), None);
    }

    #[test]
    fn a_program_is_called_by_its_name_or_its_path() {
        let position =
            |text: &str| super::position(&text.split(' ').map(str::to_owned).collect::<Vec<_>>(), &["mysql"]);
        assert_eq!(position("exec mysql -e x"), Some(1));
        assert_eq!(position("/usr/bin/mysql"), Some(0));
        assert_eq!(position("cp -r /var/lib/mysql /backup"), None);
        assert_eq!(position("docker run --name mysql -p3306:3306"), None);
    }
}
