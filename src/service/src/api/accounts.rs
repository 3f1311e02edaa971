//! Accounts and their first sign-in (E10).

use super::caller::{Body, Caller, check_origin};
use super::error::{ApiError, Problem};
use crate::accounts::{Account, Role};
use crate::http::origin;
use crate::http::sign_in::{Me, answer, too_many};
use crate::service::Service;
use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use engawa_protocol::{AccountId, CompanyId, Millis, RoomId, clean_line, clean_name};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;
use utoipa::ToSchema;

/// Accounts of one event.
const ACCOUNTS: usize = 5_000;

/// An account as its company's admin sees it.
#[derive(Serialize, ToSchema)]
pub struct AccountView {
    #[schema(value_type = String)]
    id: AccountId,
    name: String,
    title: String,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    company: Option<CompanyId>,
    /// It has set its password.
    active: bool,
}

impl AccountView {
    fn new(account: Account, active: bool) -> Self {
        let Account { id, name, title, role, company } = account;
        Self { id, name, title, role, company, active }
    }
}

/// A new account; it sets its own password by a link.
#[derive(Deserialize, ToSchema)]
pub struct NewAccount {
    #[schema(value_type = String)]
    id: AccountId,
    name: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    role: Role,
    /// The caller's own when it is left out; none for staff.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    company: Option<CompanyId>,
}

/// What changes; what is left out stays. The account is signed out.
#[derive(Deserialize, ToSchema)]
pub struct AccountChange {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    title: Option<String>,
    /// Between host and admin.
    #[serde(default)]
    role: Option<Role>,
}

/// What a link opens.
#[derive(Deserialize, ToSchema)]
pub struct NewLink {
    /// Opened after the sign-in.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    room: Option<RoomId>,
}

/// A one-time link. Its secret stands behind `#`, so that no server's log has it.
#[derive(Serialize, ToSchema)]
pub struct Link {
    link: String,
    #[schema(value_type = u64)]
    expires: Millis,
}

/// The first sign-in.
#[derive(Deserialize, ToSchema)]
pub struct FirstSignIn {
    token: String,
    password: String,
}

/// The accounts that the caller looks after.
#[utoipa::path(get, path = "/api/accounts", tag = "accounts",
    responses((status = 200, body = Vec<AccountView>), (status = 403, body = Problem)))]
pub async fn list(State(service): State<Arc<Service>>, caller: Caller) -> Result<Json<Vec<AccountView>>, ApiError> {
    let all = service.accounts.all().await?.into_iter();
    let theirs = all.filter(|(account, _)| account.company.as_ref().map_or(caller.staff().is_ok(), |c| caller.sees(c)));
    Ok(Json(theirs.map(|(account, active)| AccountView::new(account, active)).collect()))
}

/// Makes an account; for staff and the company's admin.
#[utoipa::path(post, path = "/api/accounts", tag = "accounts", request_body = NewAccount,
    responses((status = 201, body = AccountView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn invite(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Body(new): Body<NewAccount>,
) -> Result<(StatusCode, Json<AccountView>), ApiError> {
    let company = match new.role {
        Role::Staff => {
            caller.staff()?;
            None
        }
        Role::Host | Role::Admin => Some(caller.company(new.company)?),
    };
    caller.admin_of(company.as_ref())?;
    if company.as_ref().is_some_and(|company| !service.fair.has(company)) {
        return Err(ApiError::NotFound("company"));
    }
    if service.accounts.all().await?.len() >= ACCOUNTS {
        return Err(ApiError::TooLarge("accounts"));
    }
    let (name, title) = (name_of(&new.name)?, title_of(&new.title)?);
    let account = Account { id: new.id, name, title, role: new.role, company };
    service.accounts.invite(account.clone()).await?;
    Ok((StatusCode::CREATED, Json(AccountView::new(account, false))))
}

/// Changes an account; for staff and the company's admin.
#[utoipa::path(patch, path = "/api/accounts/{account}", tag = "accounts", request_body = AccountChange,
    params(("account" = String, Path)),
    responses((status = 200, body = AccountView), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn change(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(account): Path<String>,
    Body(change): Body<AccountChange>,
) -> Result<Json<AccountView>, ApiError> {
    let found = looked_after(&service, &caller, &account).await?;
    let name = change.name.as_deref().map(name_of).transpose()?;
    let title = change.title.as_deref().map(title_of).transpose()?;
    let role = change.role.unwrap_or(found.role);
    if (role == Role::Staff) != (found.role == Role::Staff) {
        return Err(ApiError::Invalid("role: staff are not made of hosts, nor hosts of staff".into()));
    }
    let changed = service.accounts.change(&found.id, |account| {
        account.name = name.unwrap_or_else(|| account.name.clone());
        account.title = title.unwrap_or_else(|| account.title.clone());
        account.role = role;
    });
    let (account, ended) = changed.await?.ok_or(ApiError::NotFound("account"))?;
    for session in ended {
        service.hall.signed_out(session).await;
    }
    Ok(Json(AccountView::new(account, true)))
}

/// Removes an account and signs it out; for staff and the company's admin.
#[utoipa::path(delete, path = "/api/accounts/{account}", tag = "accounts", params(("account" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn remove(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(account): Path<String>,
) -> Result<StatusCode, ApiError> {
    let found = looked_after(&service, &caller, &account).await?;
    if found.id == caller.0.id {
        return Err(ApiError::Conflict("nobody removes their own account"));
    }
    for session in service.accounts.remove(&found.id).await? {
        service.hall.signed_out(session).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a one-time link by which the account sets its password; for staff and the company's admin.
#[utoipa::path(post, path = "/api/accounts/{account}/link", tag = "accounts", request_body = NewLink,
    params(("account" = String, Path)),
    responses((status = 201, body = Link), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn link(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(account): Path<String>,
    Body(new): Body<NewLink>,
) -> Result<(StatusCode, Json<Link>), ApiError> {
    let found = looked_after(&service, &caller, &account).await?;
    let made = service.accounts.make_link(&found.id, new.room).await?;
    let (token, expires) = made.ok_or(ApiError::NotFound("account"))?;
    let link = format!("{}/#/first-sign-in/{token}", service.config.base());
    Ok((StatusCode::CREATED, Json(Link { link, expires })))
}

/// Uses a link: sets the password and signs in. The answer is `Me` with the room to open, and the cookie.
#[utoipa::path(post, path = "/api/first-sign-in", tag = "accounts", request_body = FirstSignIn,
    responses((status = 200, body = Me, headers(("x-engawa-room" = String, description = "the room to open"))),
        (status = 401, body = Problem, description = "the link is unknown, used or over"),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn first_sign_in(State(service): State<Arc<Service>>, request: Request) -> Result<Response, Response> {
    let (mut parts, body) = request.into_parts();
    check_origin(&parts, &service).map_err(IntoResponse::into_response)?;
    let ConnectInfo(peer) = ConnectInfo::<SocketAddr>::from_request_parts(&mut parts, &service)
        .await
        .map_err(|_| ApiError::Unavailable.into_response())?;
    let address = origin::address(&service.config, peer, &parts.headers);
    service.attempts.count(None, address).map_err(too_many)?;
    use axum::extract::FromRequest;
    let read = Body::<FirstSignIn>::from_request(Request::from_parts(parts, body), &service).await;
    let Body(FirstSignIn { token, password }) = read.map_err(IntoResponse::into_response)?;
    let used = service.accounts.use_link(&token, password).await;
    let used = used.map_err(|error| ApiError::from(error).into_response())?;
    let (signed_in, token, room) = used.ok_or_else(|| ApiError::SignedOut.into_response())?;
    let mut answer = answer(&service, &signed_in.account, &token)?;
    if let Some(room) = room.and_then(|room| room.as_str().parse().ok()) {
        answer.headers_mut().insert("x-engawa-room", room);
    }
    Ok(answer)
}

/// An account that the caller looks after; others are answered as if they were not there.
async fn looked_after(service: &Service, caller: &Caller, account: &str) -> Result<Account, ApiError> {
    let missing = || ApiError::NotFound("account");
    let id: AccountId = account.parse().map_err(|_| missing())?;
    caller.admin_of(caller.0.company.as_ref())?;
    let found = service.accounts.account(&id).await?.ok_or_else(missing)?;
    caller.admin_of(found.company.as_ref()).map_err(|_| missing())?;
    Ok(found)
}

fn name_of(text: &str) -> Result<String, ApiError> {
    clean_name(text).map_err(|error| ApiError::Invalid(format!("name: {error}")))
}

fn title_of(text: &str) -> Result<String, ApiError> {
    clean_line(text).map_err(|error| ApiError::Invalid(format!("title: {error}")))
}
