//! What a registry wants to see: a password (Basic), or a token that a password gets elsewhere (Bearer), as Docker's
//! token authentication has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue};
use http_auth::ChallengeParser;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::super::credentials::Credentials;
use super::super::web::Http;
use super::Address;

/// More than any token is, in bytes.
const LONGEST_TOKEN: u64 = 64 << 10;

/// What the registry is shown.
pub(super) enum Authorization {
    /// A name and a password.
    Basic(Credentials),
    /// A token for one repository.
    Bearer(SecretString),
}

/// How a registry wants credentials.
pub(super) enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String> },
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

impl Authorization {
    /// The header, marked so that nobody prints it.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let text = match self {
            Self::Basic(credentials) => basic(credentials),
            Self::Bearer(token) => format!("Bearer {}", token.expose_secret()),
        };
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl Challenge {
    /// What the answer with status 401 asks for: a token if it is to be had, else a password.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let texts = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
        let mut basic = None;
        for challenge in texts.flat_map(ChallengeParser::new).flatten() {
            if challenge.scheme.eq_ignore_ascii_case("basic") {
                basic = Some(Self::Basic);
            }
            let parameter = |name: &str| {
                let mut all = challenge.params.iter();
                all.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_unescaped())
            };
            if challenge.scheme.eq_ignore_ascii_case("bearer")
                && let Some(realm) = parameter("realm")
            {
                return Some(Self::Bearer { realm, service: parameter("service") });
            }
        }
        basic
    }
}

/// Gets a token for `actions` (`pull`, or `pull,push`) on the repository of an address. The error is for whoever wrote
/// the address.
pub(super) async fn token(
    http: &Http,
    address: &Address,
    (realm, service): (&str, Option<&str>),
    credentials: Option<&Credentials>,
    actions: &str,
) -> Result<SecretString, String> {
    let realm = realm_of(realm, address)?;
    let host = realm.host_str().unwrap_or_default().to_owned();
    let mut url = realm;
    let scope = format!("repository:{}:{actions}", address.reference.repository());
    url.query_pairs_mut().append_pair("scope", &scope);
    if let Some(service) = service {
        url.query_pairs_mut().append_pair("service", service);
    }
    let mut headers = HeaderMap::new();
    if let Some(credentials) = credentials {
        let mut value = HeaderValue::from_str(&basic(credentials)).map_err(|error| error.to_string())?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    let answer = http.get(&url, &headers, LONGEST_TOKEN).await.map_err(|error| error.to_string())?;
    if !answer.status.is_success() {
        let of = if credentials.is_some() { "these credentials" } else { "nobody without credentials" };
        return Err(format!("{host}, which gives the registry's tokens, answers {} to {of}", answer.status.as_u16()));
    }
    let token: Token = serde_json::from_slice(&answer.body).map_err(|_| format!("what {host} answers is no token"))?;
    let text = token.token.or(token.access_token).filter(|text| !text.is_empty());
    text.map(SecretString::from).ok_or_else(|| format!("{host} answers without a token"))
}

/// Where tokens come from may be another host, over TLS; without it only the registry itself, if that has none.
fn realm_of(realm: &str, address: &Address) -> Result<Url, String> {
    let url = Url::parse(realm).map_err(|_| "it names no address that gives its tokens".to_owned())?;
    let registry = address.base().map_err(|error| error.to_string())?;
    if url.scheme() == "https" || (address.is_plain() && url.scheme() == "http" && url.host() == registry.host()) {
        return Ok(url);
    }
    Err("it gets its tokens from an address without TLS, where no password is sent".to_owned())
}

fn basic(credentials: &Credentials) -> String {
    let pair = format!("{}:{}", credentials.username.expose_secret(), credentials.password.expose_secret());
    format!("Basic {}", STANDARD.encode(pair))
}
