//! The file itself: its keys, and what each may say.

use super::ledger::{self, LedgerEntry};
use super::{Booth, Company, Config, ConfigError, EnrolKeyFile, Flags, LedgerConfig, NoticesConfig, hash};
use engawa_protocol::{BoothId, IceServer, Localized, Reentry, limits};
use engawa_session::room::Policy;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

const DAY_SECONDS: u64 = 24 * 60 * 60;
const RECORDS_DAYS: u64 = 30;
/// In the ledger's folder.
const ENROL_KEY: &str = "enrol.key";
/// Seconds before a notice that was not delivered is tried again.
const NOTICES_RETRY: u64 = 10;

/// A file that is read and checked.
pub(super) struct Source<'a> {
    path: &'a Path,
    file: String,
    pub folder: &'a Path,
}

impl<'a> Source<'a> {
    pub fn new(path: &'a Path) -> Self {
        Self { path, file: path.display().to_string(), folder: path.parent().unwrap_or(Path::new("")) }
    }

    pub fn config(&self, flags: Flags) -> Result<Config, ConfigError> {
        self.check(self.parse()?, flags)
    }

    pub fn token_file(&self, booth: &BoothId) -> Result<Option<PathBuf>, ConfigError> {
        let entry = self.parse()?.booth.into_iter().find(|entry| entry.id == *booth);
        let entry = entry.ok_or_else(|| self.wrong("booth", format!("there is no booth \"{booth}\"")))?;
        Ok(entry.token_file.map(|path| self.folder.join(path)))
    }

    fn parse(&self) -> Result<File, ConfigError> {
        let text = std::fs::read_to_string(self.path)
            .map_err(|error| ConfigError::Read { file: self.file.clone(), source: error })?;
        toml::from_str(&text).map_err(|error| {
            // The error's own form would quote the line, which may hold a secret.
            let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
            let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            ConfigError::Parse { file: self.file.clone(), message: format!("{place}{}", error.message()) }
        })
    }

    pub fn wrong(&self, key: impl Into<String>, message: impl Into<String>) -> ConfigError {
        ConfigError::Value { file: self.file.clone(), key: key.into(), message: message.into() }
    }

    fn check(&self, file: File, flags: Flags) -> Result<Config, ConfigError> {
        let listen = match (flags.listen, &file.listen) {
            (Some(listen), _) => listen,
            (None, Some(text)) => text.parse().map_err(|_| {
                self.wrong("listen", "must be an address and a port, such as \"127.0.0.1:8080\" or \"[::]:8080\"")
            })?,
            (None, None) => SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
        };
        let data = flags.data.or(file.data.map(|path| self.folder.join(path)));
        let ledger = ledger::check(self, file.ledger, data, flags.nats)?;
        let enrol_key = match (file.enrol_key_file, &ledger) {
            (Some(file), _) => Some(EnrolKeyFile::Named(self.folder.join(file))),
            (None, LedgerConfig::Sled { folder }) => Some(EnrolKeyFile::Own(folder.join(ENROL_KEY))),
            (None, LedgerConfig::Nats(_)) => None,
        };
        let page = flags.page.or(file.page.map(|path| self.folder.join(path))).unwrap_or_else(installed_page);
        for origin in &file.origins {
            self.check_origin(origin)?;
        }
        let event = self.localized("event.name", file.event.name)?;
        let companies = self.companies(file.company)?;
        let ice_servers = file.ice_servers.into_iter().enumerate();
        Ok(Config {
            listen,
            ledger,
            page,
            origins: file.origins,
            proxies: file.proxies.iter().map(IpAddr::to_canonical).collect(),
            ice_servers: ice_servers.map(|(at, entry)| self.ice_server(at, entry)).collect::<Result<_, _>>()?,
            event,
            timezone: self.timezone(file.event.timezone)?,
            companies,
            booths: self.booths(file.booth)?,
            enrol_key,
            policy: self.policy(&file.policy)?,
            records: Duration::from_secs(DAY_SECONDS * self.records_days(file.event.records_days)?),
            notices: file.notices.map(|entry| self.notices(entry)).transpose()?,
            number_life: self.number_life(file.policy.number_life)?,
            updates: file.updates.map(|path| self.folder.join(path)),
            link: file.link.map(|link| self.check_origin(&link).map(|()| link)).transpose()?,
        })
    }

    fn check_origin(&self, origin: &str) -> Result<(), ConfigError> {
        let host = origin.strip_prefix("https://").or(origin.strip_prefix("http://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains('/') && *host == host.to_ascii_lowercase() => Ok(()),
            _ => {
                Err(self
                    .wrong("origins", format!("\"{origin}\" must be like \"https://fair.example\", without a path")))
            }
        }
    }

    fn timezone(&self, name: Option<String>) -> Result<jiff::tz::TimeZone, ConfigError> {
        let Some(name) = name else { return Ok(jiff::tz::TimeZone::system()) };
        jiff::tz::TimeZone::get(&name)
            .map_err(|_| self.wrong("event.timezone", format!("\"{name}\" is no time zone like \"Asia/Tokyo\"")))
    }

    fn localized(&self, key: &str, text: Localized) -> Result<Localized, ConfigError> {
        for (language, text) in [("ja", &text.ja), ("ko", &text.ko), ("en", &text.en)] {
            self.name(&format!("{key}.{language}"), text)?;
        }
        Ok(text)
    }

    fn name(&self, key: &str, text: &str) -> Result<(), ConfigError> {
        engawa_protocol::clean_line(text)
            .ok()
            .filter(|clean| clean == text && !clean.is_empty() && !clean.contains('\n'))
            .map(|_| ())
            .ok_or_else(|| {
                self.wrong(
                    key,
                    format!("must be 1 to {} characters on one line without spaces around", limits::TEXT_CHARS),
                )
            })
    }

    fn companies(&self, companies: Vec<Company>) -> Result<Vec<Company>, ConfigError> {
        if companies.is_empty() {
            return Err(self.wrong("company", "there must be at least one [[company]]"));
        }
        let mut seen = BTreeSet::new();
        for company in &companies {
            if !seen.insert(&company.id) {
                return Err(self.wrong("company.id", format!("\"{}\" is there twice", company.id)));
            }
            self.localized(&format!("company \"{}\": name", company.id), company.name.clone())?;
        }
        Ok(companies)
    }

    fn booths(&self, entries: Vec<BoothEntry>) -> Result<Vec<Booth>, ConfigError> {
        let (mut ids, mut tokens, mut booths) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        for entry in entries {
            let key = format!("booth \"{}\"", entry.id);
            let token = self.token(&key, entry.token_sha256.as_deref(), entry.token_file.as_deref())?;
            self.name(&format!("{key}: name"), &entry.name)?;
            if !ids.insert(entry.id.clone()) {
                return Err(self.wrong(key, "is there twice"));
            }
            if !tokens.insert(token) {
                return Err(self.wrong(key, "has the token of another booth; make one for each"));
            }
            booths.push(Booth { id: entry.id, name: entry.name, token });
        }
        Ok(booths)
    }

    fn token(&self, key: &str, hash_text: Option<&str>, file: Option<&Path>) -> Result<[u8; 32], ConfigError> {
        match (hash_text, file) {
            (Some(text), None) => {
                let mut hash = [0; 32];
                hex::decode_to_slice(text, &mut hash).map(|()| hash).map_err(|_| {
                    let make = "`engawa-service device-token` makes a token and its hash";
                    self.wrong(format!("{key}: token_sha256"), format!("must be 64 hexadecimal digits; {make}"))
                })
            }
            (None, Some(file)) => self.secret(&format!("{key}: token_file"), file).map(|token| hash(&token)),
            _ => Err(self.wrong(key, "must have either token_sha256 or token_file")),
        }
    }

    fn secret(&self, key: &str, file: &Path) -> Result<String, ConfigError> {
        let path = self.folder.join(file);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| self.wrong(key, format!("{} cannot be read: {error}", path.display())))?;
        match text.trim() {
            "" => Err(self.wrong(key, format!("{} is empty", path.display()))),
            text => Ok(text.to_owned()),
        }
    }

    fn ice_server(&self, at: usize, entry: IceServerEntry) -> Result<IceServer, ConfigError> {
        let key = format!("ice_servers[{at}]");
        let known = |url: &String| ["stun:", "turn:", "turns:"].iter().any(|scheme| url.starts_with(scheme));
        if entry.urls.is_empty() || !entry.urls.iter().all(known) {
            return Err(self.wrong(key, "urls must name servers like \"stun:host:3478\" or \"turns:host:443\""));
        }
        let credential = entry.credential_file.map(|file| self.secret(&format!("{key}.credential_file"), &file));
        Ok(IceServer { urls: entry.urls, username: entry.username, credential: credential.transpose()? })
    }

    fn records_days(&self, days: Option<u64>) -> Result<u64, ConfigError> {
        match days {
            None => Ok(RECORDS_DAYS),
            Some(days @ 1..=3650) => Ok(days),
            Some(_) => Err(self.wrong("event.records_days", "must be 1 to 3650 days")),
        }
    }

    fn notices(&self, entry: NoticesEntry) -> Result<NoticesConfig, ConfigError> {
        let url = entry.url.parse::<hyper::Uri>().ok();
        let url = url.filter(|url| matches!(url.scheme_str(), Some("https" | "http")) && url.host().is_some());
        let url = url.ok_or_else(|| self.wrong("notices.url", "must be like \"https://mail.example/engawa\""))?;
        let secret = self.secret("notices.secret_file", &entry.secret_file)?;
        match entry.retry.unwrap_or(NOTICES_RETRY) {
            seconds @ 1..=3600 => Ok(NoticesConfig { url, secret, retry: Duration::from_secs(seconds) }),
            _ => Err(self.wrong("notices.retry", "must be 1 to 3600 seconds")),
        }
    }

    fn number_life(&self, seconds: Option<u64>) -> Result<Duration, ConfigError> {
        match seconds {
            None => Ok(crate::tickets::NUMBER_LIFE),
            Some(seconds @ 1..=3600) => Ok(Duration::from_secs(seconds)),
            Some(_) => Err(self.wrong("policy.number_life", "must be 1 to 3600 seconds")),
        }
    }

    fn policy(&self, entry: &PolicyEntry) -> Result<Policy, ConfigError> {
        let seconds = |key: &str, value: Option<u64>, default: Duration| match value {
            None => Ok(default),
            Some(value) if (1..=DAY_SECONDS).contains(&value) => Ok(Duration::from_secs(value)),
            Some(_) => Err(self.wrong(format!("policy.{key}"), format!("must be 1 to {DAY_SECONDS} seconds"))),
        };
        let default = Policy::default();
        Ok(Policy {
            knock: seconds("knock", entry.knock, default.knock)?,
            pass_on: seconds("pass_on", entry.pass_on, default.pass_on)?,
            waiting_grace: seconds("waiting_grace", entry.waiting_grace, default.waiting_grace)?,
            guest_grace: seconds("guest_grace", entry.guest_grace, default.guest_grace)?,
            host_grace: seconds("host_grace", entry.host_grace, default.host_grace)?,
            join: seconds("join", entry.join, default.join)?,
            returning: seconds("returning", entry.returning, default.returning)?,
            early: seconds("early", entry.early, default.early)?,
            ends_soon: seconds("ends_soon", entry.ends_soon, default.ends_soon)?,
            late: seconds("late", entry.late, default.late)?,
            reentry: entry.reentry.unwrap_or(default.reentry),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    listen: Option<String>,
    #[serde(default)]
    data: Option<PathBuf>,
    #[serde(default)]
    ledger: LedgerEntry,
    #[serde(default)]
    enrol_key_file: Option<PathBuf>,
    #[serde(default)]
    page: Option<PathBuf>,
    #[serde(default)]
    updates: Option<PathBuf>,
    #[serde(default)]
    link: Option<String>,
    #[serde(default)]
    origins: Vec<String>,
    #[serde(default)]
    proxies: Vec<IpAddr>,
    #[serde(default)]
    ice_servers: Vec<IceServerEntry>,
    #[serde(default)]
    notices: Option<NoticesEntry>,
    event: EventEntry,
    #[serde(default)]
    company: Vec<Company>,
    #[serde(default)]
    booth: Vec<BoothEntry>,
    #[serde(default)]
    policy: PolicyEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventEntry {
    name: Localized,
    #[serde(default)]
    timezone: Option<String>,
    #[serde(default)]
    records_days: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticesEntry {
    url: String,
    secret_file: PathBuf,
    #[serde(default)]
    retry: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoothEntry {
    id: BoothId,
    name: String,
    #[serde(default)]
    token_sha256: Option<String>,
    #[serde(default)]
    token_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IceServerEntry {
    urls: Vec<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    credential_file: Option<PathBuf>,
}

/// Seconds; what is not said stays at [`Policy::default`].
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PolicyEntry {
    knock: Option<u64>,
    pass_on: Option<u64>,
    waiting_grace: Option<u64>,
    guest_grace: Option<u64>,
    host_grace: Option<u64>,
    join: Option<u64>,
    returning: Option<u64>,
    number_life: Option<u64>,
    early: Option<u64>,
    ends_soon: Option<u64>,
    late: Option<u64>,
    reentry: Option<Reentry>,
}

/// Where a package puts the page: `share/engawa/recruiter` beside the program's `bin`.
fn installed_page() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let prefix = program.parent().and_then(Path::parent).unwrap_or(Path::new("/usr"));
    prefix.join("share/engawa/recruiter")
}
