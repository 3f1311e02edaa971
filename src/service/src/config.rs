//! What the service is told by its file and flags.
//!
//! Every relative path in the file is meant from the file's own folder. A wrong file is an error
//! that names the file, the line or key, and what to write instead. `example.toml`, beside this
//! crate's manifest, tells every key.

mod file;
mod ledger;

use engawa_ledger::nats::NatsConfig;
use engawa_protocol::{BoothId, CompanyId, IceServer, Localized};
use engawa_session::room::Policy;
use file::Source;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{file}: cannot be read; name an existing file with --config")]
    Read {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is no TOML, or a key is unknown or of the wrong kind.
    #[error("{file}: {message}")]
    Parse {
        /// The file.
        file: String,
        /// Line, key and reason.
        message: String,
    },
    /// A value does not fit.
    #[error("{file}: {key}: {message}")]
    Value {
        /// The file.
        file: String,
        /// The key.
        key: String,
        /// What is wrong and what to write.
        message: String,
    },
}

/// What the command line says instead of the file.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// Address and port to listen on.
    pub listen: Option<SocketAddr>,
    /// The folder of the ledger, when it is one.
    pub data: Option<PathBuf>,
    /// NATS servers to keep everything on, instead of what the file says.
    pub nats: Vec<String>,
    /// The folder of the built page.
    pub page: Option<PathBuf>,
}

/// The checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Where everything is kept.
    pub ledger: LedgerConfig,
    /// The folder of the built page.
    pub page: PathBuf,
    /// Origins that pages of ours are loaded from; empty means whatever `Host` a request names.
    pub origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
    /// For gathering candidates.
    pub ice_servers: Vec<IceServer>,
    /// The event's name.
    pub event: Localized,
    /// Where the event takes place, for telling today from yesterday.
    pub timezone: jiff::tz::TimeZone,
    /// In the order that a booth shows them.
    pub companies: Vec<Company>,
    /// Booths that are known by a token of their own, without enrolment.
    pub booths: Vec<Booth>,
    /// The key that booths enrol by; without one, none does.
    pub enrol_key: Option<EnrolKeyFile>,
    /// The deadlines of rooms.
    pub policy: Policy,
    /// How long a connection number is good.
    pub number_life: Duration,
    /// How long records are kept after the end.
    pub records: Duration,
    /// Where notices go; none are sent without it.
    pub notices: Option<NoticesConfig>,
    /// The folder of bundles that booths update themselves from; none are offered without it.
    pub updates: Option<PathBuf>,
    /// Where people reach the service, for links; left out, the first origin.
    pub link: Option<String>,
}

/// Where everything is kept.
#[derive(Debug, Clone)]
pub enum LedgerConfig {
    /// A folder of this machine, which one service has open.
    Sled {
        /// The folder.
        folder: PathBuf,
    },
    /// NATS servers, which any number of services share.
    Nats(NatsConfig),
}

/// Where the key for enrolment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnrolKeyFile {
    /// Beside a ledger of this machine; made at the first start.
    Own(PathBuf),
    /// The configuration names it; it must be there.
    Named(PathBuf),
}

/// The webhook for notices to candidates (E6).
#[derive(Clone)]
pub struct NoticesConfig {
    /// Where they are posted.
    pub url: hyper::Uri,
    /// What they are signed with.
    pub secret: String,
    /// The first try after one that failed.
    pub retry: Duration,
}

impl std::fmt::Debug for NoticesConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoticesConfig").field("retry", &self.retry).finish_non_exhaustive()
    }
}

/// A company of the event.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Its name.
    pub name: Localized,
}

/// A booth that the configuration knows.
#[derive(Debug, Clone)]
pub struct Booth {
    /// Its id.
    pub id: BoothId,
    /// Its shown name, such as `A-03`.
    pub name: String,
    /// SHA-256 of its device token.
    pub token: [u8; 32],
}

impl Config {
    /// Reads and checks `file`; `flags` stand above it.
    ///
    /// # Errors
    /// The first thing that is wrong, naming file, line or key, and what to do.
    pub fn load(file: &Path, flags: Flags) -> Result<Self, ConfigError> {
        Source::new(file).config(flags)
    }

    /// The company of that id.
    pub fn company(&self, id: &CompanyId) -> Option<&Company> {
        self.companies.iter().find(|company| company.id == *id)
    }

    /// What links to the service begin with, without a slash at the end.
    pub fn base(&self) -> String {
        let told = self.link.as_ref().or(self.origins.first());
        told.map_or_else(|| format!("http://{}", self.listen), |base| base.trim_end_matches('/').to_owned())
    }

    /// Browsers reach the service by HTTPS alone.
    pub fn is_https(&self) -> bool {
        !self.origins.is_empty() && self.origins.iter().all(|origin| origin.starts_with("https://"))
    }
}

/// SHA-256 of a token, as it is kept.
pub fn hash(token: &str) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(token.as_bytes()).into()
}

/// The file that the configuration takes a booth's token from, for making it.
///
/// # Errors
/// When the configuration cannot be read or has no such booth.
pub fn token_file(file: &Path, booth: &BoothId) -> Result<Option<PathBuf>, ConfigError> {
    Source::new(file).token_file(booth)
}
