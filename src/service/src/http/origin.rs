//! Where a request comes from.

use crate::config::Config;
use axum::http::{HeaderMap, header};
use std::net::{IpAddr, SocketAddr};

/// A page of ours sends the request, by the browser's word. A request without `Origin` is not
/// from a page.
pub fn is_ours(config: &Config, headers: &HeaderMap) -> bool {
    let Some(origin) = text(headers, header::ORIGIN) else { return false };
    if !config.origins.is_empty() {
        return config.origins.iter().any(|ours| ours == origin);
    }
    let site = origin.strip_prefix("https://").or(origin.strip_prefix("http://"));
    site.is_some_and(|site| text(headers, header::HOST).is_some_and(|host| site.eq_ignore_ascii_case(host)))
}

/// No page of somebody else sends the request.
pub fn is_not_foreign(config: &Config, headers: &HeaderMap) -> bool {
    !headers.contains_key(header::ORIGIN) || is_ours(config, headers)
}

/// The client's address: the peer's, or what a proxy of ours says it was.
pub fn address(config: &Config, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    let peer = peer.ip().to_canonical();
    if !config.proxies.contains(&peer) {
        return peer;
    }
    // The last entry is the one our proxy wrote; those before it are the client's own words.
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|list| list.rsplit(',').next()).and_then(|entry| entry.trim().parse().ok());
    last.unwrap_or(peer)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
