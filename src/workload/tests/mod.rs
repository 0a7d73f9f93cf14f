//! The parsers of the domain, as tables.

mod option_files;
mod properties;
mod scripts;

use serde_json::json;

use super::command::{Invocation, invocation};
use super::option;
use super::*;

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn image_references() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let table = [
        ("mysql", "docker.io", "library/mysql", None, None),
        ("mysql:5.7", "docker.io", "library/mysql", Some("5.7"), None),
        ("docker.io/mysql:latest", "docker.io", "library/mysql", Some("latest"), None),
        (
            "registry.corp:5000/mirror/library/mysql:8.0",
            "registry.corp:5000",
            "mirror/library/mysql",
            Some("8.0"),
            None,
        ),
        ("quay.io/sclorg/mysql-84-c9s", "quay.io", "sclorg/mysql-84-c9s", None, None),
    ];
    for (text, registry, repository, tag, digest) in table {
        let image = ImageReference::parse(text).unwrap_or_else(|| panic!("{text}"));
        let expected = ImageReference {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest,
        };
        assert_eq!(image, expected, "{text}");
    }
    let both = ImageReference::parse(&format!("mysql:8.4@{digest}")).unwrap();
    assert_eq!((both.tag.as_deref(), both.digest.as_deref()), (Some("8.4"), Some(digest.as_str())));
    let only = ImageReference::parse(&format!("mysql@{digest}")).unwrap();
    assert_eq!(only.tag, None);
    for text in ["", "{{ .Values.image }}", "${IMAGE}", "MySQL:5.7", "mysql:", "a b"] {
        assert_eq!(ImageReference::parse(text), None, "{text}");
    }
}

#[test]
fn versions_of_tags() {
    for (tag, version) in [
        ("5.7", Some("5.7")),
        ("8", Some("8")),
        ("8.0.36-debian", Some("8.0.36")),
        ("8.0.36-28.1", Some("8.0.36")),
        ("v10.11", Some("10.11")),
        ("10.11.6-jammy", Some("10.11.6")),
        ("latest", None),
        ("lts", None),
        ("20240101", None),
        ("5.7rc", None),
        ("", None),
        ("99999999999999999999", None),
        ("1.0", None),
    ] {
        assert_eq!(Version::from_tag(tag).map(|version| version.to_string()).as_deref(), version, "{tag}");
    }
    for (digits, version) in
        [("80", Some("8.0")), ("105", Some("10.5")), ("1011", Some("10.11")), ("x", None), ("8", None)]
    {
        assert_eq!(Version::from_name_digits(digits).map(|version| version.to_string()).as_deref(), version);
    }
}

#[test]
fn what_a_container_runs() {
    let server = |first, direct| Invocation::Server { first, direct };
    let other = |name: &str| Invocation::Other(name.to_owned());
    for (command, args, expected) in [
        ("", "", server(0, false)),
        ("", "--skip-name-resolve", server(0, false)),
        ("", "mysqld --port=3307", server(1, true)),
        ("", "bash", other("bash")),
        ("", "mysql -h db", other("mysql")),
        ("docker-entrypoint.sh", "mysqld --x", server(2, true)),
        ("/usr/local/bin/docker-entrypoint.sh mariadbd", "", server(2, true)),
        ("/usr/sbin/mysqld", "", server(1, true)),
        ("tini -- docker-entrypoint.sh", "--x", server(3, false)),
        ("gosu mysql mysqld", "", server(3, true)),
        ("env A=B mysqld", "--x", server(3, true)),
        ("nice -n 5 mysqld", "", server(4, true)),
        ("ionice -c2 -n 0 mysqld", "", server(5, true)),
        ("sleep infinity", "", other("sleep")),
        ("mysqldump --all-databases", "", other("mysqldump")),
    ] {
        let command = words(command);
        let args = words(args);
        let all: Vec<&str> = command.iter().chain(&args).map(String::as_str).collect();
        assert_eq!(invocation(&all, command.len()), expected, "{all:?}");
    }
}

#[test]
fn server_options() {
    let parse = |text: &str| {
        option::parse(&text.split_whitespace().collect::<Vec<_>>(), |word| word.to_string())
            .into_iter()
            .map(|option| match option.value {
                Some(value) => format!("{}={value}", option.name),
                None => option.name,
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    for (written, read) in [
        ("--character_set_server=latin1", "character-set-server=latin1"),
        ("--character-set-server latin1 --x", "character-set-server=latin1 x"),
        ("--loose-innodb_large_prefix=1", "innodb-large-prefix=1"),
        ("-Cutf8 -P 3307", "character-set-server=utf8 port=3307"),
        ("stray --a", "a"),
        ("-- -", ""),
    ] {
        assert_eq!(parse(written), read, "{written}");
    }
    let options = option::parse(&["--skip-networking", "--skip-networking=0"], |word| word.to_string());
    assert!(!option::is_on(&options, "skip-networking"), "the last one wins");
}

#[test]
fn variables_that_are_credentials() {
    for (name, value) in [
        ("MYSQL_ROOT_PASSWORD", "x"),
        ("MARIADB_PASSWORD_HASH", "x"),
        ("DATA_SOURCE_NAME", "exporter:x@(localhost:3306)/"),
        ("DATA_SOURCE_NAME", "exporter:x@tcp(localhost:3306)/"),
        ("DATABASE_URL", "mysql://user:x@db/shop"),
        ("SQLALCHEMY", "mysql+pymysql://user:x@db/shop"),
        ("SPRING_DATASOURCE_URL", "jdbc:mysql://db/shop?user=a&password=x"),
    ] {
        assert!(is_credential(name, value), "{name}={value}");
    }
    for (name, value) in [
        ("MYSQL_ROOT_PASSWORD_FILE", "/run/secrets/x"),
        ("MYSQL_ALLOW_EMPTY_PASSWORD", "1"),
        ("DATA_SOURCE_NAME", "postgresql://postgres:x@db/"),
        ("DATABASE_URL", "postgres://user:x@db/shop"),
        ("DATABASE_URL", "mysql://db/shop"),
        ("SPRING_DATASOURCE_URL", "jdbc:mysql://db/shop"),
        ("MYSQL_USER", "root"),
    ] {
        assert!(!is_credential(name, value), "{name}={value}");
    }
}

#[test]
fn texts_without_their_credentials() {
    for (text, shown) in [
        ("mysql -uroot -phunter22 -e 'SELECT 1'", "mysql -uroot -p<withheld> -e 'SELECT 1'"),
        ("mysql -uroot -p$MYSQL_ROOT_PASSWORD", "mysql -uroot -p$MYSQL_ROOT_PASSWORD"),
        ("mysqladmin --password=hunter22 ping", "mysqladmin --password=<withheld> ping"),
        ("mysqladmin --password ping", "mysqladmin --password ping"),
        ("export MYSQL_PWD='hunter 22'; x", "export MYSQL_PWD=<withheld>; x"),
        ("CREATE USER a IDENTIFIED BY 'hunter22';", "CREATE USER a IDENTIFIED BY <withheld>;"),
        ("MASTER_PASSWORD='hunter22',", "MASTER_PASSWORD=<withheld>,"),
        ("MASTER_PASSWORD='',", "MASTER_PASSWORD='',"),
        (
            "xtrabackup --backup --user=root --password hunter22",
            "xtrabackup --backup --user=root --password <withheld>",
        ),
        ("mydumper -u root -p hunter22 -o /b", "mydumper -u root -p <withheld> -o /b"),
        ("mysqladmin -uroot password hunter22", "mysqladmin -uroot password <withheld>"),
        ("wsrep_sst_auth=sst:hunter22", "wsrep_sst_auth=sst:<withheld>"),
        ("SET PASSWORD FOR a = 'hunter22';", "SET PASSWORD FOR a = <withheld>;"),
        (
            "IDENTIFIED WITH caching_sha2_password AS '$A$005$hunter22'",
            "IDENTIFIED WITH caching_sha2_password AS <withheld>",
        ),
        ("mysql -uroot -p'$hunter22' -e x", "mysql -uroot -p<withheld> -e x"),
        ("mysql -uroot -p\"$PASSWORD\" -e x", "mysql -uroot -p\"$PASSWORD\" -e x"),
        ("mysql -uroot -p<password> -e x", "mysql -uroot -p<password> -e x"),
        ("password = {{ .Values.password }}", "password = {{ .Values.password }}"),
        ("password = \"{{ .pw }}\"", "password = \"{{ .pw }}\""),
        ("password=${DB_PASSWORD}", "password=${DB_PASSWORD}"),
        ("mysql --protocol=tcp -uroot", "mysql --protocol=tcp -uroot"),
        ("UPDATE mysql.user SET Password=PASSWORD('hunter22')", "UPDATE mysql.user SET Password=PASSWORD(<withheld>)"),
        (r#"{"password":"hunter22","a":1}"#, r#"{"password":<withheld>,"a":1}"#),
        (r#"{\"password\":\"hunter22\"}"#, r#"{\"password\":<withheld>}"#),
        ("'password' => 'hunter22',", "'password' => <withheld>,"),
        ("<password>hunter22</password>", "<password><withheld></password>"),
        ("IDENTIFIED BY 'hun''ter22'", "IDENTIFIED BY <withheld>"),
        (
            r#"mysql -e "CREATE USER a IDENTIFIED BY \"hunter22\"""#,
            r#"mysql -e "CREATE USER a IDENTIFIED BY <withheld>""#,
        ),
        ("mysql -e \"select 1;\" -phunter22", "mysql -e \"select 1;\" -p<withheld>"),
        ("mysql -sNphunter22 -e x", "mysql -sNp<withheld> -e x"),
        ("mysql://root:hun@ter22@db/shop", "mysql://root:<withheld>@db/shop"),
        ("IDENTIFIED BY '$APP_PASSWORD'", "IDENTIFIED BY '$APP_PASSWORD'"),
        ("SOURCE_PASSWORD='${REPL}',", "SOURCE_PASSWORD='${REPL}',"),
        ("--mysql-native-password=ON", "--mysql-native-password=ON"),
        ("mysql_native_password = ON", "mysql_native_password = ON"),
        ("password = vault:secret/data/db#root", "password = vault:secret/data/db#root"),
        ("mysql://root:hunter22@db/shop", "mysql://root:<withheld>@db/shop"),
        ("exporter:hunter22@(localhost:3306)/", "exporter:<withheld>@(localhost:3306)/"),
        ("[client]\npassword = hunter22\n", "[client]\npassword = <withheld>\n"),
        ("mkdir -p /var/lib/mysql", "mkdir -p /var/lib/mysql"),
        ("secretName: mysql-pass", "secretName: mysql-pass"),
        ("[[ $password =~ ^x ]] || [ $password == y ]", "[[ $password =~ ^x ]] || [ $password == y ]"),
    ] {
        assert_eq!(withhold_text(text), shown);
    }
}

#[test]
fn objects_without_their_credentials() {
    let object = json!({
        "kind": "Pod",
        "metadata": { "annotations": { "kubectl.kubernetes.io/last-applied-configuration":
            "{\"env\":[{\"name\":\"MYSQL_PASSWORD\",\"value\":\"hunter22\"}]}\n" } },
        "spec": { "containers": [{
            "command": ["mysqladmin", "-uroot", "-phunter22", "ping"],
            "args": ["-phunter22", "password", "hunter22"],
            "env": [
                { "name": "MYSQL_ROOT_PASSWORD", "value": "hunter22" },
                { "name": "API_TOKEN", "value": "hunter22" },
                { "name": "MYSQL_ALLOW_EMPTY_PASSWORD", "value": "1" },
                { "name": "MYSQL_PASSWORD", "value": "" },
            ],
        }] },
    });
    let shown = withheld(&object);
    assert!(!shown.to_string().contains("hunter22"), "{shown}");
    assert_eq!(shown.pointer("/spec/containers/0/env/2/value"), Some(&json!("1")));
    assert_eq!(shown.pointer("/spec/containers/0/env/3/value"), Some(&json!("")));
    let volume = json!({ "name": "pass", "secret": { "secretName": "mysql-pass", "defaultMode": 256 } });
    assert_eq!(withheld(&volume), volume);
    let secret = json!({ "kind": "Secret", "data": { "a": "aHVudGVyMjI=" }, "stringData": { "b": "hunter22" } });
    assert_eq!(
        withheld(&secret),
        json!({ "kind": "Secret", "data": { "a": WITHHELD }, "stringData": { "b": WITHHELD } })
    );
}

#[test]
fn escapes_are_expanded_as_the_kubelet_does() {
    for (value, seen) in
        [("pa$$word", "pa$word"), ("$$(x)", "$(x)"), ("a$", "a$"), ("$$$$", "$$"), ("$(open", "$(open")]
    {
        assert!(!has_references(value), "{value}");
        assert_eq!(expand_escapes(value), seen);
    }
    assert!(has_references("$$$(x)"));
}
