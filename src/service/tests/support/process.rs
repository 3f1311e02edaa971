//! The real program.

use super::{House, PATIENCE};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::time::timeout;

/// The real program, killed when the test ends in any way.
pub struct Process {
    pub child: Child,
    pub address: SocketAddr,
}

impl Process {
    pub async fn start(house: &House) -> Self {
        Self::start_with(house, &[]).await
    }

    pub async fn start_with(house: &House, more: &[&str]) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(Self::log_file(house)).unwrap();
        // Ends with us, also when we are killed.
        let mut child = tokio::process::Command::new("setpriv")
            .args(["--pdeathsig", "KILL", env!("CARGO_BIN_EXE_engawa-service"), "serve", "--config"])
            .arg(house.config_file())
            .args(more)
            .stdout(Stdio::piped())
            .stderr(log)
            .env("ENGAWA_LOG", "info,engawa_service=trace")
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, lines.next_line()).await.expect("a line in time").unwrap().expect("a line");
        let address = line.strip_prefix("listening on http://").expect("the address").parse().unwrap();
        Self { child, address }
    }

    /// Its end as a power cut or the kernel would bring it.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    pub fn log_file(house: &House) -> PathBuf {
        house.folder.path().join("service.log")
    }
}
