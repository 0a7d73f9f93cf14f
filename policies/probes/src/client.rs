//! Reads the command of an exec probe: which client program it runs, and how that reaches the
//! server.

/// What an exec probe runs, if it is a client of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    /// `mysqladmin ping`, whose exit code is 0 as soon as the server answers.
    pub(crate) ping: bool,
    /// It goes through the socket file, by its options or for want of others.
    pub(crate) by_socket: bool,
    /// Options say so (`--socket`, `--protocol`), so that a host changes nothing.
    pub(crate) by_option: bool,
    /// It is run as written, not by a shell.
    pub(crate) direct: bool,
    /// It names a user.
    pub(crate) user: bool,
    /// It names a port.
    pub(crate) port: bool,
    /// It sends a password.
    pub(crate) password: bool,
    /// It names a file of options, which may hold a password.
    pub(crate) file: bool,
}

const ADMIN: &[&str] = &["mysqladmin", "mariadb-admin"];
const QUERY: &[&str] = &["mysql", "mariadb"];
const SHELLS: &[&str] = &["sh", "bash", "ash", "dash"];
/// Short options that take the next word if nothing follows the letter.
const TAKE_A_WORD: &[char] = &['h', 'u', 'P', 'S', 'e', 'D', 'c', 'i'];
/// The long ones.
const LONG_TAKE_A_WORD: &[&str] =
    &["host", "user", "port", "socket", "protocol", "execute", "database", "count", "sleep"];

impl Client {
    /// None if it is no client, or a script that does more than run one.
    pub(crate) fn read(command: &[String]) -> Option<Self> {
        let program = base_name(command.first()?);
        if SHELLS.contains(&program) {
            let script = (command.len() == 3 && is_dash_c(&command[1])).then(|| &command[2])?;
            let words = simple_words(script)?;
            return Self::of(base_name(words.first()?), &words[1..], false);
        }
        Self::of(program, &command[1..], true)
    }

    fn of(program: &str, words: &[String], direct: bool) -> Option<Self> {
        let admin = ADMIN.contains(&program);
        if !admin && !QUERY.contains(&program) {
            return None;
        }
        let Words { options, others } = Words::read(words);
        let last = |name: &str| options.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
        let protocol = last("protocol").map(str::to_ascii_lowercase);
        let local = last("host").is_none_or(|host| host.is_empty() || host.eq_ignore_ascii_case("localhost"));
        Some(Self {
            ping: admin && others == ["ping"],
            // A host other than localhost means TCP, whatever the socket option says.
            by_socket: match protocol.as_deref() {
                Some("tcp") => false,
                Some(_) => true,
                None => local,
            },
            by_option: protocol.is_some() || last("socket").is_some(),
            direct,
            user: last("user").is_some(),
            port: last("port").is_some(),
            password: last("password").is_some_and(|password| !password.is_empty()),
            file: ["defaults-file", "defaults-extra-file", "defaults-group-suffix", "login-path"]
                .iter()
                .any(|name| last(name).is_some()),
        })
    }
}

/// A client's words: options by their long names, and the rest.
struct Words {
    options: Vec<(String, String)>,
    others: Vec<String>,
}

impl Words {
    fn read(words: &[String]) -> Self {
        let mut read = Self { options: vec![], others: vec![] };
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            if let Some(long) = word.strip_prefix("--") {
                let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
                let takes = value.is_none() && LONG_TAKE_A_WORD.contains(&name);
                let value = if takes { words.next() } else { value };
                read.options.push((name.replace('_', "-"), value.unwrap_or_default().to_owned()));
            } else if let Some(letter) = word.strip_prefix('-').and_then(|rest| rest.chars().next()) {
                let rest = &word[1 + letter.len_utf8()..];
                let takes = rest.is_empty() && TAKE_A_WORD.contains(&letter);
                let value = if takes { words.next().unwrap_or_default() } else { rest };
                let name = match letter {
                    'h' => "host".to_owned(),
                    'u' => "user".to_owned(),
                    'p' => "password".to_owned(),
                    'P' => "port".to_owned(),
                    'S' => "socket".to_owned(),
                    other => other.to_string(),
                };
                read.options.push((name, value.to_owned()));
            } else {
                read.others.push(word.to_owned());
            }
        }
        read
    }
}

fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// `-c`, also with further letters before it: `-ec`.
fn is_dash_c(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.ends_with('c')
}

/// The words of a script that is one command and nothing else. None if it is more than that, or
/// not surely so: pipes, lists, substitutions, redirections.
fn simple_words(script: &str) -> Option<Vec<String>> {
    if script.contains(['|', ';', '&', '<', '>', '`', '(', '\n', '\\']) {
        return None;
    }
    let mut words: Vec<String> = vec![];
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in script.trim().chars() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    // `MYSQL_PWD=x exec mysqladmin …`
    let is_prefix = |word: &String| word == "exec" || word.split_once('=').is_some_and(|(name, _)| is_name(name));
    let start = words.iter().position(|word| !is_prefix(word))?;
    quote.is_none().then(|| words.split_off(start))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Option<Client> {
        Client::read(&words.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    fn script(text: &str) -> Option<Client> {
        Client::read(&["bash", "-c", text].map(str::to_owned))
    }

    #[test]
    fn goes_through_the_socket() {
        for words in [
            "mysqladmin ping",
            "/usr/bin/mysqladmin ping -uroot -psecret",
            "mysqladmin -hlocalhost ping",
            "mysqladmin ping -h localhost",
            "mysqladmin ping --host=localhost -u root",
            "mysqladmin ping --host LOCALHOST",
            "mysqladmin -h 127.0.0.1 ping -h localhost",
            "mariadb-admin ping -S /tmp/mysql.sock",
            "mysqladmin ping --protocol=socket -h127.0.0.1",
        ] {
            assert!(read(words).is_some_and(|client| client.ping && client.by_socket && client.direct), "{words}");
        }
        assert!(read("mysql -e SELECT").is_some_and(|client| client.by_socket && !client.ping));
        assert!(read("mysqladmin status").is_some_and(|client| client.by_socket && !client.ping));
        assert!(read("mysqladmin ping -S /tmp/mysql.sock").is_some_and(|client| client.by_option));
    }

    #[test]
    fn goes_by_tcp() {
        for words in [
            "mysqladmin ping -h127.0.0.1",
            "mysqladmin ping -h localhost -h 127.0.0.1",
            "mysqladmin ping --host=127.0.0.1 -P 3307",
            "mysqladmin ping --protocol=TCP",
            "mysql -h 127.0.0.1 -e SELECT",
            "mysqladmin -h $(POD_IP) ping",
        ] {
            assert!(read(words).is_some_and(|client| !client.by_socket), "{words}");
        }
    }

    #[test]
    fn values_are_not_commands() {
        assert!(read("mysqladmin -u ping status").is_some_and(|client| !client.ping && client.user));
        assert!(read("mysqladmin -p ping").is_some_and(|client| client.ping && !client.password));
        assert!(read("mysqladmin -psecret ping").is_some_and(|client| client.password));
        assert!(read("mysqladmin ping extended-status").is_some_and(|client| !client.ping));
    }

    #[test]
    fn scripts_of_one_command_are_clear() {
        assert!(script("mysqladmin ping -uroot -p$MYSQL_ROOT_PASSWORD").is_some_and(|client| client.by_socket));
        assert!(
            script("MYSQL_PWD=\"$MYSQL_ROOT_PASSWORD\" exec mysql -uroot -h127.0.0.1 -e \"SELECT 1\"")
                .is_some_and(|client| !client.by_socket && !client.direct)
        );
        assert!(script("exec mysql -e 'SELECT 1 FROM dual'").is_some_and(|client| client.by_socket));
    }

    #[test]
    fn other_scripts_are_not() {
        for text in
            ["", "mysqladmin ping || exit 1", "mysql <<EOF", "if mysqladmin ping", "test -f /ok && mysqladmin ping"]
        {
            assert_eq!(script(text), None, "{text}");
        }
        for words in ["", "healthcheck.sh --connect", "sh /probe.sh", "cat /etc/hosts"] {
            assert_eq!(read(words), None, "{words}");
        }
        assert_eq!(script("mysqladmin ping -p\"$(cat /secret)\""), None);
    }
}
