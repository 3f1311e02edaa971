//! A booth whose settings cannot be used says so on its display (P7): nobody in a hall reads a journal, and a dark
//! screen tells nothing. It looks again until it could start, and ends; systemd starts it anew.

use crate::config::{Flags, View as Place};
use crate::watchdog::Watchdog;
use engawa_protocol::Locale;
use engawa_screen::{Kind, Poster, Screen};
use engawa_session::view::{DISK_BROKEN, SETTINGS, Touch, View};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Touches are waited for so long, and a frame is asked for.
const TURN: Duration = Duration::from_secs(1);
/// The settings are tried again after this.
const TRY: Duration = Duration::from_secs(10);

/// Shows the page of a booth that cannot start, until it could.
///
/// # Errors
/// `why`, at once where there is no appliance's display to show it on; a display that does not open.
pub fn show(flags: &Flags, why: anyhow::Error, start: fn(&Flags) -> anyhow::Result<()>) -> anyhow::Result<ExitCode> {
    let (Some(Place::Kms), Some(config)) = (flags.view, flags.config.clone()) else { return Err(why) };
    let fault = fault(&why, &config);
    tracing::error!(fault, "{why:#}");
    let (touched, touches) = mpsc::sync_channel(1);
    let screen = Screen::open(Kind::Kms, move |touch| {
        if let Touch::Language(locale) = touch {
            touched.try_send(locale).ok();
        }
    })?;
    screen.show(&View::out_of_order(Locale::default(), fault));
    let flags = flags.clone();
    let waiting = Waiting {
        watchdog: Watchdog::new(&screen, true),
        screen: screen.poster(),
        locale: Locale::default(),
        fault,
        touches,
        config,
    };
    let thread = std::thread::Builder::new().name("unable".into());
    thread.spawn(move || waiting.wait(|| start(&flags)))?;
    screen.run()?;
    Ok(ExitCode::SUCCESS)
}

struct Waiting {
    watchdog: Watchdog,
    screen: Poster,
    locale: Locale,
    fault: &'static str,
    touches: mpsc::Receiver<Locale>,
    config: PathBuf,
}

impl Waiting {
    fn wait(mut self, start: impl Fn() -> anyhow::Result<()>) {
        let mut tried = Instant::now();
        loop {
            self.watchdog.turn(Instant::now());
            if let Ok(locale) = self.touches.recv_timeout(TURN) {
                self.locale = locale;
                self.screen.show(View::out_of_order(locale, self.fault)).ok();
            }
            if tried.elapsed() < TRY {
                continue;
            }
            tried = Instant::now();
            let Err(why) = start() else { break };
            let fault = fault(&why, &self.config);
            if fault != self.fault {
                tracing::error!(fault, "{why:#}");
                self.fault = fault;
                self.screen.show(View::out_of_order(self.locale, fault)).ok();
            }
        }
        Screen::quit().ok();
    }
}

/// Settings that are not there for want of their folder, or that cannot be read, are the disk's fault.
fn fault(why: &anyhow::Error, config: &Path) -> &'static str {
    let reading = why.chain().find_map(|cause| cause.downcast_ref::<Error>());
    let wrong = [ErrorKind::NotFound, ErrorKind::PermissionDenied, ErrorKind::InvalidData];
    let unreadable = reading.is_some_and(|error| !wrong.contains(&error.kind()));
    let away = config.parent().is_some_and(|folder| !folder.exists());
    if unreadable || away { DISK_BROKEN } else { SETTINGS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_is_away_or_fails_is_told_from_settings_that_are_wrong() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let settings = data.join("booth.toml");
        let of = |kind: ErrorKind| anyhow::Error::from(Error::from(kind)).context("reading booth.toml");
        assert_eq!(fault(&of(ErrorKind::NotFound), &settings), DISK_BROKEN);
        std::fs::create_dir(&data).expect("made");
        assert_eq!(fault(&of(ErrorKind::NotFound), &settings), SETTINGS);
        assert_eq!(fault(&anyhow::anyhow!("no service"), &settings), SETTINGS);
        assert_eq!(fault(&anyhow::Error::from(Error::from_raw_os_error(5)), &settings), DISK_BROKEN, "EIO");
    }
}
