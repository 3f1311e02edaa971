//! What a booth says before it is known: its enrolment and its sign-in (P2).

use super::caller::{Body, Network};
use super::error::{ApiError, Problem, failed};
use crate::booths::{EnrolError, SignInError};
use crate::clock;
use crate::service::Service;
use crate::store::StoreError;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use engawa_protocol::{BoothId, Millis};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// A token, and the key to be known by. Bytes are base64url without padding.
#[derive(Deserialize, ToSchema)]
pub struct Enrol {
    token: String,
    /// Ed25519 (RFC 8032).
    public_key: String,
    /// Its signature of `engawa-enrol-1`, a line break and the token.
    proof: String,
}

/// Who the booth is from now on.
#[derive(Serialize, ToSchema)]
pub struct EnrolledView {
    #[schema(value_type = String)]
    booth: BoothId,
    name: String,
}

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
pub struct AskChallenge {
    #[schema(value_type = String)]
    booth: BoothId,
}

/// What is to be signed within a minute.
#[derive(Serialize, ToSchema)]
pub struct Challenge {
    challenge: String,
}

/// The answer to a challenge.
#[derive(Deserialize, ToSchema)]
pub struct BoothSignIn {
    #[schema(value_type = String)]
    booth: BoothId,
    challenge: String,
    /// Of `engawa-booth-sign-in-1`, the booth and the challenge, each but the last with a line break behind it.
    signature: String,
}

/// What the booth's requests bear from now on.
#[derive(Serialize, ToSchema)]
pub struct Bearer {
    token: String,
    #[schema(value_type = u64)]
    expires: Millis,
    /// The service's time: a booth's own clock may be wrong.
    #[schema(value_type = u64)]
    now: Millis,
}

/// Trades a one-time token for being known by a key. The same again is answered the same again.
#[utoipa::path(post, path = "/api/v1/enrol", tag = "booths", request_body = Enrol,
    responses((status = 200, body = EnrolledView),
        (status = 401, body = Problem, description = "`unknown`: no token of this service"),
        (status = 409, body = Problem, description = "`used`: by another key"),
        (status = 410, body = Problem, description = "`expired`, or a later token was used, or the booth was revoked"),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn enrol(
    State(service): State<Arc<Service>>,
    Network(network): Network,
    Body(Enrol { token, public_key, proof }): Body<Enrol>,
) -> Result<Json<EnrolledView>, ApiError> {
    count(&service, network)?;
    let enrolled = service.booths.enrol(&token, &public_key, &proof).await?;
    Ok(Json(EnrolledView { booth: enrolled.booth, name: enrolled.name }))
}

/// Gives a text for the booth to sign.
#[utoipa::path(post, path = "/api/v1/challenge", tag = "booths", request_body = AskChallenge,
    responses((status = 200, body = Challenge), (status = 429, body = Problem)))]
pub async fn challenge(
    State(service): State<Arc<Service>>,
    Network(network): Network,
    Body(AskChallenge { booth }): Body<AskChallenge>,
) -> Result<Json<Challenge>, ApiError> {
    count(&service, network)?;
    Ok(Json(Challenge { challenge: service.booths.challenge(&booth)? }))
}

/// Signs a booth in.
#[utoipa::path(post, path = "/api/v1/booth-sign-in", tag = "booths", request_body = BoothSignIn,
    responses((status = 200, body = Bearer),
        (status = 401, body = Problem, description = "the booth is not known by this key"),
        (status = 409, body = Problem, description = "the challenge is over or was used"),
        (status = 429, body = Problem)))]
pub async fn sign_in(
    State(service): State<Arc<Service>>,
    Network(network): Network,
    Body(BoothSignIn { booth, challenge, signature }): Body<BoothSignIn>,
) -> Result<impl IntoResponse, ApiError> {
    count(&service, network)?;
    let signed_in = service.booths.sign_in(&booth, &challenge, &signature).await?;
    let bearer = Bearer { token: signed_in.token, expires: signed_in.expires, now: clock::now() };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(bearer)))
}

fn count(service: &Service, network: std::net::IpAddr) -> Result<(), ApiError> {
    service.booths.count(network).map_err(|wait| ApiError::TooMany("requests from this address", wait))
}

impl From<EnrolError> for ApiError {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::Refused(refusal) => ApiError::EnrolRefused(refusal),
            EnrolError::Proof => ApiError::Invalid(error.to_string()),
            EnrolError::Full => ApiError::TooLarge("booths"),
            EnrolError::NoKey => failed(&error),
            EnrolError::Store(StoreError::Conflict) => {
                ApiError::TooMany("changes of this booth", Duration::from_secs(1))
            }
            EnrolError::Store(error) => error.into(),
        }
    }
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Unknown => ApiError::SignedOut,
            SignInError::Stale => ApiError::Conflict("the challenge is over or was used"),
            SignInError::TooMany(wait) => ApiError::TooMany("sign-ins of this booth", wait),
            SignInError::NoKey | SignInError::Random => failed(&error),
            SignInError::Store(error) => error.into(),
        }
    }
}
