//! The one loop: what happened goes into the session, what it wants done goes to the adapters,
//! what it shows goes to the screen.

use crate::inbox::Happened;
use crate::link::Link;
use crate::status::Status;
use crate::store::Store;
use crate::studio::Studio;
use anyhow::Context;
use engawa_screen::{Poster, Screen};
use engawa_session::booth::{Booth, Config, Effect, Input};
use engawa_session::view::View;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Everything the loop works with.
pub struct Parts {
    /// To the service.
    pub link: Link,
    /// Camera, microphone, speaker, connections.
    pub studio: Studio,
    /// On disk.
    pub store: Store,
    /// To whoever runs a script.
    pub status: Status,
    /// The screen.
    pub screen: Poster,
}

/// The loop's own state.
pub struct Driver {
    booth: Booth,
    parts: Parts,
    connection: u64,
    shown: Option<View>,
    clock: String,
}

impl Driver {
    /// A driver with the interview of the last run, if one was running.
    pub fn new(config: Config, parts: Parts) -> anyhow::Result<Self> {
        let saved = parts.store.saved()?;
        if saved.is_some() {
            tracing::info!("returning to a running interview");
        }
        let random = || {
            let mut bits = [0; 16];
            getrandom::fill(&mut bits).expect("the kernel has random bits");
            bits
        };
        let booth = Booth::new(config, saved, random, Instant::now());
        Ok(Self { booth, parts, connection: 0, shown: None, clock: String::new() })
    }

    /// Runs until told to stop; answers the exit code.
    pub fn run(mut self, happened: &mpsc::Receiver<Happened>) -> anyhow::Result<u8> {
        // However the loop ends, the program ends with it: a picture without a loop is a dead booth.
        let _ending = Ending;
        self.turn(happened)
    }

    fn turn(&mut self, happened: &mpsc::Receiver<Happened>) -> anyhow::Result<u8> {
        /// The clock on the screen is looked at this often.
        const CLOCK: Duration = Duration::from_secs(1);
        loop {
            while let Some(effect) = self.booth.poll_effect() {
                self.carry_out(effect);
            }
            self.show();
            let now = Instant::now();
            let until = self.booth.poll_timeout().map_or(CLOCK, |at| at.saturating_duration_since(now)).min(CLOCK);
            match happened.recv_timeout(until) {
                Ok(Happened::Input(input)) => self.booth.handle(input, Instant::now()),
                Ok(Happened::LinkUp(connection)) => {
                    self.connection = connection;
                    self.booth.handle(Input::LinkUp, Instant::now());
                }
                Ok(Happened::Figures(answer)) => {
                    let figures = self.parts.studio.figures();
                    answer.send(figures.recv_timeout(Duration::from_secs(2)).unwrap_or(Value::Null)).ok();
                }
                Ok(Happened::Snapshot(path, answer)) => self.snapshot(path, answer),
                Ok(Happened::Stop(code)) => return Ok(code),
                Err(mpsc::RecvTimeoutError::Timeout) => self.booth.handle_timeout(Instant::now()),
                Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(0),
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        // A disk that fails costs the way back after a crash, not the interview.
        let kept = |result: anyhow::Result<()>| {
            if let Err(error) = result {
                tracing::error!("{error:#}");
            }
        };
        match effect {
            Effect::Send(message) => self.parts.link.send(self.connection, message),
            Effect::Store(saved) => kept(self.parts.store.save(&saved).context("keeping the interview")),
            Effect::Forget => kept(self.parts.store.forget().context("forgetting the interview")),
            Effect::Media(command) => self.parts.studio.command(command),
            // The queue on disk and the files of the chat get their adapters with their screens.
            Effect::Write { .. } => self.booth.handle(Input::QueueFull, Instant::now()),
            Effect::Fetch { room, post, .. } => {
                self.booth.handle(Input::Fetched { room, post, here: false }, Instant::now());
            }
            Effect::Dismiss(_) | Effect::EndSession(_) | Effect::CloseFile => {}
        }
    }

    fn show(&mut self) {
        let clock = crate::status::clock();
        if clock != self.clock {
            self.clock.clone_from(&clock);
            on_screen(self.parts.screen.post(move |screen| screen.set_clock(&clock)));
        }
        let view = self.booth.view();
        if self.shown.as_ref() == Some(&view) {
            return;
        }
        self.parts.status.tell(&view);
        self.shown = Some(view.clone());
        on_screen(self.parts.screen.show(view));
    }

    fn snapshot(&self, path: PathBuf, answer: oneshot::Sender<Result<(), String>>) {
        on_screen(self.parts.screen.post(move |screen| {
            let written = screen
                .snapshot()
                .map_err(|error| error.to_string())
                .and_then(|picture| crate::status::write_png(&path, &picture).map_err(|error| format!("{error:#}")));
            answer.send(written).ok();
        }));
    }
}

/// Ends the screen's event loop when dropped, by a panic too.
struct Ending;

impl Drop for Ending {
    fn drop(&mut self) {
        // It may have ended by itself, as when a window is closed.
        Screen::quit().ok();
    }
}

/// A screen that takes nothing is seen by the watchdog; here it is only told.
fn on_screen(result: Result<(), engawa_screen::Error>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the screen takes nothing");
    }
}
