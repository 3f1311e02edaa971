//! A booth that cannot start says so on its display (P7): nobody in a hall reads a journal, and a dark screen tells
//! nothing. It looks again until it could start, and ends; systemd starts it anew.

use crate::config::{Flags, View as Place};
use crate::watchdog::Watchdog;
use engawa_protocol::Locale;
use engawa_screen::{Kind, Poster, Screen};
use engawa_session::view::{DISK_BROKEN, SETTINGS, Touch, View};
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// systemd starts the booth anew after any.
const AGAIN: ExitCode = ExitCode::SUCCESS;
/// The settings are looked at this often, and a frame is asked for.
const LOOK: Duration = Duration::from_secs(1);
/// A data partition that is not there is mounted by systemd when the unit starts, so that has to come again.
const MOUNT: Duration = Duration::from_secs(60);

/// Shows the page of a booth that cannot start, until `could_start`.
///
/// # Errors
/// `why`, at once where there is no appliance's display to show it on.
pub fn show(flags: &Flags, why: anyhow::Error, could_start: fn(&Flags) -> bool) -> anyhow::Result<ExitCode> {
    if flags.view != Some(Place::Kms) {
        return Err(why);
    }
    let fault = fault(flags.config.as_deref());
    tracing::error!(fault, "{why:#}");
    let (touched, touches) = mpsc::sync_channel(1);
    let opened = Screen::open(Kind::Kms, move |touch| {
        if let Touch::Language(locale) = touch {
            touched.try_send(locale).ok();
        }
    });
    let Ok(screen) = opened else { return Err(why) };
    screen.show(&View::out_of_order(Locale::default(), fault));
    let waiting = Waiting { watchdog: Watchdog::new(&screen, true), screen: screen.poster(), fault, touches };
    let flags = flags.clone();
    let thread = std::thread::Builder::new().name("unable".into());
    thread.spawn(move || waiting.wait(|| could_start(&flags)))?;
    screen.run()?;
    Ok(AGAIN)
}

struct Waiting {
    watchdog: Watchdog,
    screen: Poster,
    fault: &'static str,
    touches: mpsc::Receiver<Locale>,
}

impl Waiting {
    fn wait(mut self, could_start: impl Fn() -> bool) {
        let started = Instant::now();
        loop {
            self.watchdog.turn(Instant::now());
            if let Ok(locale) = self.touches.recv_timeout(LOOK) {
                self.screen.show(View::out_of_order(locale, self.fault)).ok();
            }
            if could_start() || self.fault == DISK_BROKEN && started.elapsed() > MOUNT {
                break;
            }
        }
        Screen::quit().ok();
    }
}

/// Settings that are not there for want of their folder are so for want of the disk.
fn fault(config: Option<&Path>) -> &'static str {
    let folder = config.and_then(Path::parent);
    if folder.is_some_and(|folder| !folder.exists()) { DISK_BROKEN } else { SETTINGS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_is_away_is_told_from_settings_that_are_wrong() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let settings = data.join("booth.toml");
        assert_eq!(fault(Some(&settings)), DISK_BROKEN);
        std::fs::create_dir(&data).expect("made");
        assert_eq!(fault(Some(&settings)), SETTINGS);
        assert_eq!(fault(None), SETTINGS);
    }
}
