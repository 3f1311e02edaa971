//! Who sends a request, and what they may do.

use super::error::ApiError;
use crate::accounts::{Account, Role};
use crate::http::origin;
use crate::service::Service;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Method, header};
use engawa_protocol::CompanyId;
use engawa_session::room::Sender;
use serde::de::DeserializeOwned;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// A signed-in account.
#[derive(Debug)]
pub struct Caller(pub Account);

impl Caller {
    /// Only staff of the fair go on.
    pub fn staff(&self) -> Result<(), ApiError> {
        match self.0.role {
            Role::Staff => Ok(()),
            Role::Host | Role::Admin => Err(ApiError::NotAllowed("for staff of the fair")),
        }
    }

    /// Only staff, and the admins of `company`, go on.
    pub fn admin_of(&self, company: Option<&CompanyId>) -> Result<(), ApiError> {
        match self.0.role {
            Role::Staff => Ok(()),
            Role::Admin if company.is_some() && self.0.company.as_ref() == company => Ok(()),
            Role::Admin | Role::Host => Err(ApiError::NotAllowed("for the company's admin")),
        }
    }

    /// `company` is the caller's own, or the caller is staff.
    pub fn sees(&self, company: &CompanyId) -> bool {
        self.0.role == Role::Staff || self.0.company.as_ref() == Some(company)
    }

    /// The company that a request is about: the caller's own, or the one that staff must name.
    pub fn company(&self, named: Option<CompanyId>) -> Result<CompanyId, ApiError> {
        match (&self.0.company, named) {
            (Some(own), None) => Ok(own.clone()),
            (Some(own), Some(named)) if *own == named => Ok(named),
            (Some(_), Some(_)) => Err(ApiError::NotFound("company")),
            (None, Some(named)) => Ok(named),
            (None, None) => Err(ApiError::Invalid("company is missing".into())),
        }
    }
}

impl FromRequestParts<Arc<Service>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, ApiError> {
        check_origin(parts, service)?;
        let signed_in = service.signed_in(&parts.headers).await.map_err(|_| ApiError::Unavailable)?;
        Ok(Self(signed_in.ok_or(ApiError::SignedOut)?.account))
    }
}

/// A booth by its bearer, or an account.
#[derive(Debug)]
pub struct Member(pub Sender);

impl FromRequestParts<Arc<Service>> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, ApiError> {
        let Some(authorization) = parts.headers.get(header::AUTHORIZATION) else {
            let Caller(account) = Caller::from_request_parts(parts, service).await?;
            return Ok(Self(account.sender()));
        };
        let booth = service.booth(authorization).await.map_err(|_| ApiError::Unavailable)?;
        Ok(Self(booth.ok_or(ApiError::SignedOut)?.sender()))
    }
}

/// Where a request comes from, as far as addresses are counted; of no foreign page.
#[derive(Debug)]
pub struct Network(pub IpAddr);

impl FromRequestParts<Arc<Service>> for Network {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, ApiError> {
        check_origin(parts, service)?;
        let peer = ConnectInfo::<SocketAddr>::from_request_parts(parts, service).await;
        let ConnectInfo(peer) = peer.map_err(|_| ApiError::Unavailable)?;
        Ok(Self(origin::network(origin::address(&service.config, peer, &parts.headers))))
    }
}

/// A page of ours asks, or no page at all.
pub fn check_origin(parts: &Parts, service: &Service) -> Result<(), ApiError> {
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    match reads || origin::is_not_foreign(&service.config, &parts.headers) {
        true => Ok(()),
        false => Err(ApiError::Foreign),
    }
}

/// A request's body in JSON.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Service>> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, service).await {
            Ok(Json(body)) => Ok(Self(body)),
            // The rejection's own words would quote the body.
            Err(JsonRejection::BytesRejection(_)) => Err(ApiError::TooLarge("body")),
            Err(JsonRejection::MissingJsonContentType(_)) => {
                Err(ApiError::Invalid("content-type must be application/json".into()))
            }
            Err(_) => Err(ApiError::Invalid("a field is missing or out of range".into())),
        }
    }
}
