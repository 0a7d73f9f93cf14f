//! Every form in which a password may turn up.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// How a password is called and what it looks like there.
pub(crate) struct Form {
    name: String,
    text: String,
}

/// A password in plain, and as it would stand in JSON, in JSON in JSON, in a URL, in hexadecimal,
/// and in base64, also in the middle of something longer.
pub(crate) fn forms(password: &str) -> Vec<Form> {
    let hex: String = password.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        Form::new("plain", password.to_owned()),
        Form::new("JSON", escaped(password)),
        Form::new("JSON in JSON", escaped(&escaped(password))),
        Form::new("JSON in JSON in JSON", escaped(&escaped(&escaped(password)))),
        Form::new("JSON in ASCII", ascii(password)),
        Form::new("URL", percent(password)),
        Form::new("HEX", hex.to_uppercase()),
        Form::new("hex", hex),
        Form::new("Rust", format!("{password:?}").trim_matches('"').to_owned()),
    ];
    for before in 0..3 {
        // What stands before shifts the bits; the first and the last letters depend on it.
        let bytes = [&[b' '; 2][..before.min(2)], password.as_bytes()].concat();
        let whole = bytes.len() / 3 * 3;
        let start = if before == 0 { 0 } else { 4 };
        for (name, engine) in [("base64", STANDARD), ("base64url", URL_SAFE)] {
            let text = engine.encode(&bytes[..whole])[start..].to_owned();
            forms.push(Form::new(&format!("{name} after {before} bytes"), text));
        }
    }
    forms
}

impl Form {
    fn new(name: &str, text: String) -> Self {
        assert!(text.len() >= 8, "too short to be told from other text: {name}");
        Self { name: name.to_owned(), text }
    }
}

/// Panics if a text holds one of the forms; says where and which, and quotes what is around it.
#[track_caller]
pub(crate) fn assert_absent(forms: &[Form], place: &str, text: &str) {
    for Form { name, text: form } in forms {
        if let Some(at) = text.find(form.as_str()) {
            let start = text.floor_char_boundary(at.saturating_sub(300));
            let end = text.ceil_char_boundary((at + form.len() + 100).min(text.len()));
            panic!("the password ({name}) is in {place}: …{}…", &text[start..end]);
        }
    }
}

fn escaped(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn ascii(text: &str) -> String {
    let units = text.chars().map(|letter| match letter {
        letter if letter.is_ascii() => escaped(&letter.to_string()),
        letter => letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    });
    units.collect()
}

fn percent(text: &str) -> String {
    let bytes = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    bytes.collect()
}

#[test]
fn finds_a_password_in_every_form() {
    let password = "Zq7$$x\"y'ü漢-9fK";
    let in_json = serde_json::json!({ "value": password }).to_string();
    let around = |before: &str| STANDARD.encode(format!("{before}{password} and more"));
    for text in [
        password.to_owned(),
        serde_json::json!({ "annotation": in_json }).to_string(),
        format!("mysql://root:{}@db/", percent(password)),
        around(""),
        around("1"),
        around("12"),
        around("123"),
    ] {
        let found = forms(password).iter().any(|form| text.contains(&form.text));
        assert!(found, "{text}");
    }
}
