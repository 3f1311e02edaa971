//! The connection to the servers, and what to do when they do not take us.

use super::NatsConfig;
use super::persist::ANSWER_WITHIN;
use crate::feed::Feed;
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, ServerAddr};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// A server's machine that is gone says nothing; the third ping without an answer tells.
const PING_EVERY: Duration = Duration::from_secs(2);

type Failure = Box<dyn Error + Send + Sync>;

/// Why the servers do not take us, and what to change.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the servers refuse who we are; check credentials_file or token_file, and that the account has JetStream")]
    Credentials(#[source] async_nats::ConnectError),
    #[error(
        "no encrypted connection; see that the servers encrypt, name the authority that signed the servers' certificates in tls.roots_file, \
         and tls.certificate_file with tls.key_file when they ask for ours"
    )]
    Tls(#[source] Failure),
    #[error("no server answers; check the addresses and that the servers run")]
    Away(#[source] async_nats::ConnectError),
}

/// Connects to one of the servers; later on, the connection is made anew by itself.
pub(super) async fn connect(config: &NatsConfig, feed: Arc<Feed>) -> Result<Client, Failure> {
    let mut options = ConnectOptions::new()
        .name("engawa")
        .connection_timeout(CONNECT_WITHIN)
        .request_timeout(Some(ANSWER_WITHIN))
        .ping_interval(PING_EVERY)
        .require_tls(config.tls.required)
        .reconnect_delay_callback(|attempts| Duration::from_millis((50 << attempts.min(5)).min(1000) as u64))
        .event_callback(move |event| {
            let feed = feed.clone();
            async move {
                if matches!(event, Event::Connected | Event::Disconnected) {
                    tracing::info!(%event, "the connection to NATS has changed");
                    feed.look_again();
                }
            }
        });
    if let Some(file) = &config.credentials {
        let credentials = read(file).await?;
        // The cause could quote the file.
        options = options
            .credentials(&credentials)
            .map_err(|_| format!("{}: holds no credentials as `nsc` writes them", file.display()))?;
    }
    if let Some(file) = &config.token {
        options = options.token(read(file).await?.lines().next().unwrap_or_default().to_owned());
    }
    if let Some(roots) = &config.tls.roots {
        read(roots).await?;
        options = options.add_root_certificates(roots.clone());
    }
    if let Some((certificate, key)) = &config.tls.identity {
        read(certificate).await?;
        read(key).await?;
        options = options.add_client_certificate(certificate.clone(), key.clone());
    }
    let servers: Result<Vec<ServerAddr>, _> = config.servers.iter().map(|server| server.parse()).collect();
    Ok(options.connect(servers?).await.map_err(refusal)?)
}

fn refusal(error: async_nats::ConnectError) -> Refusal {
    match error.kind() {
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => Refusal::Credentials(error),
        ConnectErrorKind::Tls => Refusal::Tls(error.into()),
        // What the two say to each other is wrong: of a handshake, rustls tells it like this.
        ConnectErrorKind::Io if is_invalid_data(&error) => Refusal::Tls(error.into()),
        _ => Refusal::Away(error),
    }
}

fn is_invalid_data(error: &async_nats::ConnectError) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<std::io::Error>());
    source.is_some_and(|error| error.kind() == std::io::ErrorKind::InvalidData)
}

async fn read(file: &Path) -> Result<String, std::io::Error> {
    let read = tokio::fs::read_to_string(file).await;
    read.map_err(|error| std::io::Error::new(error.kind(), format!("{}: {error}", file.display())))
}
