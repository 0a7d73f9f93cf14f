//! The API server answers something else than usual.

use serde_json::json;

use super::{Faulty, Variables};
use crate::support::fault_proxy::Fault;
use crate::workloads::client;

const ONE: Variables<'_> = &[("MYSQL_PWD", "answered-password")];
const TWO: Variables<'_> = &[("MYSQL_PWD", "answered-password"), ("MYSQL_ROOT_PASSWORD", "another-password")];

/// An answer of HTTP with a body.
fn answer(status: &str, head: &str, body: &str) -> Fault {
    let length = body.len();
    Fault::Answer(format!("HTTP/1.1 {status}\r\n{head}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"))
}

/// A `Status`, as an API server answers when it fails.
fn status(code: u16, reason: &str, message: &str, head: &str) -> Fault {
    let body = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code});
    answer(&format!("{code} {reason}"), &format!("Content-Type: application/json\r\n{head}"), &body.to_string())
}

#[test]
fn failures_of_its_own() {
    let Some(faulty) = Faulty::open("answers") else { return };
    let failed = || status(500, "InternalError", "etcdserver: request timed out", "");
    let refused = || status(401, "Unauthorized", "Unauthorized", "");
    let page = || answer("502 Bad Gateway", "Content-Type: text/html\r\n", &"<p>answered-password</p>\n".repeat(999));
    let nonsense = || answer("200 OK", "Content-Type: application/json\r\n", "<html>answered-password</html>");
    let cut_json = || answer("200 OK", "Content-Type: application/json\r\n", r#"{"kind": "Secret", "data": {"#);
    let unreadable = "the API server's answer could not be read";
    for (case, method, fault, reason) in [
        ("failed-read", "GET", failed(), "etcdserver: request timed out"),
        ("failed-create", "POST", failed(), "etcdserver: request timed out"),
        ("failed-add", "PATCH", failed(), "etcdserver: request timed out"),
        ("expired", "GET", refused(), "tidegate's own account may not get"),
        ("page-read", "GET", page(), "it answered 502, in words that are not an API server's"),
        ("page-create", "POST", page(), "it answered 502, in words that are not an API server's"),
        ("nonsense-read", "GET", nonsense(), unreadable),
        ("nonsense-create", "POST", nonsense(), unreadable),
        ("nonsense-add", "PATCH", nonsense(), unreadable),
        ("cut-json", "GET", cut_json(), unreadable),
    ] {
        let variables = if method == "PATCH" { TWO } else { ONE };
        if method == "PATCH" {
            faulty.admits_the_retry(case, ONE);
        }
        faulty.proxy.fail(method, "/secrets", fault);
        faulty.refuses(case, variables, reason);
        faulty.admits_the_retry(case, variables);
    }
}

/// An API server that is overloaded for a moment is asked again, within the time of the call.
#[test]
fn overloaded_for_a_moment() {
    let Some(faulty) = Faulty::open("overloaded") else { return };
    for (method, times) in [("GET", 1), ("POST", 1)] {
        let case = format!("moment-{}", method.to_lowercase());
        let fault = status(429, "TooManyRequests", "please try again later", "Retry-After: 1\r\n");
        faulty.proxy.fail_some(method, "/secrets", times, fault);
        faulty.proxy.requests();
        faulty.stage.apply(&client("Deployment", &case, ONE).to_string()).expect_success();
        let asked = faulty.proxy.requests();
        assert!(asked.iter().filter(|asked| asked.starts_with(method)).count() >= 2, "{case}: {asked:?}");
        faulty.admits_the_retry(&case, ONE);
    }
}

#[test]
fn overloaded_for_long() {
    let Some(faulty) = Faulty::open("overloaded-long") else { return };
    for method in ["GET", "POST"] {
        let case = format!("long-{}", method.to_lowercase());
        let fault = status(429, "TooManyRequests", "please try again later", "Retry-After: 30\r\n");
        faulty.proxy.fail(method, "/secrets", fault);
        faulty.refuses(&case, ONE, "the API server did not answer within 3 s");
        faulty.admits_the_retry(&case, ONE);
    }
}
