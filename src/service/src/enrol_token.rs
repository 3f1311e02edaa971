//! Tokens for booths to enrol with, made beside a running service: nothing but its key is read.

use anyhow::{Context, bail};
use clap::Args;
use engawa_protocol::{BoothId, CompanyId, Millis, clean_line};
use engawa_service::booths::{BOOTHS, EnrolKey, EnrolToken, LONGEST_LIFE, NAME_CHARS};
use engawa_service::config::{Config, EnrolKeyFile, Flags};
use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Longest list of booths in bytes.
const LIST_BYTES: u64 = 1024 * 1024;

#[derive(Args)]
pub struct MakeTokens {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The folder for logs and accounts, where the key is unless the configuration names it.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The booth's id: lower-case letters, digits and hyphens.
    #[arg(long, requires = "name", required_unless_present = "booths", conflicts_with = "booths")]
    booth: Option<BoothId>,
    /// The name that people see, unless the booth is there and has one already.
    #[arg(long, requires = "booth")]
    name: Option<String>,
    /// The company that the booth belongs to; left out, it is of the pool.
    #[arg(long, requires = "booth")]
    company: Option<CompanyId>,
    /// Many booths at once: lines of "id,name" or "id,name,company", UTF-8. What comes out is for flash.sh --booths.
    #[arg(long, value_name = "FILE")]
    booths: Option<PathBuf>,
    /// How long a token is good, such as 30m, 24h or 7d; at most 30d.
    #[arg(long, default_value = "24h", value_parser = life)]
    life: Duration,
    /// Writes to this new file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

struct Wanted {
    id: BoothId,
    name: String,
    company: Option<CompanyId>,
}

impl MakeTokens {
    pub fn run(self) -> anyhow::Result<()> {
        let config = Config::load(&self.config, Flags { data: self.data.clone(), ..Flags::default() })?;
        let key = key(&config)?;
        let wanted = match (&self.booths, self.booth, self.name) {
            (Some(list), ..) => read_list(list)?,
            (None, Some(id), Some(name)) => {
                let name = name_of(&name).context("--name cannot be used")?;
                vec![Wanted { id, name, company: self.company }]
            }
            _ => bail!("--booth and --name, or --booths, are needed"),
        };
        let file = self.config.display();
        if let Some(booth) = wanted.iter().find(|wanted| config.booths.iter().any(|known| known.id == wanted.id)) {
            bail!("{file} has a booth \"{}\" with a token of its own: take it out there first", booth.id);
        }
        let issued = Millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64);
        let mut text = String::new();
        if self.booths.is_some() {
            text.push_str("name,token\n");
        }
        for Wanted { id, name, company } in wanted {
            let token = EnrolToken::new(id.clone(), name.clone(), company, issued, self.life);
            let token = key.token(&token).with_context(|| format!("booth \"{id}\""))?;
            match self.booths {
                Some(_) => text.push_str(&format!("\"{}\",{token}\n", name.replace('"', "\"\""))),
                None => text.push_str(&format!("{token}\n")),
            }
        }
        match &self.out {
            Some(path) => {
                let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
                let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
                written.with_context(|| format!("{} cannot be written as a new file", path.display()))
            }
            None => std::io::stdout().write_all(text.as_bytes()).context("the token cannot be written"),
        }
    }
}

/// The key, which is made beside the ledger when the service never ran there.
fn key(config: &Config) -> anyhow::Result<EnrolKey> {
    match &config.enrol_key {
        Some(EnrolKeyFile::Named(file)) => Ok(EnrolKey::read(file)?),
        Some(EnrolKeyFile::Own(file)) => {
            let folder = file.parent().unwrap_or(Path::new("."));
            // Made here it would be of whoever runs this, and not the service's.
            if !folder.is_dir() {
                bail!("{} does not exist: start the service once, or make the folder for it", folder.display());
            }
            Ok(EnrolKey::read_or_make(file)?)
        }
        None => bail!("with NATS, `enrol_key_file` must name the key that all nodes have: 32 random bytes"),
    }
}

fn read_list(path: &Path) -> anyhow::Result<Vec<Wanted>> {
    let name = path.display();
    let size = std::fs::metadata(path).with_context(|| format!("{name} cannot be read"))?.len();
    anyhow::ensure!(size <= LIST_BYTES, "{name} is larger than a list of booths");
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).comment(Some(b'#')).trim(csv::Trim::All);
    let (mut seen, mut names, mut wanted) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for row in reader.from_path(path).with_context(|| format!("{name} cannot be read"))?.records() {
        let row = row.with_context(|| format!("{name} is no list of \"id,name,company\" in UTF-8"))?;
        let line = row.position().map_or(0, csv::Position::line);
        let at = || format!("{name}, line {line}");
        let (id, shown, company) = match row.iter().collect::<Vec<_>>()[..] {
            ["id", "name", ..] if line == 1 => continue,
            [id, shown] | [id, shown, ""] => (id, shown, None),
            [id, shown, company] => (id, shown, Some(company)),
            _ => bail!("{}: \"id,name\" or \"id,name,company\" is expected", at()),
        };
        let id: BoothId = id.trim_start_matches('\u{feff}').parse().with_context(at)?;
        let shown = name_of(shown).with_context(at)?;
        anyhow::ensure!(seen.insert(id.clone()), "{}: the booth \"{id}\" again", at());
        anyhow::ensure!(names.insert(shown.clone()), "{}: the name of another booth again", at());
        anyhow::ensure!(wanted.len() < BOOTHS, "{}: more than {BOOTHS} booths", at());
        wanted.push(Wanted { id, name: shown, company: company.map(str::parse).transpose().with_context(at)? });
    }
    anyhow::ensure!(!wanted.is_empty(), "{name} names no booth");
    Ok(wanted)
}

fn name_of(text: &str) -> anyhow::Result<String> {
    let name = clean_line(text)?;
    let fits = (1..=NAME_CHARS).contains(&name.chars().count()) && !name.contains(char::is_control);
    anyhow::ensure!(fits, "a booth's name has 1 to {NAME_CHARS} characters on one line");
    Ok(name)
}

fn life(text: &str) -> Result<Duration, String> {
    let units = [('m', 60), ('h', 3600), ('d', 86_400)];
    let told = units.iter().find_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(*unit)?.parse().ok()?;
        number.checked_mul(*seconds).map(Duration::from_secs)
    });
    told.filter(|life| !life.is_zero() && *life <= LONGEST_LIFE)
        .ok_or_else(|| "such as 30m, 24h or 7d; at most 30d".into())
}
