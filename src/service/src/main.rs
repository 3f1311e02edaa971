//! The service's command line.

mod enrol_token;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use engawa_protocol::{AccountId, BoothId, CompanyId, clean_line, clean_name};
use engawa_service::accounts::{Account, Accounts, Role, random_token};
use engawa_service::config::{self, Config, Flags};
use engawa_service::ledger;
use enrol_token::MakeTokens;
use std::io::{IsTerminal, Read, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// For the runtime's threads at the end.
const LETTING_GO: Duration = Duration::from_secs(1);

/// The service of an interview booth: rooms, signaling and the recruiter's page.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves until SIGTERM or SIGINT.
    Serve(Serve),
    /// Makes a host's account; without NATS, the service must not be running on the same folder.
    AddHost(AddHost),
    /// Makes one-time tokens that booths enrol with, for their cards; the service may be running.
    EnrolToken(MakeTokens),
    /// Makes a device token for a booth and shows its hash for the configuration.
    DeviceToken(DeviceToken),
}

#[derive(Args)]
struct Serve {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// The folder for logs and accounts.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keeps everything on these NATS servers, as `nats://host:port`; several may be named.
    #[arg(long, value_name = "URL")]
    nats: Vec<String>,
    /// The folder of the built page.
    #[arg(long, value_name = "DIR")]
    page: Option<PathBuf>,
}

#[derive(Args)]
struct AddHost {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The folder for logs and accounts.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keeps everything on these NATS servers, as `nats://host:port`; several may be named.
    #[arg(long, value_name = "URL")]
    nats: Vec<String>,
    /// What the host types to sign in: lower-case letters, digits and hyphens.
    #[arg(long)]
    account: AccountId,
    /// The name that candidates see.
    #[arg(long)]
    name: String,
    /// The title that candidates see.
    #[arg(long, default_value = "")]
    title: String,
    /// The company, as the configuration names it; staff of the fair have none.
    #[arg(long, required_unless_present = "staff")]
    company: Option<CompanyId>,
    /// The account also looks after the company's other accounts.
    #[arg(long, conflicts_with = "staff")]
    admin: bool,
    /// The account is of the fair's staff, over all companies.
    #[arg(long, conflicts_with = "company")]
    staff: bool,
    /// A file with the password on its first line; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
    /// Sets a new password when there is such an account, and signs it out.
    #[arg(long)]
    replace: bool,
}

#[derive(Args)]
struct DeviceToken {
    /// The configuration file; its booth's `token_file` is written when --out names no other.
    #[arg(long, value_name = "FILE", requires = "booth")]
    config: Option<PathBuf>,
    /// The booth in the configuration.
    #[arg(long, requires = "config")]
    booth: Option<BoothId>,
    /// Writes the token to this new file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    match work(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("engawa-service: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn work(cli: Cli) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_env("ENGAWA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(ansi).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let worked = runtime.block_on(async {
        match cli.command {
            Command::Serve(serve) => serve.run().await,
            Command::AddHost(add) => add.run().await,
            Command::EnrolToken(make) => make.run(),
            Command::DeviceToken(device) => device.run(),
        }
    });
    // A thread that hangs in the ledger keeps nobody waiting: what it did not finish was not acknowledged.
    runtime.shutdown_timeout(LETTING_GO);
    worked
}

impl Serve {
    async fn run(self) -> anyhow::Result<()> {
        let config = Config::load(
            &self.config,
            Flags { listen: self.listen, data: self.data, nats: self.nats, page: self.page },
        )?;
        take_every_file();
        let ledger = ledger::open(&config.ledger).await?;
        let listen = config.listen;
        let listener = TcpListener::bind(listen).await.with_context(|| {
            format!("{listen} cannot be listened on; is another program there? --listen takes another one")
        })?;
        let ready = engawa_service::open(config, ledger).await?;
        // Signals count from here on: whoever reads the line may stop us.
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let address = listener.local_addr()?;
        tracing::info!(%address, "listening");
        println!("listening on http://{address}");
        let shutdown = async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        ready.serve(listener, shutdown).await;
        Ok(())
    }
}

impl AddHost {
    async fn run(self) -> anyhow::Result<()> {
        let config = Config::load(&self.config, Flags { data: self.data, nats: self.nats, ..Flags::default() })?;
        let file = self.config.display();
        let role = match (self.staff, self.admin) {
            (true, _) => Role::Staff,
            (false, true) => Role::Admin,
            (false, false) => Role::Host,
        };
        let ledger = ledger::open(&config.ledger).await?;
        let known = engawa_service::companies(&config, ledger.clone()).await?;
        if let Some(company) = self.company.as_ref().filter(|company| !known.contains(company)) {
            anyhow::bail!("{file} has no company \"{company}\"");
        }
        let account = Account {
            id: self.account,
            name: clean_name(&self.name).context("--name cannot be used")?,
            title: clean_line(&self.title).context("--title cannot be used")?,
            role,
            company: self.company,
        };
        let password = read_password(&self.password_file)?;
        let accounts = Accounts::new(ledger)?;
        accounts.add(account, password, self.replace).await?;
        println!("the account is there");
        Ok(())
    }
}

impl DeviceToken {
    fn run(self) -> anyhow::Result<()> {
        let named = match (&self.config, &self.booth) {
            (Some(file), Some(booth)) => config::token_file(file, booth)?,
            _ => None,
        };
        let token = random_token()?;
        match self.out.as_ref().or(named.as_ref()) {
            Some(path) => {
                let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
                let written = file.and_then(|mut file| writeln!(file, "{token}"));
                written.with_context(|| format!("{} cannot be written as a new file", path.display()))?;
            }
            None => println!("token: {token}"),
        }
        println!("token_sha256 = \"{}\"", hex::encode(config::hash(&token)));
        Ok(())
    }
}

/// Each connection is an open file, and most systems begin with 1,024 of them for the sake of old
/// programs: we take as many as we may have.
fn take_every_file() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let most = getrlimit(Resource::Nofile).maximum;
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most }) {
        tracing::warn!(%error, "the number of open files stays as it is");
    }
}

fn read_password(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let read = match file.to_str() {
        Some("-") => std::io::stdin().lock().take(64 * 1024).read_to_string(&mut text),
        _ => std::fs::File::open(file).and_then(|file| file.take(64 * 1024).read_to_string(&mut text)),
    };
    read.with_context(|| format!("the password cannot be read from {}", file.display()))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
