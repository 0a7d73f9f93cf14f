//! The answer to a review, as `admission.k8s.io/v1` wants it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use json_patch::Patch;
use serde::Serialize;

use super::denial::{denial, refusal};
use super::warning::{warnings, within_limits};
use crate::engine::{Evaluation, Judged};
use crate::request::Phase;

/// What is answered to one review.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Answer {
    /// Why the object may not pass, if it may not.
    pub(super) refusal: Option<Refusal>,
    /// The repairs; empty for none.
    pub(super) patch: Patch,
    /// What the author is told.
    pub(super) warnings: Vec<String>,
}

/// Why an object may not pass.
#[derive(Debug, PartialEq)]
pub(super) struct Refusal {
    /// The status code.
    pub(super) code: u16,
    /// For the author.
    pub(super) message: String,
}

impl Answer {
    /// The object passes as it is, and nothing is said.
    pub(super) fn untouched() -> Self {
        Self::default()
    }

    /// The object may not pass, for a reason that is no policy's.
    pub(super) fn refused(title: &str, code: u16, reason: &str) -> Self {
        let refusal = Refusal { code, message: refusal(title, reason) };
        Self { refusal: Some(refusal), ..Self::default() }
    }

    /// What an evaluation means. Its effects must have been carried out before this is sent.
    pub(super) fn of(title: &str, evaluation: Evaluation, phase: Phase) -> Self {
        let warnings = warnings(&evaluation, phase);
        if !evaluation.is_allowed() {
            // If no rule speaks against the object, it is only that a policy could not judge.
            let is_at_fault = evaluation.findings.iter().any(Judged::denies);
            let code = if is_at_fault { 403 } else { 500 };
            let refusal = Refusal { code, message: denial(title, &evaluation) };
            return Self { refusal: Some(refusal), warnings, ..Self::default() };
        }
        let patch = if phase == Phase::Mutate { evaluation.patch } else { Patch::default() };
        Self { refusal: None, patch, warnings }
    }

    /// Puts a warning before the others.
    pub(super) fn tell_first(&mut self, warning: &str) {
        let others = std::mem::take(&mut self.warnings);
        self.warnings = within_limits([vec![warning.to_owned()], others].concat());
    }

    /// The whole AdmissionReview.
    ///
    /// # Errors
    /// None that JSON values can cause; the type of `serde_json` says so.
    pub(super) fn to_json(&self, uid: &str) -> Result<Vec<u8>, serde_json::Error> {
        let has_patch = !self.patch.0.is_empty();
        let patch = if has_patch { Some(STANDARD.encode(serde_json::to_vec(&self.patch)?)) } else { None };
        serde_json::to_vec(&AdmissionReview {
            api_version: "admission.k8s.io/v1",
            kind: "AdmissionReview",
            response: AdmissionResponse {
                uid,
                allowed: self.refusal.is_none(),
                status: self.refusal.as_ref().map(|refusal| Status {
                    status: "Failure",
                    code: refusal.code,
                    reason: reason(refusal.code),
                    message: &refusal.message,
                }),
                patch_type: has_patch.then_some("JSONPatch"),
                patch,
                warnings: &self.warnings,
            },
        })
    }
}

/// The `metav1.StatusReason` of a code.
fn reason(code: u16) -> &'static str {
    match code {
        400 => "BadRequest",
        403 => "Forbidden",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "InternalError",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdmissionReview<'a> {
    api_version: &'a str,
    kind: &'a str,
    response: AdmissionResponse<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdmissionResponse<'a> {
    uid: &'a str,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Status<'a> {
    status: &'a str,
    code: u16,
    reason: &'a str,
    message: &'a str,
}
