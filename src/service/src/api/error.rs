//! What a request that cannot be answered is told.

use crate::accounts::AccountError;
use crate::booths::{BoothError, EnrolRefusal, TokenError};
use crate::store::StoreError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engawa_protocol::Refusal;
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A word for programs.
    pub error: &'static str,
    /// What it is about, for people: a field, or the kind of thing that is not there.
    pub what: String,
}

/// Why a request is not answered.
#[derive(Debug)]
pub enum ApiError {
    /// Nobody is signed in.
    SignedOut,
    /// The request comes from another site's page.
    Foreign,
    /// The caller may not do this.
    NotAllowed(&'static str),
    /// There is none, or it is another company's.
    NotFound(&'static str),
    /// A field cannot be taken.
    Invalid(String),
    /// It does not fit what is there.
    Conflict(&'static str),
    /// Larger or more than the limit.
    TooLarge(&'static str),
    /// Too many at a time.
    TooMany(&'static str, Duration),
    /// A booth's token is not taken.
    EnrolRefused(EnrolRefusal),
    /// The room does not do it.
    Refused(Refusal),
    /// A failure of ours, which stands in the log.
    Unavailable,
}

impl ApiError {
    fn parts(&self) -> (StatusCode, &'static str, String) {
        match self {
            ApiError::SignedOut => (StatusCode::UNAUTHORIZED, "signed_out", "sign in first".into()),
            ApiError::Foreign => (StatusCode::FORBIDDEN, "foreign_origin", "the request is another site's".into()),
            ApiError::NotAllowed(what) => (StatusCode::FORBIDDEN, "not_allowed", (*what).into()),
            ApiError::NotFound(what) => (StatusCode::NOT_FOUND, "not_found", (*what).into()),
            ApiError::Invalid(what) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", what.clone()),
            ApiError::Conflict(what) => (StatusCode::CONFLICT, "conflict", (*what).into()),
            ApiError::TooLarge(what) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", (*what).into()),
            ApiError::TooMany(what, _) => (StatusCode::TOO_MANY_REQUESTS, "too_many", (*what).into()),
            ApiError::EnrolRefused(refusal) => enrol_refused(*refusal),
            ApiError::Refused(refusal) => refused(*refusal),
            ApiError::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "try again".into()),
        }
    }
}

fn enrol_refused(refusal: EnrolRefusal) -> (StatusCode, &'static str, String) {
    let (status, what) = match refusal {
        EnrolRefusal::Unknown => (StatusCode::UNAUTHORIZED, "this service did not make the token"),
        EnrolRefusal::Used => (StatusCode::CONFLICT, "another booth has used the token"),
        EnrolRefusal::Expired => (StatusCode::GONE, "the token is over; make a new one"),
    };
    (status, refusal.word(), what.into())
}

fn refused(refusal: Refusal) -> (StatusCode, &'static str, String) {
    let words = match refusal {
        Refusal::NotAllowed => return (StatusCode::FORBIDDEN, "not_allowed", "this room".into()),
        Refusal::NoSuchRoom => return (StatusCode::NOT_FOUND, "not_found", "interview".into()),
        Refusal::BadText => return (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "guest, hosts or slot".into()),
        Refusal::Unavailable => return (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "try again".into()),
        Refusal::TooLate => "the slot is over",
        Refusal::Over => "the interview is over",
        _ => "the interview has begun or is of another kind",
    };
    (StatusCode::CONFLICT, "conflict", words.into())
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, error, what) = self.parts();
        let mut answer = (status, Json(Problem { error, what })).into_response();
        if let ApiError::TooMany(_, wait) = self {
            let seconds = HeaderValue::from(wait.as_secs_f64().ceil().max(1.0) as u64);
            answer.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        answer
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => ApiError::Conflict("somebody else changed it at the same time"),
            error => failed(&error),
        }
    }
}

impl From<engawa_ledger::Error> for ApiError {
    fn from(error: engawa_ledger::Error) -> Self {
        failed(&error)
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Exists => ApiError::Conflict("there is an account of that name"),
            AccountError::Password => ApiError::Invalid(error.to_string()),
            AccountError::Busy => ApiError::TooMany("sign-ins at this moment", Duration::from_secs(1)),
            AccountError::Store(error) => error.into(),
            AccountError::Crypto => failed(&error),
        }
    }
}

impl From<BoothError> for ApiError {
    fn from(error: BoothError) -> Self {
        match error {
            BoothError::Exists => ApiError::Conflict("there is a booth of that id"),
            BoothError::Configured => ApiError::Conflict("the booth stands in the configuration"),
            BoothError::NoKey => ApiError::Conflict("nothing enrols here without an enrol_key_file"),
            BoothError::Full => ApiError::TooLarge("booths"),
            BoothError::Token(TokenError::Long) => ApiError::Invalid("name: too long for a token".into()),
            BoothError::Token(error) => failed(&error),
            BoothError::Store(error) => error.into(),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        ApiError::Refused(refusal)
    }
}

/// Logs a failure of ours once, as the answer to the caller.
pub fn failed(error: &(dyn std::error::Error + 'static)) -> ApiError {
    tracing::error!(error, "a request cannot be answered");
    ApiError::Unavailable
}
