//! Where everything is kept: a folder, or NATS servers.

use super::file::Source;
use super::{ConfigError, LedgerConfig};
use engawa_ledger::nats::{NatsConfig, Tls};
use serde::Deserialize;
use std::path::PathBuf;

const PREFIX: &str = "engawa";
/// A message is on the disks of a majority of these before it counts.
const REPLICAS: usize = 3;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LedgerEntry {
    kind: Option<Kind>,
    servers: Vec<String>,
    credentials_file: Option<PathBuf>,
    token_file: Option<PathBuf>,
    prefix: Option<String>,
    replicas: Option<usize>,
    tls: Option<TlsEntry>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Sled,
    Nats,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TlsEntry {
    required: bool,
    roots_file: Option<PathBuf>,
    certificate_file: Option<PathBuf>,
    key_file: Option<PathBuf>,
}

/// Checks `entry`; the folder and the servers of the command line stand above it.
pub(super) fn check(
    source: &Source<'_>,
    entry: LedgerEntry,
    data: Option<PathBuf>,
    servers: Vec<String>,
) -> Result<LedgerConfig, ConfigError> {
    let kind = if servers.is_empty() { entry.kind.unwrap_or(Kind::Sled) } else { Kind::Nats };
    if kind == Kind::Nats {
        let servers = if servers.is_empty() { entry.servers.clone() } else { servers };
        return nats(source, entry, servers).map(LedgerConfig::Nats);
    }
    let nothing_else = entry.servers.is_empty()
        && entry.credentials_file.is_none()
        && entry.token_file.is_none()
        && entry.prefix.is_none()
        && entry.replicas.is_none()
        && entry.tls.is_none();
    if !nothing_else {
        return Err(source.wrong("ledger", "names what is for NATS alone; write kind = \"nats\" or leave it out"));
    }
    let folder = data.ok_or_else(|| source.wrong("data", "is missing; name the folder for the logs and accounts"))?;
    Ok(LedgerConfig::Sled { folder })
}

fn nats(source: &Source<'_>, entry: LedgerEntry, servers: Vec<String>) -> Result<NatsConfig, ConfigError> {
    let example = "such as [\"nats://10.0.0.1:4222\"] or [\"tls://nats.example:4222\"]";
    if servers.is_empty() {
        return Err(source.wrong("ledger.servers", format!("is missing; name the servers, {example}")));
    }
    for server in &servers {
        // The address is not quoted: what is wrong with it may be a password.
        if server.contains('@') {
            let message = "must not hold a password; name a credentials_file or a token_file";
            return Err(source.wrong("ledger.servers", message));
        }
        let host = server.strip_prefix("nats://").or(server.strip_prefix("tls://"));
        if host.is_none_or(str::is_empty) {
            return Err(source.wrong("ledger.servers", format!("must be addresses, {example}")));
        }
    }
    let prefix = entry.prefix.unwrap_or_else(|| PREFIX.to_owned());
    let fits = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_');
    if !(1..=32).contains(&prefix.len()) || !prefix.bytes().all(fits) {
        return Err(source.wrong("ledger.prefix", "must be 1 to 32 letters, digits, - and _"));
    }
    let replicas = entry.replicas.unwrap_or(REPLICAS);
    if ![1, 3, 5].contains(&replicas) {
        return Err(source.wrong("ledger.replicas", "must be 1, 3 or 5, and no more than there are servers"));
    }
    let path = |file: PathBuf| source.folder.join(file);
    let tls = entry.tls.unwrap_or_default();
    let identity = match (tls.certificate_file, tls.key_file) {
        (Some(certificate), Some(key)) => Some((path(certificate), path(key))),
        (None, None) => None,
        _ => return Err(source.wrong("ledger.tls", "must name certificate_file and key_file together")),
    };
    Ok(NatsConfig {
        servers,
        credentials: entry.credentials_file.map(path),
        token: entry.token_file.map(path),
        tls: Tls { required: tls.required, roots: tls.roots_file.map(path), identity },
        replicas,
        prefix,
    })
}
