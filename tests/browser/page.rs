//! A report that is open in a browser.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tidegate::audit::{self, AuditReport, Format, Verbosity};

use crate::driver::{Driver, picture, until};

/// Keys without a letter (W3C WebDriver, 17.4.2).
pub(crate) const TAB: char = '\u{e004}';
pub(crate) const ENTER: char = '\u{e007}';
pub(crate) const ESCAPE: char = '\u{e00c}';
pub(crate) const END: char = '\u{e010}';
pub(crate) const HOME: char = '\u{e011}';
pub(crate) const UP: char = '\u{e013}';
pub(crate) const DOWN: char = '\u{e015}';

/// A report in a browser.
pub(crate) struct Page {
    pub(crate) driver: Driver,
    address: String,
}

impl Page {
    /// Opens a report in a browser of its own.
    pub(crate) fn of(report: &AuditReport) -> Option<Self> {
        Self::at(report, "")
    }

    /// The same, at an address with this end.
    pub(crate) fn at(report: &AuditReport, state: &str) -> Option<Self> {
        let driver = Driver::start()?;
        let mut html = Vec::new();
        audit::write(report, Format::Html, Verbosity::Ordinary, &mut html).unwrap();
        let address = driver.file("report.html", &html);
        let page = Self { driver, address };
        page.open(state);
        Some(page)
    }

    /// Opens the report anew, at an address with this end.
    pub(crate) fn open(&self, state: &str) {
        // Between two addresses of one file that only differ behind # nothing would be loaded.
        self.driver.command("POST", "/url", &json!({ "url": "about:blank" }));
        self.driver.command("POST", "/url", &json!({ "url": format!("{}{state}", self.address) }));
    }

    /// The end of the address.
    pub(crate) fn state(&self) -> String {
        self.driver.run("return location.hash").as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub(crate) fn click(&self, selector: &str) {
        let element = self.driver.element(selector);
        self.driver.command("POST", &format!("/element/{element}/click"), &json!({}));
    }

    #[track_caller]
    pub(crate) fn write(&self, selector: &str, text: &str) {
        let element = self.driver.element(selector);
        self.driver.command("POST", &format!("/element/{element}/value"), &json!({ "text": text }));
    }

    /// Presses keys one after the other, wherever the focus is.
    pub(crate) fn press(&self, keys: &[char]) {
        let steps: Vec<Value> = keys
            .iter()
            .flat_map(|key| [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })])
            .collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": steps }] });
        self.driver.command("POST", "/actions", &actions);
    }

    /// The texts of all elements that are seen, of those that a selector selects.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        let selector = json!(selector);
        let script = format!(
            "return [...document.querySelectorAll({selector})].filter((one) => one.checkVisibility())\
             .map((one) => one.innerText.trim())"
        );
        serde_json::from_value(self.driver.run(&script)).unwrap()
    }

    /// The text of the only element that is seen, of those that a selector selects.
    #[track_caller]
    pub(crate) fn text(&self, selector: &str) -> String {
        let texts = self.texts(selector);
        assert_eq!(texts.len(), 1, "{selector}: {texts:?}");
        texts.into_iter().next().unwrap()
    }

    /// How many elements there are, seen or not.
    pub(crate) fn count(&self, selector: &str) -> u64 {
        self.driver.run(&format!("return document.querySelectorAll({}).length", json!(selector))).as_u64().unwrap()
    }

    /// An attribute of the first element that a selector selects.
    pub(crate) fn attribute(&self, selector: &str, name: &str) -> Value {
        self.driver.run(&format!("return document.querySelector({}).getAttribute({})", json!(selector), json!(name)))
    }

    /// Whether the focus is on an element that the selector selects.
    pub(crate) fn is_focused(&self, selector: &str) -> bool {
        self.driver.run(&format!("return document.activeElement.matches({})", json!(selector))) == json!(true)
    }

    /// The number of findings that are shown, in words.
    pub(crate) fn number(&self) -> String {
        self.text("#count")
    }

    /// Waits until the object of that title is shown.
    #[track_caller]
    pub(crate) fn await_object(&self, title: &str) {
        until(&format!("the object {title}"), || self.texts("#object-title") == [title]);
    }

    /// Waits until the list is shown.
    #[track_caller]
    pub(crate) fn await_list(&self) {
        until("the list", || self.texts("#count").len() == 1);
    }

    /// The size of the window, as a phone or a screen would have it.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.driver.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Leaves a picture, if anybody wants one.
    pub(crate) fn photograph(&self, name: &str) {
        if let Some(file) = picture(name) {
            let taken = self.driver.command("GET", "/screenshot", &Value::Null);
            std::fs::write(file, STANDARD.decode(taken.as_str().unwrap()).unwrap()).unwrap();
        }
    }

    /// Nothing went wrong in the page, and nothing was asked of any network.
    #[track_caller]
    pub(crate) fn expect_quiet(&self) {
        let console = self.driver.log("browser");
        assert!(console.is_empty(), "the console says: {console:#?}");
        let asked: Vec<String> = self
            .driver
            .log("performance")
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok())
            .filter(|entry| entry["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|entry| Some(entry["message"]["params"]["request"]["url"].as_str()?.to_owned()))
            .filter(|address| !(address.starts_with("file:") || address.starts_with("data:")))
            .collect();
        assert!(asked.is_empty(), "the page asks for {asked:?}");
    }
}
