//! The one cookie: a host's sign-in.

use crate::accounts::SIGNED_IN;
use crate::config::Config;
use axum::http::{HeaderMap, HeaderValue, header};

/// With the prefix, a browser takes the cookie by HTTPS alone and for this host alone (RFC 6265bis, 4.1.3.2).
const SECURE_NAME: &str = "__Host-engawa";
const NAME: &str = "engawa";

fn name(config: &Config) -> &'static str {
    if config.is_https() { SECURE_NAME } else { NAME }
}

/// The token in a request's cookie.
pub fn read<'a>(config: &Config, headers: &'a HeaderMap) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(key, _)| *key == name(config)).map(|(_, token)| token);
    ours.find(|token| token.len() == 64)
}

/// Sets the token for as long as a sign-in lasts.
pub fn set(config: &Config, token: &str) -> HeaderValue {
    write(config, token, SIGNED_IN.as_secs())
}

/// Removes the cookie.
pub fn clear(config: &Config) -> HeaderValue {
    write(config, "", 0)
}

fn write(config: &Config, token: &str, seconds: u64) -> HeaderValue {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let text = format!("{}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", name(config));
    let mut value = HeaderValue::try_from(text).expect("hexadecimal digits and our own words make a header");
    value.set_sensitive(true);
    value
}
