use engawa_protocol::IceServer;

/// A server in the form that webrtcbin takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Server {
    Stun(String),
    Turn(String),
}

/// Reads the URLs of a server (RFC 7064, RFC 7065); one that is neither STUN nor TURN is left out.
pub(super) fn servers(server: &IceServer) -> Vec<Server> {
    server.urls.iter().filter_map(|url| read(url, server)).collect()
}

fn read(url: &str, server: &IceServer) -> Option<Server> {
    let (scheme, rest) = url.split_once(':')?;
    let rest = rest.trim_start_matches("//");
    let (host, query) = rest.split_once('?').map_or((rest, None), |(host, query)| (host, Some(query)));
    if host.is_empty() || host.chars().any(|c| c.is_whitespace() || matches!(c, '@' | '/')) {
        return None;
    }
    match scheme {
        "stun" => Some(Server::Stun(format!("stun://{}", with_port(host, 3478)))),
        "turn" | "turns" => {
            let user = escape(server.username.as_deref()?);
            let password = escape(server.credential.as_deref()?);
            let host = with_port(host, if scheme == "turn" { 3478 } else { 5349 });
            let query = query.map_or_else(String::new, |query| format!("?{query}"));
            Some(Server::Turn(format!("{scheme}://{user}:{password}@{host}{query}")))
        }
        _ => None,
    }
}

fn with_port(host: &str, port: u16) -> String {
    let bare = host.rsplit(']').next().unwrap_or(host);
    if bare.contains(':') { host.to_owned() } else { format!("{host}:{port}") }
}

fn escape(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> IceServer {
        IceServer { urls: vec![url.into()], username: Some("7:a".into()), credential: Some("p/=".into()) }
    }

    #[test]
    fn urls_take_the_form_that_webrtcbin_reads() {
        let read = |url| servers(&server(url));
        assert_eq!(read("stun:192.0.2.1"), [Server::Stun("stun://192.0.2.1:3478".into())]);
        assert_eq!(
            read("turn:[2001:db8::1]:80?transport=tcp"),
            [Server::Turn("turn://7%3Aa:p%2F%3D@[2001:db8::1]:80?transport=tcp".into())]
        );
        assert_eq!(read("turns:turn.test"), [Server::Turn("turns://7%3Aa:p%2F%3D@turn.test:5349".into())]);
    }

    #[test]
    fn what_is_no_server_is_left_out() {
        for url in ["http:x", "turn:", "stun:a b", "turn:user@host", "nonsense"] {
            assert!(servers(&server(url)).is_empty(), "{url}");
        }
        assert!(servers(&IceServer { urls: vec!["turn:a".into()], username: None, credential: None }).is_empty());
    }
}
