//! The proof that a database works: a text in Korean, with an emoji, is written on the primary and read on every replica.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use kube::ResourceExt;

use super::{DeployError, Done, Kind, NAME, Options, Plan, Progress, exec, servers};
use crate::objects::Objects;

/// Services and replicas follow within moments; a busy machine gets many times that.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_secs(1);
/// Three bytes a letter, and one of four, which MySQL's older utf8 does not have.
const WORDS: &str = "안녕하세요 🐬";
const TABLE: &str = "tidegate_smoke_test";
/// Hands statements to a server as the application would.
const ASK: &str = "export MYSQL_PWD=$(</run/secrets/mysql/app); exec mysql --no-defaults \
    --default-character-set=utf8mb4 --ssl-mode=REQUIRED --connect-timeout=5 --batch --raw --skip-column-names \
    -h\"$0\" -uapp app -e \"$1\"";

/// Tries it.
///
/// # Errors
/// [`DeployError::Smoke`] with what does not work.
pub(super) async fn run(
    objects: &Objects,
    plan: &Plan,
    options: &Options,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<Done, DeployError> {
    let write = match options.kind {
        Kind::Single => NAME,
        Kind::Replicated => "mysql-write",
    };
    let words = format!("{WORDS} {}", number()?);
    let statements = format!(
        "CREATE TABLE IF NOT EXISTS {TABLE} (word VARCHAR(100)); DELETE FROM {TABLE}; \
         INSERT INTO {TABLE} VALUES ('{words}'); SELECT VERSION();"
    );
    let version = until(objects, options, write, &statements, &|answer| !answer.is_empty()).await?;
    let mut readers = vec![write.to_owned()];
    readers.extend((1..plan.replicas()).map(|ordinal| format!("mysql-{ordinal}.mysql")));
    let expected = format!("{words}\t{}", hex(&words));
    let read = format!("SELECT word, HEX(word) FROM {TABLE};");
    for reader in &readers {
        until(objects, options, reader, &read, &|answer| answer == expected).await?;
    }
    ask(objects, options, write, &format!("DROP TABLE {TABLE};")).await?;
    tell(Progress::Tried(format!("written at {write}, read again at {}: {words}", readers.join(", "))));
    Ok(Done { servers: plan.replicas(), version })
}

/// Asks until the answer is as it should be.
async fn until(
    objects: &Objects,
    options: &Options,
    host: &str,
    statements: &str,
    is_right: &(dyn Fn(&str) -> bool + Sync),
) -> Result<String, DeployError> {
    let begun = Instant::now();
    loop {
        let answer = ask(objects, options, host, statements).await;
        let problem = match answer {
            Ok(answer) if is_right(answer.trim()) => return Ok(answer.trim().to_owned()),
            Ok(answer) => format!("{host} answers {:?}, and not with what was written", answer.trim()),
            Err(error) => format!("{host} does not answer as it should: {error}"),
        };
        if begun.elapsed() > PATIENCE {
            return Err(DeployError::Smoke(problem));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Asks a server as the application would, from the pod of the first one.
async fn ask(objects: &Objects, options: &Options, host: &str, statements: &str) -> Result<String, DeployError> {
    let Options { kind, namespace, .. } = options;
    let pod = match kind {
        // A Deployment's pod has another name each time.
        Kind::Single => {
            let pods = servers::list(objects, *kind, namespace).await?;
            servers::to_ask(&pods).map(ResourceExt::name_any)
        }
        Kind::Replicated => Some("mysql-0".to_owned()),
    };
    let Some(pod) = pod else {
        let problem = "the server has no pod".to_owned();
        return Err(DeployError::Exec { pod: format!("{namespace}/{NAME}"), problem });
    };
    ask_from(objects, namespace, &pod, host, statements).await
}

/// The same from this server's pod. It has the password as a file, which follows the Secret; a variable would not.
pub(super) async fn ask_from(
    objects: &Objects,
    namespace: &str,
    pod: &str,
    host: &str,
    statements: &str,
) -> Result<String, DeployError> {
    exec::run(objects, namespace, pod, NAME, &["bash", "-c", ASK, host, statements]).await
}

/// So that nothing is taken for the text but what was just written.
fn number() -> Result<u32, DeployError> {
    getrandom::u32().map_err(|error| DeployError::NoRandomness(error.to_string()))
}

/// As MySQL's `HEX` writes a text in utf8mb4.
fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        // Writing into a text cannot fail.
        let _ = write!(hex, "{byte:02X}");
        hex
    })
}
