//! Asks servers over HTTP, within bounds: of size, of time, of redirects, of attempts.

use std::error::Error;

use http::{HeaderMap, StatusCode};
use reqwest::redirect::{Attempt as Redirect, Policy};
use reqwest::{Client, Response, Url};

use super::address::shown;
use super::error::ModuleError;
use super::limits::Limits;
use super::retry::{Attempt, patiently};

/// How many redirects are followed: registries send to where they store, and that mostly once.
const MOST_REDIRECTS: usize = 5;

/// What rustls says of a certificate that it does not accept.
const CERTIFICATE: &str = "invalid peer certificate";

/// A client of servers that are not trusted.
pub(super) struct Http {
    client: Client,
    pub(super) limits: Limits,
}

/// What a server answered. The body is there only if the status says success.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Why a redirect is not followed.
#[derive(Debug, thiserror::Error)]
enum RedirectError {
    #[error("it is redirected to an address without TLS, where anybody on the way could put other code in its place")]
    Downgrade,
    #[error("it is redirected more than {MOST_REDIRECTS} times")]
    TooMany,
}

impl Http {
    /// A client by the system's certificate authorities, or those of `SSL_CERT_FILE`, and by the proxies of the
    /// environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`).
    pub(super) fn new(limits: Limits) -> Result<Self, ModuleError> {
        let client = Client::builder()
            .user_agent(concat!("tidegate/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::custom(follow))
            // An address may hold a signature.
            .referer(false)
            .connect_timeout(limits.connect)
            .read_timeout(limits.silence)
            .build()
            .map_err(|error| ModuleError::Tls(cause(&error)))?;
        Ok(Self { client, limits })
    }

    /// Fetches what is at an address, up to a limit in bytes. Asks again if the connection broke or the server has
    /// trouble of its own.
    pub(super) async fn get(&self, url: &Url, headers: &HeaderMap, limit: u64) -> Result<Answer, ModuleError> {
        patiently(async || self.attempt(url, headers, limit).await).await
    }

    /// Whether a server speaks TLS at all, whatever it says by it.
    pub(super) async fn speaks_tls(&self, url: &Url) -> bool {
        match self.client.get(url.clone()).send().await {
            Ok(_) => true,
            // What has a certificate that is not trusted has one.
            Err(error) => !error.is_connect() || cause(&error).contains(CERTIFICATE),
        }
    }

    async fn attempt(&self, url: &Url, headers: &HeaderMap, limit: u64) -> Attempt<Answer> {
        let mut response = match self.client.get(url.clone()).headers(headers.clone()).send().await {
            Ok(response) => response,
            Err(error) => return self.failed(url, &error),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Attempt::Again(ModuleError::Status { address: shown(url.as_str()), status: status.as_u16() });
        }
        if !status.is_success() {
            // What a server says beside its status is of no use for whoever wrote the address.
            return Attempt::Done(Ok(Answer { status, headers, body: Vec::new() }));
        }
        match body(&mut response, limit).await {
            Ok(Some(body)) => Attempt::Done(Ok(Answer { status, headers, body })),
            Ok(None) => Attempt::Done(Err(ModuleError::TooLarge { address: shown(url.as_str()), limit })),
            Err(error) => self.failed(url, &error),
        }
    }

    fn failed<T>(&self, url: &Url, error: &reqwest::Error) -> Attempt<T> {
        let address = shown(url.as_str());
        if error.is_timeout() {
            let after = if error.is_connect() { self.limits.connect } else { self.limits.silence };
            return Attempt::Again(ModuleError::TooSlow { address, after });
        }
        let problem = cause(error);
        let stays = error.is_redirect() || error.is_builder() || problem.contains(CERTIFICATE);
        let failure = ModuleError::Unreachable { address, problem };
        if stays { Attempt::Done(Err(failure)) } else { Attempt::Again(failure) }
    }
}

/// The body, or nothing if it is larger than the limit. No more than the limit is ever held.
async fn body(response: &mut Response, limit: u64) -> Result<Option<Vec<u8>>, reqwest::Error> {
    if response.content_length().is_some_and(|length| length > limit) {
        return Ok(None);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if (body.len() + chunk.len()) as u64 > limit {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// With TLS only where TLS is; without it (a registry of this machine, or one that was named) only to itself. The
/// client takes credentials off by itself when another host, port or scheme is meant.
fn follow(redirect: Redirect<'_>) -> reqwest::redirect::Action {
    let is_too_much = redirect.previous().len() > MOST_REDIRECTS;
    let is_safe = redirect.url().scheme() == "https"
        || redirect.previous().iter().all(|url| url.scheme() == "http" && url.host() == redirect.url().host());
    if is_too_much {
        redirect.error(RedirectError::TooMany)
    } else if is_safe {
        redirect.follow()
    } else {
        redirect.error(RedirectError::Downgrade)
    }
}

/// The innermost message: what is wrong, without the address.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    // A message of the client's own, which ends with the whole address, query included.
    if innermost.is::<reqwest::Error>() { "the connection broke".to_owned() } else { innermost.to_string() }
}
