//! Where everything is on an appliance, and what runs on it.

use clap::Args;
use engawa_session::update::{Image, Running};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;

/// A machine goes down within this, whatever hangs in it.
const GOING_DOWN: Duration = Duration::from_secs(300);

/// Paths and programs; tests put their own in place.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Downloads, and what is known of updates.
    #[arg(long, value_name = "DIR", default_value = "/data/update")]
    pub data: PathBuf,
    /// What the booth reads of its image.
    #[arg(long, value_name = "FILE", default_value = "/run/engawa-updater/device.json")]
    pub device: PathBuf,
    /// The booth's control socket.
    #[arg(long, value_name = "SOCKET", default_value = "/run/engawa/booth.sock")]
    pub socket: PathBuf,
    /// The running image's version.
    #[arg(long, hide = true, default_value = "/etc/os-release")]
    pub os_release: PathBuf,
    /// The running slot.
    #[arg(long, hide = true, default_value = "/proc/cmdline")]
    pub cmdline: PathBuf,
    /// The name of this start.
    #[arg(long, hide = true, default_value = "/proc/sys/kernel/random/boot_id")]
    pub boot_id: PathBuf,
    /// RAUC's settings; the first that is there.
    #[arg(long, hide = true, default_values = ["/etc/rauc/system.conf", "/usr/lib/rauc/system.conf"])]
    pub rauc_conf: Vec<PathBuf>,
    /// RAUC.
    #[arg(long, hide = true, default_value = "rauc")]
    pub rauc: PathBuf,
    /// What restarts the machine.
    #[arg(long, hide = true, default_value = "systemctl")]
    pub systemctl: PathBuf,
    /// Seconds before something is asked again.
    #[arg(long, hide = true, default_value = "5", value_parser = seconds)]
    pub pause: Duration,
}

/// What cannot be told of this machine.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// A file cannot be read.
    #[error("reading {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is no appliance.
    #[error("{path} names no {what}: updates are for a booth's image, started by its boot loader")]
    NoAppliance {
        /// Where it was looked for.
        path: PathBuf,
        /// What is missing.
        what: &'static str,
    },
    /// The machine cannot be restarted.
    #[error("asking systemd to restart the machine: {0}")]
    Restart(String),
}

/// Seconds on the command line, with a fraction if need be.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().map_err(|_| "must be a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "must be a number of seconds from 0 on".to_owned())
}

impl Place {
    /// What runs here.
    ///
    /// # Errors
    /// When this is no appliance.
    pub fn running(&self) -> Result<Running, PlaceError> {
        let missing = |path: &Path, what| PlaceError::NoAppliance { path: path.to_owned(), what };
        let release = read(&self.os_release)?;
        let version = release.lines().find_map(|line| line.strip_prefix("IMAGE_VERSION="));
        let version = version.map(|text| text.trim_matches(['"', '\'']).to_owned()).filter(|text| !text.is_empty());
        let words = read(&self.cmdline)?;
        let slot = words.split_whitespace().find_map(|word| word.strip_prefix("rauc.slot=")).map(str::to_owned);
        let image = Image {
            version: version.ok_or_else(|| missing(&self.os_release, "IMAGE_VERSION"))?,
            slot: slot.ok_or_else(|| missing(&self.cmdline, "rauc.slot"))?,
        };
        Ok(Running { image, boot: read(&self.boot_id)?.trim().to_owned() })
    }

    /// Restarts the machine; on an appliance it does not come back.
    ///
    /// # Errors
    /// When systemd does not do it.
    pub async fn restart(&self) -> Result<(), PlaceError> {
        let asked = Command::new(&self.systemctl).arg("reboot").kill_on_drop(true).status();
        match timeout(GOING_DOWN, asked).await {
            Ok(Ok(status)) if status.success() => {}
            Ok(Ok(status)) => return Err(PlaceError::Restart(status.to_string())),
            Ok(Err(error)) => return Err(PlaceError::Restart(error.to_string())),
            Err(_) => return Err(PlaceError::Restart("no answer".into())),
        }
        // Whoever holds the booth closed holds it until the end.
        tokio::time::sleep(GOING_DOWN.min(self.pause * 60)).await;
        Err(PlaceError::Restart("it still runs".into()))
    }
}

fn read(path: &Path) -> Result<String, PlaceError> {
    std::fs::read_to_string(path).map_err(|source| PlaceError::Read { path: path.to_owned(), source })
}
