//! A service on a free port, and clients that talk to it over real sockets.

#![allow(dead_code, reason = "each story uses its own part")]

pub mod client;
pub mod device;
pub mod process;
#[path = "../../../ledger/tests/support/servers.rs"]
pub mod servers;
pub mod web;

use engawa_ledger::Ledger;
use engawa_ledger::sled::SledLedger;
use engawa_protocol::{ClientId, RoomId};
use engawa_service::accounts::{Account, Accounts, Role};
use engawa_service::config::{Config, Flags};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Nothing in a test is waited for longer; the service's own silence is 15 s.
pub const PATIENCE: Duration = Duration::from_secs(40);
pub const PASSWORD: &str = "しずかな縁側の朝";

/// Two booths, two companies; `more` goes before the tables.
pub fn config_text(more: &str, policy: &str) -> String {
    format!(
        "listen = \"127.0.0.1:0\"\ndata = \"data\"\npage = \"page\"\n{more}\n\
         [event]\nname = {{ ja = \"秋\", ko = \"가을\", en = \"Autumn\" }}\n\
         [policy]\n{policy}\n\
         [[company]]\nid = \"minato\"\nname = {{ ja = \"みなと精工\", ko = \"미나토 정공\", en = \"Minato\" }}\n\
         [[company]]\nid = \"hokuto\"\nname = {{ ja = \"北斗食品\", ko = \"호쿠토 식품\", en = \"Hokuto\" }}\n\
         {}{}",
        booth_text("a-01"),
        booth_text("a-02"),
    )
}

/// A further booth in the configuration.
pub fn booth_text(id: &str) -> String {
    let hash = engawa_service::config::hash(&token(id)).map(|byte| format!("{byte:02x}")).concat();
    format!("[[booth]]\nid = \"{id}\"\nname = \"{}\"\ntoken_sha256 = \"{hash}\"\n", id.to_uppercase())
}

pub fn token(booth: &str) -> String {
    format!("token-of-{booth}")
}

pub fn fresh_room() -> RoomId {
    RoomId::from_random(fresh())
}

pub fn fresh_client() -> ClientId {
    ClientId::from_random(fresh())
}

fn fresh() -> [u8; 16] {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    (u128::from(COUNT.fetch_add(1, Ordering::Relaxed)) << 32).to_be_bytes()
}

/// The service's folder, and the service while it runs in this process.
pub struct House {
    pub folder: TempDir,
    running: Option<(SocketAddr, oneshot::Sender<()>, JoinHandle<()>)>,
}

impl House {
    pub async fn open() -> Self {
        Self::open_with("", "").await
    }

    pub async fn open_with(more: &str, policy: &str) -> Self {
        let mut house = Self::furnish(more, policy);
        house.add_host("takahashi", "minato").await;
        house.add_host("mori", "minato").await;
        house.add_host("kim", "hokuto").await;
        house.add_host("fair", "").await;
        house.start().await;
        house
    }

    /// The folder alone, with page and configuration.
    pub fn furnish(more: &str, policy: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("page/assets")).unwrap();
        std::fs::write(folder.path().join("page/index.html"), "<!doctype html><title>page</title>").unwrap();
        std::fs::write(folder.path().join("page/assets/index-5eed.js"), "export {};").unwrap();
        std::fs::write(folder.path().join("service.toml"), config_text(more, policy)).unwrap();
        Self { folder, running: None }
    }

    pub fn config_file(&self) -> PathBuf {
        self.folder.path().join("service.toml")
    }

    pub async fn add_host(&self, id: &str, company: &str) {
        Self::add_host_to(Arc::new(self.ledger()), id, company).await;
    }

    pub async fn add_host_to(ledger: Arc<dyn Ledger>, id: &str, company: &str) {
        let accounts = Accounts::new(ledger).unwrap();
        let account = Account {
            id: id.parse().unwrap(),
            name: format!("{id}さん"),
            title: "採用担当".to_owned(),
            role: if company.is_empty() { Role::Staff } else { Role::Host },
            company: (!company.is_empty()).then(|| company.parse().unwrap()),
        };
        accounts.add(account, PASSWORD.to_owned(), false).await.unwrap();
    }

    pub fn ledger(&self) -> SledLedger {
        open_ledger(&self.folder.path().join("data"))
    }

    pub async fn start(&mut self) {
        self.start_on(Arc::new(self.ledger())).await;
    }

    pub async fn start_on(&mut self, ledger: Arc<dyn Ledger>) {
        let config = Config::load(&self.config_file(), Flags::default()).unwrap();
        let listener = TcpListener::bind(config.listen).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let shutdown = async {
                stopped.await.ok();
            };
            engawa_service::run(config, ledger, listener, shutdown).await.unwrap();
        });
        self.running = Some((address, stop, task));
    }

    pub async fn stop(&mut self) {
        let (_, stop, task) = self.running.take().expect("the service runs");
        stop.send(()).ok();
        tokio::time::timeout(PATIENCE, task).await.expect("it stops in time").unwrap();
    }

    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().expect("the service runs").0
    }
}

fn open_ledger(folder: &Path) -> SledLedger {
    SledLedger::open(folder).unwrap()
}
