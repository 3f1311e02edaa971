//! Signing in, and who one is then.

use crate::{AccountId, CompanyId, Localized};
use serde::{Deserialize, Serialize};

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AccountRole {
    /// Speaks for one company.
    Host,
    /// As a host, and looks after the company's accounts.
    Admin,
    /// Staff of the fair: of no company, and over all of them.
    Staff,
}

/// Body of `POST /api/sign-in`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignIn {
    /// The account's id.
    pub account: String,
    /// Its password.
    pub password: String,
}

/// Answer of `GET /api/me` and of a good sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Me {
    /// The account.
    pub account: AccountId,
    /// Shown name.
    pub name: String,
    /// Title.
    pub title: String,
    /// What the account may do.
    pub role: AccountRole,
    /// The company; none for staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub company: Option<CompanyId>,
    /// The company's name; none for staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub company_name: Option<Localized>,
    /// The event's name.
    pub event: Localized,
}
