//! Chromium without a window, by chromedriver: the few commands of the WebDriver protocol that the tests need.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::folder::TemporaryFolder;
use crate::process::{Process, tied};
use crate::skip::skip;
use crate::{port, wait};

/// A browser starts in one second; on a machine that has much else to do it takes longer.
const START: Duration = Duration::from_secs(60);
/// How an element is named in the protocol (W3C WebDriver, 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one page.
pub(crate) struct Driver {
    port: u16,
    session: String,
    _process: Process,
    folder: TemporaryFolder,
}

impl Driver {
    /// Starts a browser. Without one on this machine the caller is to leave its test.
    pub(crate) fn start() -> Option<Self> {
        let (Some(chromium), Some(chromedriver)) = (program("chromium"), program("chromedriver")) else {
            skip("no chromium and chromedriver: scripts/install-tools browser installs them");
            return None;
        };
        let folder = TemporaryFolder::new("browser");
        let port = port::free();
        let mut command = tied(&chromedriver);
        command.arg(format!("--port={port}")).env("HOME", folder.path()).env("TMPDIR", folder.path());
        let mut process = Process::start("chromedriver", command, &folder.path().join("chromedriver.log"));
        process.wait_until(START, || exchange(port, "GET", "/status", None).is_ok());
        // Without its sandbox, which wants namespaces that containers do not give. The pages are our own.
        let arguments =
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1360,900"];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": chromium, "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let made = exchange(port, "POST", "/session", Some(&wanted)).unwrap();
        let session = made["sessionId"].as_str().unwrap_or_else(|| panic!("no browser: {made:#}")).to_owned();
        Some(Self { port, session, _process: process, folder })
    }

    /// Writes a file that the browser can open, and returns its address.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> String {
        format!("file://{}", self.folder.write(name, content).display())
    }

    /// Sends a command; panics with what the browser says against it.
    #[track_caller]
    pub(crate) fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        let path = format!("/session/{}{path}", self.session);
        let body = (method == "POST").then_some(body);
        let answer = exchange(self.port, method, &path, body).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(answer.get("error").is_none(), "{path}: {}", answer["message"]);
        answer
    }

    /// Runs the body of a function in the page, and returns its value.
    #[track_caller]
    pub(crate) fn run(&self, script: &str) -> Value {
        self.command("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// A command of Chromium's own protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.command("POST", "/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    /// What one of the browser's logs holds since it was last asked for.
    pub(crate) fn log(&self, name: &str) -> Vec<Value> {
        self.command("POST", "/se/log", &json!({ "type": name })).as_array().cloned().unwrap_or_default()
    }

    /// The first element that a selector selects.
    #[track_caller]
    pub(crate) fn element(&self, selector: &str) -> String {
        let found = self.command("POST", "/element", &json!({ "using": "css selector", "value": selector }));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("{selector}: {found}")).to_owned()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // chromedriver, when it is killed, leaves its browser alone.
        let _ = exchange(self.port, "DELETE", &format!("/session/{}", self.session), None);
    }
}

/// One request on a connection of its own, and the value of the answer.
fn exchange(port: u16, method: &str, path: &str, body: Option<&Value>) -> io::Result<Value> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        answer.read_line(&mut line)?;
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut content = vec![0; length];
    answer.read_exact(&mut content)?;
    let answer: Value = serde_json::from_slice(&content)?;
    Ok(answer["value"].clone())
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Where `TIDEGATE_SCREENSHOTS` wants a picture, if it wants any.
pub(crate) fn picture(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("TIDEGATE_SCREENSHOTS")?;
    fs::create_dir_all(&folder).unwrap();
    Some(Path::new(&folder).join(name))
}

/// Waits for what a browser does after the command that asked for it is answered.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    wait::eventually(what, START, || holds().then_some(()));
}
