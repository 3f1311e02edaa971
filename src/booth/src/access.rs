//! What the booth's requests bear: a device token that never changes, or the token of a sign-in with the
//! booth's own key, which is renewed before it is over.

use crate::identity::{Identity, IdentityError, Key, Standing};
use crate::service::{Away, Service};
use engawa_protocol::{BoothId, Millis};
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

const DOMAIN: &str = "engawa-booth-sign-in-1\n";
const PATIENCE: Duration = Duration::from_secs(10);
const ANSWER_BYTES: usize = 4096;
/// A bearer that is over this soon is renewed: an upload takes its time.
const RENEW: Duration = Duration::from_secs(5 * 60);
/// Other answers to a challenge that is over than another challenge.
const TRIES: usize = 3;

/// Why the booth has nothing to bear.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// It has not enrolled yet.
    #[error("the booth has not enrolled yet")]
    NotEnrolled,
    /// Its token was refused.
    #[error("the booth's enrolment was refused")]
    Refused,
    /// The service does not know it by its key.
    #[error("the service does not know this booth by its key")]
    Unknown,
    /// Its identity.
    #[error("the booth's identity cannot be read")]
    Identity(#[from] IdentityError),
    /// The service.
    #[error("the service does not answer the sign-in")]
    Away(#[from] Away),
}

/// A token that cannot stand in a header.
#[derive(Debug, thiserror::Error)]
#[error("the device token holds what no header may; one line of letters and digits is expected")]
pub struct InvalidToken;

/// What the booth's requests bear. Clones share it.
#[derive(Debug, Clone)]
pub struct Access(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Token(HeaderValue),
    Key(Arc<SignIn>),
}

#[derive(Debug)]
struct SignIn {
    identity: Identity,
    service: Service,
    /// Held while signing in: uploads and WebSocket share one sign-in.
    bearer: Mutex<Option<(HeaderValue, Instant)>>,
}

#[derive(Deserialize)]
struct Challenge {
    challenge: String,
}

#[derive(Deserialize)]
struct Bearer {
    token: String,
    expires: Millis,
    now: Millis,
}

impl Access {
    /// By a device token.
    ///
    /// # Errors
    /// [`InvalidToken`].
    pub fn by_token(token: &str) -> Result<Self, InvalidToken> {
        bearer(token).map(Kind::Token).map(Self).ok_or(InvalidToken)
    }

    /// By the key of `identity`, as soon as it has enrolled.
    pub fn by_key(identity: Identity, service: Service) -> Self {
        Self(Kind::Key(Arc::new(SignIn { identity, service, bearer: Mutex::default() })))
    }

    /// The header `Authorization`; signs in when there is no bearer that is still good for a while.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn authorization(&self) -> Result<HeaderValue, AccessError> {
        let sign_in = match &self.0 {
            Kind::Token(bearer) => return Ok(bearer.clone()),
            Kind::Key(sign_in) => sign_in,
        };
        let mut held = sign_in.bearer.lock().await;
        if let Some((bearer, until)) = &*held
            && Instant::now() + RENEW < *until
        {
            return Ok(bearer.clone());
        }
        *held = None;
        let (bearer, until) = sign_in.sign_in().await?;
        *held = Some((bearer.clone(), until));
        Ok(bearer)
    }

    /// The service does not take this one; answers whether another sign-in may bring a better one.
    pub async fn refused(&self, authorization: &HeaderValue) -> bool {
        let Kind::Key(sign_in) = &self.0 else { return false };
        let mut held = sign_in.bearer.lock().await;
        if held.as_ref().is_some_and(|(bearer, _)| bearer == authorization) {
            *held = None;
        }
        true
    }
}

impl SignIn {
    async fn sign_in(&self) -> Result<(HeaderValue, Instant), AccessError> {
        let credential = match self.identity.standing()? {
            Standing::NotYet => return Err(AccessError::NotEnrolled),
            Standing::Refused(_) => return Err(AccessError::Refused),
            Standing::Enrolled(credential) => credential,
        };
        let key = self.identity.key()?.ok_or(AccessError::Unknown)?;
        for _ in 0..TRIES {
            if let Some(signed_in) = self.answer_challenge(&credential.booth, &key).await? {
                return Ok(signed_in);
            }
        }
        Err(Away.into())
    }

    /// None when the challenge was over before it was answered.
    async fn answer_challenge(
        &self,
        booth: &BoothId,
        key: &Key,
    ) -> Result<Option<(HeaderValue, Instant)>, AccessError> {
        let asked = self.post("/api/v1/challenge", json!({ "booth": booth })).await?;
        let Challenge { challenge } = asked.ok_or(Away)?;
        let signature = key.sign(&format!("{DOMAIN}{booth}\n{challenge}"));
        let body = json!({ "booth": booth, "challenge": challenge, "signature": signature });
        let begun = Instant::now();
        let Some(Bearer { token, expires, now }) = self.post("/api/v1/booth-sign-in", body).await? else {
            return Ok(None);
        };
        // By the service's clock: the booth's own may be wrong.
        let life = Duration::from_millis(expires.0.saturating_sub(now.0));
        Ok(Some((bearer(&token).ok_or(Away)?, begun + life)))
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: Value) -> Result<Option<T>, AccessError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}{path}", self.service.address()))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(body.to_string()))
            .map_err(|_| Away)?;
        let answer = self.service.ask(request, ANSWER_BYTES, PATIENCE).await?;
        match answer.status {
            StatusCode::OK => Ok(Some(serde_json::from_slice(&answer.body).map_err(|_| Away)?)),
            StatusCode::CONFLICT => Ok(None),
            StatusCode::UNAUTHORIZED => Err(AccessError::Unknown),
            _ => Err(Away.into()),
        }
    }
}

fn bearer(token: &str) -> Option<HeaderValue> {
    let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    bearer.set_sensitive(true);
    Some(bearer)
}
