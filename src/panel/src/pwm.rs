//! A channel of the kernel's PWM, by its files (`Documentation/driver-api/pwm.rst`).

use crate::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The rights to a channel that was just exported are set by udev within this.
const RIGHTS: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(10);

/// One channel, running; dropped, it is dark.
#[derive(Debug)]
pub(crate) struct Pwm {
    channel: PathBuf,
    period: u64,
}

impl Pwm {
    /// Opens the channel, dark.
    pub fn open(chip: u32, channel: u32, hertz: u32) -> Result<Self, Error> {
        Self::open_below(Path::new("/sys/class/pwm"), chip, channel, hertz)
    }

    fn open_below(class: &Path, chip: u32, channel: u32, hertz: u32) -> Result<Self, Error> {
        let chip = class.join(format!("pwmchip{chip}"));
        let folder = chip.join(format!("pwm{channel}"));
        if !folder.exists() {
            write(&chip.join("export"), &channel.to_string())?;
        }
        let pwm = Self { channel: folder, period: 1_000_000_000 / u64::from(hertz.max(1)) };
        let until = Instant::now() + RIGHTS;
        loop {
            // A period below the duty cycle is refused, so that one goes first; it does not matter when it fails, as
            // it does while no period was ever set.
            write(&pwm.file("duty_cycle"), "0").ok();
            match write(&pwm.file("period"), &pwm.period.to_string()) {
                Ok(()) => break,
                Err(Error::Pwm { source, .. }) if early(&source) && Instant::now() < until => sleep(LOOK),
                Err(error) => return Err(error),
            }
        }
        pwm.set(0)?;
        write(&pwm.file("enable"), "1")?;
        Ok(pwm)
    }

    /// Sets the light, in percent.
    pub fn set(&self, percent: u8) -> Result<(), Error> {
        let duty = self.period * u64::from(percent.min(100)) / 100;
        write(&self.file("duty_cycle"), &duty.to_string())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.channel.join(name)
    }
}

impl Drop for Pwm {
    fn drop(&mut self) {
        self.set(0).ok();
    }
}

fn early(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::NotFound)
}

fn write(path: &Path, value: &str) -> Result<(), Error> {
    let pwm = |source| Error::Pwm { path: path.to_owned(), source };
    // Never made anew: a file that is not there is a channel that is not there.
    let mut file = fs::OpenOptions::new().write(true).truncate(true).open(path).map_err(pwm)?;
    io::Write::write_all(&mut file, value.as_bytes()).map_err(pwm)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chip(class: &Path) -> PathBuf {
        let folder = class.join("pwmchip2/pwm1");
        fs::create_dir_all(&folder).expect("a folder");
        for name in ["period", "duty_cycle", "enable"] {
            fs::write(folder.join(name), "0").expect("a file");
        }
        folder
    }

    // P6
    #[test]
    fn a_ring_of_sixty_percent_is_sixty_percent_of_its_period() {
        let class = tempfile::tempdir().expect("a folder");
        let folder = chip(class.path());
        let reads = |name: &str| fs::read_to_string(folder.join(name)).expect("written");
        let pwm = Pwm::open_below(class.path(), 2, 1, 20_000).expect("it opens");
        assert_eq!((reads("period"), reads("duty_cycle"), reads("enable")), ("50000".into(), "0".into(), "1".into()));
        pwm.set(60).expect("set");
        assert_eq!(reads("duty_cycle"), "30000");
        pwm.set(255).expect("set");
        assert_eq!(reads("duty_cycle"), "50000", "never more than all");
        drop(pwm);
        assert_eq!(reads("duty_cycle"), "0");
    }

    // P6
    #[test]
    fn a_channel_that_is_not_there_is_named() {
        let class = tempfile::tempdir().expect("a folder");
        let error = Pwm::open_below(class.path(), 0, 0, 20_000).expect_err("there is none");
        assert!(error.chain().contains("pwmchip0/export"), "{}", error.chain());
    }
}
