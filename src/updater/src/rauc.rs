//! Questions to RAUC, which writes slots, verifies signatures and speaks to the boot loader.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::time::timeout;

/// Longest output that is read, in bytes.
const OUTPUT: u64 = 64 * 1024;
const QUESTION: Duration = Duration::from_secs(120);
/// A slot of 2 GiB takes this long at 600 kB/s, which the slowest card does.
const INSTALL: Duration = Duration::from_secs(3600);

/// What RAUC did not do.
#[derive(Debug, thiserror::Error)]
pub enum RaucError {
    /// It cannot be run.
    #[error("running rauc {what}")]
    Run {
        /// Its command.
        what: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// It did not end.
    #[error("rauc {what} did not end in time")]
    Time {
        /// Its command.
        what: String,
    },
    /// It said no.
    #[error("rauc {what}: {said}")]
    Said {
        /// Its command.
        what: String,
        /// Its last line.
        said: String,
    },
    /// Its answer is not understood.
    #[error("rauc {what} answered something unknown")]
    Answer {
        /// Its command.
        what: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl RaucError {
    /// The bundle is to blame, and will be again; a certificate's days may be this machine's clock instead.
    pub fn is_final(&self) -> bool {
        let says = |said: &str, words: &[&str]| words.iter().any(|word| said.contains(word));
        matches!(self, Self::Said { said, .. } if says(said, &["signature", "certificate", "manifest"])
            && !says(said, &["not yet valid", "has expired"]))
    }
}

/// What a bundle says of itself, under its signature.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Info {
    /// The machine that it is for.
    pub compatible: String,
    /// What it brings.
    #[serde(default)]
    pub version: String,
}

/// What RAUC knows of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Status {
    /// What it is.
    pub compatible: String,
    /// The slot that the boot loader takes first, such as `rootfs.0`.
    #[serde(default)]
    pub boot_primary: Option<String>,
    slots: Vec<BTreeMap<String, Slot>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Slot {
    #[serde(default)]
    bootname: Option<String>,
    #[serde(default)]
    boot_status: Option<String>,
}

impl Status {
    /// The boot name of the slot that does not run.
    pub fn other(&self, running: &str) -> Option<&str> {
        self.bootable().map(|(_, name, _)| name).find(|name| *name != running)
    }

    /// Whether the boot loader would start the slot that does not run.
    pub fn way_back(&self, running: &str) -> bool {
        self.bootable().any(|(_, name, slot)| name != running && slot.boot_status.as_deref() == Some("good"))
    }

    /// Whether the boot loader takes the running slot first.
    pub fn is_first(&self, running: &str) -> bool {
        self.bootable().any(|(id, name, _)| name == running && self.boot_primary.as_deref() == Some(id))
    }

    fn bootable(&self) -> impl Iterator<Item = (&str, &str, &Slot)> {
        let slots = self.slots.iter().flatten();
        slots.filter_map(|(id, slot)| Some((id.as_str(), slot.bootname.as_deref()?, slot)))
    }
}

/// What the boot loader is told of the running slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It works.
    Good,
    /// It must not be started.
    Bad,
    /// It is the first to be started.
    Active,
}

/// RAUC.
#[derive(Debug, Clone, Copy)]
pub struct Rauc<'a> {
    /// Its program.
    pub program: &'a Path,
}

impl Rauc<'_> {
    /// Verifies a bundle's signature and tells what it brings.
    ///
    /// # Errors
    /// When it cannot be verified: [`RaucError::is_final`] when it never will be.
    pub async fn info(&self, bundle: &Path) -> Result<Info, RaucError> {
        self.json(&["info", "--output-format=json"], Some(bundle)).await
    }

    /// Asks for the slots.
    ///
    /// # Errors
    /// When RAUC does not answer.
    pub async fn status(&self) -> Result<Status, RaucError> {
        self.json(&["status", "--detailed", "--output-format=json"], None).await
    }

    /// Writes the slot that does not run, and puts it first.
    ///
    /// # Errors
    /// When RAUC fails: the slot is not put first then.
    pub async fn install(&self, bundle: &Path) -> Result<(), RaucError> {
        self.run(&["install"], Some(bundle), INSTALL).await.map(drop)
    }

    /// Tells the boot loader of the running slot.
    ///
    /// # Errors
    /// When RAUC fails.
    pub async fn mark(&self, mark: Mark) -> Result<(), RaucError> {
        let word = match mark {
            Mark::Good => "mark-good",
            Mark::Bad => "mark-bad",
            Mark::Active => "mark-active",
        };
        self.run(&["status", word, "booted"], None, QUESTION).await.map(drop)
    }

    async fn json<T: serde::de::DeserializeOwned>(&self, words: &[&str], file: Option<&Path>) -> Result<T, RaucError> {
        let answer = self.run(words, file, QUESTION).await?;
        serde_json::from_slice(&answer).map_err(|source| RaucError::Answer { what: words.join(" "), source })
    }

    async fn run(&self, words: &[&str], file: Option<&Path>, within: Duration) -> Result<Vec<u8>, RaucError> {
        let what = words.join(" ");
        let mut command = Command::new(self.program);
        command.args(words).args(file).stdin(Stdio::null()).kill_on_drop(true);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).env("LC_ALL", "C");
        let talk = async {
            let mut child = command.spawn()?;
            let (out, err) = (child.stdout.take(), child.stderr.take());
            let (out, err) = tokio::try_join!(read(out), read(err))?;
            std::io::Result::Ok((child.wait().await?, out, err))
        };
        match timeout(within, talk).await {
            Ok(Ok((status, out, _))) if status.success() => Ok(out),
            Ok(Ok((status, out, err))) => Err(RaucError::Said { what, said: last_word(&err, &out, status) }),
            Ok(Err(source)) => Err(RaucError::Run { what, source }),
            Err(_) => Err(RaucError::Time { what }),
        }
    }
}

/// Reads to the end; what is too long falls away.
async fn read(from: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        (&mut from).take(OUTPUT).read_to_end(&mut bytes).await?;
        tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    }
    Ok(bytes)
}

fn last_word(err: &[u8], out: &[u8], status: std::process::ExitStatus) -> String {
    let line = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.lines().rev().map(str::trim).find(|line| !line.is_empty()).map(|line| line.chars().take(200).collect())
    };
    line(err).or_else(|| line(out)).unwrap_or_else(|| status.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_blames_no_bundle() {
        let said = |said: &str| RaucError::Said { what: "info".into(), said: said.into() };
        let failed = "signature verification failed: Verify error: ";
        assert!(said(&format!("{failed}self-signed certificate")).is_final());
        assert!(!said(&format!("{failed}certificate is not yet valid")).is_final());
        assert!(!said(&format!("{failed}certificate has expired")).is_final());
        assert!(!said("No space left on device").is_final());
    }
}
