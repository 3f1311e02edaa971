//! The real service on a free port, with booths' cards beside it.

use engawa_booth::identity::Identity;
use engawa_ledger::sled::SledLedger;
use engawa_protocol::Millis;
use engawa_service::booths::{EnrolKey, EnrolToken};
use engawa_service::config::{Config, Flags};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Nothing in a test is waited for longer.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// A service in this process, which ends with the test.
pub struct Fair {
    pub folder: TempDir,
    pub address: SocketAddr,
}

impl Fair {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path();
        std::fs::create_dir(at.join("page")).expect("a folder");
        std::fs::write(at.join("page/index.html"), "<!doctype html>").expect("a page");
        let text = "listen = \"127.0.0.1:0\"\ndata = \"data\"\npage = \"page\"\n\
            [event]\nname = { ja = \"秋\", ko = \"가을\", en = \"Autumn\" }\n\
            [[company]]\nid = \"minato\"\nname = { ja = \"みなと\", ko = \"미나토\", en = \"Minato\" }\n";
        std::fs::write(at.join("service.toml"), text).expect("a configuration");
        let config = Config::load(&at.join("service.toml"), Flags::default()).expect("a right configuration");
        std::fs::create_dir(at.join("data")).expect("a folder");
        let ledger = Arc::new(SledLedger::open(&at.join("data")).expect("a ledger"));
        let listener = TcpListener::bind(config.listen).await.expect("a port");
        let address = listener.local_addr().expect("its number");
        let ready = engawa_service::open(config, ledger).await.expect("the service opens");
        tokio::spawn(ready.serve(listener, std::future::pending()));
        Self { folder, address }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A token as `engawa-service enrol-token` makes it.
    pub fn token(&self, booth: &str) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_millis() as u64;
        self.token_of(booth, now)
    }

    pub fn token_of(&self, booth: &str, issued: u64) -> String {
        let key = EnrolKey::read(&self.folder.path().join("data/enrol.key")).expect("the service's key");
        let (id, life) = (booth.parse().expect("an id"), Duration::from_secs(600));
        key.token(&EnrolToken::new(id, "窓際".into(), None, Millis(issued), life)).expect("a token")
    }

    /// A card as `flash.sh` leaves it; the booth's settings for `service` stand beside its identity.
    pub fn card(&self, name: &str, token: &str, service: &str, more: &str) -> Card {
        let folder = self.folder.path().join(name);
        std::fs::create_dir(&folder).expect("a folder");
        std::fs::DirBuilder::new().mode(0o700).create(folder.join("identity")).expect("a folder");
        let text = format!(
            "service = \"{service}\"\nidentity = \"identity\"\ndata = \"data\"\nview = \"headless\"\n{more}\n\
             [video]\nsource = \"test\"\n[audio]\nsource = \"tone\"\n[speaker]\nsink = \"silent\"\n"
        );
        std::fs::write(folder.join("booth.toml"), text).expect("the settings");
        let card = Card { folder };
        card.put_token(token);
        card
    }
}

/// A booth's folder.
pub struct Card {
    pub folder: PathBuf,
}

impl Card {
    pub fn settings(&self) -> PathBuf {
        self.folder.join("booth.toml")
    }

    pub fn identity(&self) -> Identity {
        Identity::new(&self.folder.join("identity"))
    }

    pub fn put_token(&self, token: &str) {
        use std::io::Write;
        let path = self.folder.join("identity/enrol-token");
        let file = std::fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path);
        writeln!(file.expect("a file"), "{token}").expect("the token");
    }

    /// The files of the identity, each with its mode.
    pub fn files(&self) -> Vec<(String, u32)> {
        let mut files: Vec<_> = std::fs::read_dir(self.folder.join("identity"))
            .expect("the identity")
            .map(|entry| entry.expect("an entry"))
            .map(|entry| {
                let mode = entry.metadata().expect("its mode").permissions().mode() & 0o777;
                (entry.file_name().into_string().expect("a plain name"), mode)
            })
            .collect();
        files.sort();
        files
    }
}

/// The program itself; it ends with the test, however that ends.
pub fn program(args: &[&str], settings: &Path) -> tokio::process::Command {
    let mut command = tokio::process::Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", env!("CARGO_BIN_EXE_engawa-booth")]).args(args);
    command.arg("--config").arg(settings).kill_on_drop(true).env("ENGAWA_LOG", "info");
    command
}
