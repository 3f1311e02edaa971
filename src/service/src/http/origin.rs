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
    forwarded(headers).unwrap_or(peer)
}

/// What an address is counted as: one subscriber has a whole /64 of IPv6 addresses (RFC 6177).
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::from((u128::from(v6) & !u128::from(u64::MAX)).to_be_bytes()),
    }
}

fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    // The last entry is the one our proxy wrote; those before it are the client's own words.
    let list = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    let last: IpAddr = list.rsplit(',').next()?.trim().parse().ok()?;
    // An IPv4 address in IPv6's clothes would count with all others, in one network of /64.
    Some(last.to_canonical())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxys_own_entry_counts_in_its_plain_form() {
        let mut headers = HeaderMap::new();
        assert_eq!(forwarded(&headers), None);
        headers.append("x-forwarded-for", "192.0.2.9".parse().unwrap());
        headers.append("x-forwarded-for", "192.0.2.8, ::ffff:192.0.2.7".parse().unwrap());
        assert_eq!(forwarded(&headers), Some(IpAddr::from([192, 0, 2, 7])));
        headers.append("x-forwarded-for", "unknown".parse().unwrap());
        assert_eq!(forwarded(&headers), None);
    }

    #[test]
    fn addresses_of_one_subscriber_count_together() {
        let (a, b): (IpAddr, IpAddr) = ("2001:db8:0:1::5".parse().unwrap(), "2001:db8:0:1:ffff::1".parse().unwrap());
        assert_eq!(network(a), network(b));
        assert_ne!(network(a), network("2001:db8:0:2::5".parse().unwrap()));
        assert_ne!(network("10.0.0.1".parse().unwrap()), network("10.0.0.2".parse().unwrap()));
    }
}
