//! The first start: the booth makes its key and trades its one-time token for being known by it (P2).
//!
//! Each step is on the disk before the next one begins, and the service answers the same token with the
//! same key the same again: whenever power fails, the next try goes on where this one ended.

use crate::identity::{Credential, Identity, IdentityError, Standing};
use crate::service::{Answer, Service};
use http_body_util::Full;
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

const DOMAIN: &str = "engawa-enrol-1\n";
const PATIENCE: Duration = Duration::from_secs(15);
const ANSWER_BYTES: usize = 4096;

/// A step that is done, on the disk as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The key is there.
    Key,
    /// The service has answered; nothing of it is kept yet.
    Answered,
    /// The answer is kept, and the token still there.
    Kept,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The booth is known from now on.
    Enrolled(Credential),
    /// It was before, and there is no token.
    Already(Credential),
    /// The token is not taken, for this reason; another one is needed.
    Refused(String),
}

/// Why it did not end.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The token would go over the network for all to read.
    #[error("the service's address must begin with https:// for enrolling (plain http only within this machine)")]
    Plain,
    /// There is nothing to trade.
    #[error("there is no enrolment token; write the booth's card anew with a token")]
    NoToken,
    /// The folder.
    #[error("the booth's identity cannot be read or written")]
    Identity(#[from] IdentityError),
    /// No answer, or none that says anything about the token.
    #[error("the service does not answer the enrolment; it is tried again")]
    Away,
}

impl EnrolError {
    /// Another try may succeed without anybody doing anything.
    pub fn is_temporary(&self) -> bool {
        match self {
            EnrolError::Away | EnrolError::Identity(IdentityError::Disk { .. } | IdentityError::Random) => true,
            EnrolError::Plain | EnrolError::NoToken | EnrolError::Identity(IdentityError::Damaged { .. }) => false,
        }
    }
}

#[derive(Deserialize)]
struct Problem {
    error: String,
}

/// Enrols once; `done` hears of each step.
///
/// # Errors
/// [`EnrolError`].
pub async fn enrol(identity: &Identity, service: &Service, done: impl Fn(Step)) -> Result<Outcome, EnrolError> {
    let standing = identity.standing()?;
    let Some(token) = identity.token()? else {
        return match standing {
            Standing::Enrolled(credential) => Ok(Outcome::Already(credential)),
            Standing::Refused(word) => Ok(Outcome::Refused(word)),
            Standing::NotYet => Err(EnrolError::NoToken),
        };
    };
    if !service.is_private() {
        return Err(EnrolError::Plain);
    }
    let key = match identity.key() {
        Ok(Some(key)) => key,
        Ok(None) => identity.make_key()?,
        // Whoever is not known by the damaged one loses nothing by a new one.
        Err(IdentityError::Damaged { .. }) if !matches!(standing, Standing::Enrolled(_)) => identity.make_key()?,
        Err(error) => return Err(error.into()),
    };
    done(Step::Key);
    let body = json!({
        "token": token,
        "public_key": key.public(),
        "proof": key.sign(&format!("{DOMAIN}{token}")),
    });
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("{}/api/v1/enrol", service.address()))
        .header(CONTENT_TYPE, "application/json")
        .body(Full::from(body.to_string()))
        .map_err(|_| EnrolError::Away)?;
    let answer = service.ask(request, ANSWER_BYTES, PATIENCE).await.map_err(|_| EnrolError::Away)?;
    match read(&answer)? {
        Ok(credential) => {
            done(Step::Answered);
            identity.keep(&credential)?;
            done(Step::Kept);
            identity.erase_token()?;
            Ok(Outcome::Enrolled(credential))
        }
        Err(word) => {
            done(Step::Answered);
            // A booth that is known stays so: an older token, found later, says nothing about it.
            if !matches!(standing, Standing::Enrolled(_)) {
                identity.refused(&word)?;
            }
            done(Step::Kept);
            identity.erase_token()?;
            Ok(Outcome::Refused(word))
        }
    }
}

/// The credential, or the word why there is none; whatever else was answered is tried again.
fn read(answer: &Answer) -> Result<Result<Credential, String>, EnrolError> {
    if answer.status == StatusCode::OK {
        return serde_json::from_slice(&answer.body).map(Ok).map_err(|_| EnrolError::Away);
    }
    let word = serde_json::from_slice::<Problem>(&answer.body).map(|problem| problem.error).unwrap_or_default();
    match (answer.status, word.as_str()) {
        (StatusCode::UNAUTHORIZED, "unknown")
        | (StatusCode::CONFLICT, "used")
        | (StatusCode::GONE, "expired")
        | (StatusCode::UNPROCESSABLE_ENTITY, "invalid") => Ok(Err(word)),
        _ => Err(EnrolError::Away),
    }
}
