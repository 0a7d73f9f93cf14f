//! MY004: a dump or a stream of the data is handed to any caller.

use tidegate_policy::{Container, Finding, Rule, Severity};

use crate::commands::{Commands, is_dump, is_dump_file};
use tidegate_policy::script::{Pipeline, base_name, pipelines, position};

pub(crate) const STREAM: Rule = Rule::new("MY004", "the data are handed to any caller", Severity::Critical);

/// Programs that listen on a port if they are told to, and ask nobody for a password.
pub(crate) const LISTENERS: &[&str] = &["nc", "ncat", "netcat", "nc.openbsd", "nc.traditional", "socat"];

/// MY004.
pub(crate) fn stream(container: &Container, commands: &Commands) -> Option<Finding> {
    let (listener, port, reach) = commands.pipelines.iter().find_map(served)?;
    let name = &container.name;
    let port = port.map_or_else(|| "a port".to_owned(), |port| format!("port {port}"));
    let who = match reach {
        Reach::Everybody => "to everybody who connects",
        Reach::Some => "to whoever connects from an address that is let in",
    };
    let message = format!(
        "container {name} hands its data out on {port} {who}, without a password: {listener} listens there for them"
    );
    let finding = Finding::new(&STREAM, &commands.at, message).help(
        "Let the replica or the backup fetch them over MySQL's own port with an account of its own, whose password comes \
         from a Secret: CLONE INSTANCE FROM (MySQL 8.0.17 and later; see manifests/replicated) or mysqldump --host. If it \
         has to be a stream, socat OPENSSL-LISTEN with cafile= lets in only those with a certificate",
    );
    Some(match reach {
        Reach::Everybody => finding,
        Reach::Some => finding.severity(Severity::Medium),
    })
}

/// Who may connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Everybody,
    Some,
}

/// The program that hands data to callers at the end of a pipeline, its port, and to whom.
fn served(pipeline: &Pipeline) -> Option<(String, Option<String>, Reach)> {
    pipeline.iter().enumerate().find_map(|(number, command)| {
        let at = position(command, LISTENERS)?;
        let (program, arguments) = (base_name(&command[at]), &command[at + 1..]);
        let (port, reach) = if program == "socat" { socat(arguments)? } else { netcat(arguments)? };
        let piped = pipeline[..number].iter().any(|command| is_dump(command));
        (piped || hands_out(arguments)).then(|| (program.to_owned(), port, reach))
    })
}

/// Whether the arguments name what is handed out: a program to run, a script, or a file.
fn hands_out(arguments: &[String]) -> bool {
    scripts(arguments).iter().flatten().any(|command| is_dump(command))
        || arguments.windows(2).any(|pair| match pair[0].as_str() {
            "<" => is_dump_file(&pair[1]),
            // `-e mysqldump`
            option => option.starts_with('-') && option.ends_with(['c', 'e']) && is_dump(&pair[1..]),
        })
        || arguments.iter().any(|argument| {
            argument.split_once(':').is_some_and(|(kind, rest)| {
                ["FILE", "OPEN", "GOPEN"].iter().any(|file| kind.eq_ignore_ascii_case(file))
                    && is_dump_file(rest.split(',').next().unwrap_or_default())
            })
        })
}

/// The commands of the scripts that a listener runs for its callers: `EXEC:"…"`, `-c "…"`,
/// `--sh-exec=…`.
fn scripts(arguments: &[String]) -> Vec<Pipeline> {
    let script = |argument: &String| {
        let runs = |kind: &str| ["EXEC", "SYSTEM", "SHELL"].iter().any(|run| kind.eq_ignore_ascii_case(run));
        let address = argument.split_once(':').filter(|(kind, _)| runs(kind));
        let option = argument.split_once('=').filter(|(name, _)| matches!(*name, "--sh-exec" | "--exec"));
        let script = address.or(option).map(|(_, script)| script);
        script.or_else(|| argument.contains(' ').then_some(argument.as_str())).map(pipelines)
    };
    arguments.iter().filter_map(script).flatten().collect()
}

/// The commands that a command runs for those who connect to it.
pub(crate) fn served_commands(command: &[String]) -> Vec<Vec<String>> {
    match position(command, LISTENERS) {
        Some(at) => scripts(&command[at + 1..]).into_iter().flatten().collect(),
        None => vec![],
    }
}

/// The port on which `nc`, `ncat` or `netcat` listens; none if it connects, or listens for the pod alone.
fn netcat(arguments: &[String]) -> Option<(Option<String>, Reach)> {
    let listens = arguments.iter().any(|word| {
        let letters = word.strip_prefix('-').unwrap_or_default();
        word == "--listen"
            || letters.chars().take_while(char::is_ascii_alphabetic).any(|letter| letter == 'l')
                && !letters.starts_with('-')
    });
    if !listens || arguments.iter().any(|word| is_loopback(word)) {
        return None;
    }
    // A number behind one of these is not the port.
    let taken = |before: &String| {
        matches!(
            before.as_str(),
            "-w" | "-m" | "-i" | "-q" | "-I" | "-O" | "--wait" | "--max-conns" | "--idle-timeout" | "--delay"
        )
    };
    let port = (0..arguments.len())
        .rfind(|at| arguments[*at].parse::<u16>().is_ok() && !(*at > 0 && taken(&arguments[*at - 1])))
        .map(|at| arguments[at].clone());
    let limited = arguments.iter().any(|word| word.starts_with("--allow"));
    Some((port, if limited { Reach::Some } else { Reach::Everybody }))
}

/// The port on which `socat` listens; none if it does not, if it listens for the pod alone, or asks for
/// a certificate: it does unless `verify` is off.
fn socat(arguments: &[String]) -> Option<(Option<String>, Reach)> {
    arguments.iter().find_map(|word| {
        let (kind, rest) = word.split_once(':')?;
        let kind = kind.to_ascii_uppercase();
        if !(kind.ends_with("-LISTEN") || kind.ends_with("-L")) || kind.starts_with("UNIX") {
            return None;
        }
        let mut options = rest.split(',');
        let port = options.next().filter(|port| port.parse::<u16>().is_ok()).map(str::to_owned);
        let options: Vec<&str> = options.collect();
        let asks = (kind.starts_with("OPENSSL") || kind.starts_with("SSL")) && !options.contains(&"verify=0");
        if asks || options.iter().any(|option| option.strip_prefix("bind=").is_some_and(is_loopback)) {
            return None;
        }
        let limited = options.iter().any(|option| option.starts_with("range=") || option.starts_with("tcpwrap"));
        Some((port, if limited { Reach::Some } else { Reach::Everybody }))
    })
}

fn is_loopback(address: &str) -> bool {
    matches!(address, "localhost" | "127.0.0.1" | "::1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(script: &str) -> Option<String> {
        let (program, port, reach) = pipelines(script).iter().find_map(served)?;
        Some(format!("{program} {} {reach:?}", port.unwrap_or_default()))
    }

    #[test]
    fn finds_streams() {
        for (script, expected) in [
            (
                "exec ncat --listen --keep-open --send-only --max-conns=1 3307 -c \\\n \"xtrabackup --backup --stream=xbstream\"",
                "ncat 3307 Everybody",
            ),
            ("ncat -l --send-only 3307 --max-conns 1 -c 'mysqldump db'", "ncat 3307 Everybody"),
            ("while true; do mariabackup --backup --stream=xbstream | nc -l -p 4444; done", "nc 4444 Everybody"),
            ("{ mysqldump -uroot --all-databases; } | gzip | nc -lkp 3307", "nc 3307 Everybody"),
            ("nc -w 5 -l 9999 < /backup/all.sql.gz", "nc 9999 Everybody"),
            ("tar -cf - /var/lib/mysql | ncat -l 3307", "ncat 3307 Everybody"),
            ("nc -l -p 3307 -e /usr/bin/mysqldump", "nc 3307 Everybody"),
            ("ncat -l 3307 --sh-exec=\"mysqldump db\"", "ncat 3307 Everybody"),
            ("ncat -l 3307 --allow 10.0.0.0/8 -c 'mysqldump db'", "ncat 3307 Some"),
            (
                "socat TCP-LISTEN:3307,reuseaddr,fork EXEC:\"xtrabackup --backup --stream=xbstream\"",
                "socat 3307 Everybody",
            ),
            ("socat tcp-l:3307,fork SYSTEM:'mysqldump db | gzip'", "socat 3307 Everybody"),
            ("mysqldump db | socat - TCP4-LISTEN:3307,range=10.0.0.0/8", "socat 3307 Some"),
            ("mysqldump db | socat - OPENSSL-LISTEN:3307,cert=a.pem,verify=0", "socat 3307 Everybody"),
            ("socat -u FILE:/backup/dump.sql TCP-LISTEN:3307", "socat 3307 Everybody"),
            ("bash -c \"mysqldump db | nc -l 3307\"", "nc 3307 Everybody"),
        ] {
            assert_eq!(shown(script).as_deref(), Some(expected), "{script}");
        }
    }

    #[test]
    fn leaves_alone_what_is_none() {
        for script in [
            "ncat --recv-only mysql-0.mysql 3307 | xbstream -x -C /var/lib/mysql",
            "socat TCP:mysql-0.mysql:3307 STDOUT | xbstream -x -C /var/lib/mysql",
            "nc -l -p 3307 | xbstream -x",
            "while true; do echo -e 'HTTP/1.1 200 OK\\n' | nc -l -p 8080; done",
            "{ mysqladmin ping && echo ok; } | nc -l -p 8080",
            "mysql -e 'SHOW REPLICA STATUS' | nc -l 9200",
            "nc -l -p 8080 < /etc/health.txt",
            "until nc -z mysql 3306; do sleep 1; done; mysqldump -h mysql db > /backup/a.sql",
            "mysqldump db | nc backup.example 9999",
            "xtrabackup --backup --stream=xbstream | socat - TCP:replica:4444",
            "mysqldump db | ncat -l 127.0.0.1 3307",
            "mysqldump db | socat - TCP-LISTEN:3307,bind=127.0.0.1",
            "mysqldump db | socat - OPENSSL-LISTEN:3307,cert=a.pem,cafile=ca.pem,verify=1",
            "socat -u TCP-LISTEN:3307 EXEC:'xbstream -x'",
            "ncat -l 3307 -c 'xtrabackup --version'",
            "# ncat -l 3307 -c 'mysqldump db'",
            "echo \"ncat -l 3307 -c 'mysqldump db'\"",
            "apt-get install -y ncat mysqldump",
        ] {
            assert_eq!(shown(script), None, "{script}");
        }
    }
}
