//! Signing in and out, and who one is.

use super::{cookie, origin};
use crate::accounts::Role;
use crate::accounts::{Account, AccountError};
use crate::bucket::{Buckets, Rate};
use crate::fair::Text;
use crate::service::{Service, unavailable};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engawa_protocol::{AccountId, CompanyId, Localized, SignIn};
use serde::Serialize;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use utoipa::ToSchema;

/// Tries of one account from one address.
const BY_BOTH: Rate = Rate { burst: 10, every: Duration::from_secs(6) };
/// Tries of one account from everywhere: looser, so that whoever guesses elsewhere does not lock its host out.
const BY_ACCOUNT: Rate = Rate { burst: 100, every: Duration::from_secs(1) };
/// Tries from one address: a whole fair may be behind one.
const BY_ADDRESS: Rate = Rate { burst: 60, every: Duration::from_secs(1) };
/// Names that are counted at a time.
const COUNTED: usize = 10_000;

/// How often passwords were tried.
#[derive(Debug)]
pub struct Attempts {
    by_both: Mutex<Buckets<(AccountId, IpAddr)>>,
    by_account: Mutex<Buckets<AccountId>>,
    by_address: Mutex<Buckets<IpAddr>>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            by_both: Mutex::new(Buckets::new(BY_BOTH, COUNTED)),
            by_account: Mutex::new(Buckets::new(BY_ACCOUNT, COUNTED)),
            by_address: Mutex::new(Buckets::new(BY_ADDRESS, COUNTED)),
        }
    }
}

impl Attempts {
    /// Counts a try; the error says how long to wait.
    pub fn count(&self, account: Option<&AccountId>, address: IpAddr) -> Result<(), Duration> {
        let (network, now) = (origin::network(address), Instant::now());
        lock(&self.by_address).take(network, now)?;
        let Some(account) = account else { return Ok(()) };
        lock(&self.by_both).take((account.clone(), network), now)?;
        lock(&self.by_account).take(account.clone(), now)
    }

    fn succeeded(&self, account: &AccountId, address: IpAddr) {
        lock(&self.by_both).refill(&(account.clone(), origin::network(address)));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `POST /api/sign-in`.
pub async fn sign_in(
    State(service): State<Arc<Service>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<Response, Response> {
    if !origin::is_not_foreign(&service.config, &headers) {
        return Err(StatusCode::FORBIDDEN.into_response());
    }
    // The rejection would quote the body.
    let Json(SignIn { account, password }) = body.map_err(|rejection| rejection.status().into_response())?;
    let account = account.parse::<AccountId>().ok();
    let address = origin::address(&service.config, peer, &headers);
    service.attempts.count(account.as_ref(), address).map_err(too_many)?;
    let signed_in = match service.accounts.sign_in(account.as_ref(), password).await {
        Ok(Some(found)) => found,
        Ok(None) => return Err(StatusCode::UNAUTHORIZED.into_response()),
        Err(AccountError::Busy) => return Err(too_many(Duration::from_secs(1))),
        Err(error) => return Err(unavailable(&error).into_response()),
    };
    let (signed_in, token) = signed_in;
    service.attempts.succeeded(&signed_in.account.id, address);
    answer(&service, &signed_in.account, &token).map_err(IntoResponse::into_response)
}

/// What a good sign-in is answered: who it is, and the cookie.
pub fn answer(service: &Service, account: &Account, token: &str) -> Result<Response, StatusCode> {
    let Some(me) = describe(service, account) else {
        tracing::warn!("an account's company is not at the event");
        return Err(StatusCode::UNAUTHORIZED);
    };
    let headers = [(header::SET_COOKIE, cookie::set(&service.config, token)), no_store()];
    Ok((headers, Json(me)).into_response())
}

/// `POST /api/sign-out`.
pub async fn sign_out(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, StatusCode> {
    if !origin::is_not_foreign(&service.config, &headers) {
        return Err(StatusCode::FORBIDDEN);
    }
    if let Some(token) = cookie::read(&service.config, &headers) {
        let session = service.accounts.sign_out(token).await.map_err(|error| unavailable(&error))?;
        service.hall.signed_out(session).await;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::clear(&service.config))]))
}

/// `GET /api/me`.
pub async fn me(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<impl IntoResponse, StatusCode> {
    let signed_in = service.signed_in(&headers).await?.ok_or(StatusCode::UNAUTHORIZED)?;
    let me = describe(&service, &signed_in.account).ok_or(StatusCode::UNAUTHORIZED)?;
    Ok(([no_store()], Json(me)))
}

/// Who one is, as `GET /api/me` answers it: the protocol's `Me`, described for the API.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The account.
    #[schema(value_type = String)]
    pub account: AccountId,
    /// Shown name.
    pub name: String,
    /// Title.
    pub title: String,
    /// What it may do.
    pub role: Role,
    /// The company; none for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub company: Option<CompanyId>,
    /// The company's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Text>)]
    pub company_name: Option<Localized>,
    /// The event's name.
    #[schema(value_type = Text)]
    pub event: Localized,
}

fn describe(service: &Service, account: &Account) -> Option<Me> {
    let fair = service.fair.now();
    let company_name = match &account.company {
        Some(company) => Some(fair.company(company)?.name.clone()),
        None => None,
    };
    Some(Me {
        account: account.id.clone(),
        name: account.name.clone(),
        title: account.title.clone(),
        role: account.role,
        company: account.company.clone(),
        company_name,
        event: fair.event.name.clone(),
    })
}

/// Says how long to wait.
pub fn too_many(wait: Duration) -> Response {
    let seconds = HeaderValue::from(wait.as_secs_f64().ceil().max(1.0) as u64);
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds)]).into_response()
}

fn no_store() -> (header::HeaderName, HeaderValue) {
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_guesses_elsewhere_does_not_lock_the_host_out() {
        let attempts = Attempts::default();
        let account: AccountId = "takahashi".parse().unwrap();
        let (guesser, host): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "198.51.100.1".parse().unwrap());
        let guesses = (0..50).filter(|_| attempts.count(Some(&account), guesser).is_ok()).count();
        assert_eq!(guesses, BY_BOTH.burst as usize);
        assert!(attempts.count(Some(&account), host).is_ok());
        // From many addresses at once, it is held back all the same.
        let everywhere = (0..=255).filter(|n| attempts.count(Some(&account), IpAddr::from([203, 0, 113, *n])).is_ok());
        assert!((1..=BY_ACCOUNT.burst as usize).contains(&everywhere.count()));
    }
}
