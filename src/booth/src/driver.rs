//! The one loop: what happened goes into the session, what it wants done goes to the adapters,
//! what it shows goes to the screen.

use crate::disk::{Disk, Place, Start};
use crate::inbox::{Happened, Post};
use crate::link::Link;
use crate::status::Status;
use crate::studio::Studio;
use crate::watchdog::Watchdog;
use anyhow::Context;
use engawa_booth::control::Control;
use engawa_booth::courier::Outgoing;
use engawa_booth::document::{self, Document};
use engawa_booth::store::StoreError;
use engawa_panel::Panel;
use engawa_protocol::{FileCard, Millis, RoomId, Seq, limits};
use engawa_screen::{Poster, Screen};
use engawa_session::booth::{Booth, Config, Effect, Input};
use engawa_session::health::{Check, Finding, Part};
use engawa_session::outbox::{self, Draft};
use engawa_session::view::View;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;

/// The exit code of a restart that the staff asked for; systemd starts the booth again after any.
const RESTART: u8 = 4;

/// Everything the loop works with.
pub struct Parts {
    /// To the service.
    pub link: Link,
    /// Camera, microphone, speaker, connections.
    pub studio: Studio,
    /// To whoever runs a script.
    pub status: Status,
    /// Sensors, button and lamps.
    pub panel: Panel,
    /// To systemd.
    pub watchdog: Watchdog,
    /// The screen.
    pub screen: Poster,
    /// To programs beside the booth.
    pub control: Control,
}

/// The loop's own state.
pub struct Driver {
    booth: Booth,
    disk: Disk,
    place: Place,
    parts: Parts,
    inbox: Post,
    connection: u64,
    shown: Option<View>,
    /// What the clock on the screen shows, in minutes since 1970.
    minute: Option<u64>,
}

impl Driver {
    /// A driver that returns to the interview of the last run, if one was running.
    pub fn new(config: Config, parts: Parts, start: Start, inbox: Post) -> Self {
        let Start { disk, place, opened } = start;
        on_screen(parts.screen.post(|screen| screen.bring_files(true)));
        let saved = opened.as_ref().ok().cloned().flatten();
        if saved.is_some() {
            tracing::info!("returning to a running interview");
        }
        let mut booth = Booth::new(config, saved, random, Instant::now());
        if let Err(error) = &opened {
            tell_of_disk(&mut booth, error);
        }
        Self { booth, disk, place, parts, inbox, connection: 0, shown: None, minute: None }
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
            self.drain();
            self.show();
            let now = Instant::now();
            self.parts.watchdog.turn(now);
            if self.parts.studio.is_stuck(now) {
                tracing::error!("the media hang, a device or the disk: the program starts anew");
                return Ok(3);
            }
            let courier = self.disk.courier().and_then(|courier| courier.poll_timeout());
            let next = [self.booth.poll_timeout(), courier, self.disk.poll_timeout()].into_iter().flatten().min();
            let until = next.map_or(CLOCK, |at| at.saturating_duration_since(now)).min(CLOCK);
            match happened.recv_timeout(until) {
                Ok(Happened::Input(input)) => self.handle(input, Instant::now()),
                Ok(Happened::Queue(input)) => self.queue(input, Instant::now()),
                Ok(Happened::LinkUp(connection)) => {
                    self.connection = connection;
                    self.booth.handle(Input::LinkUp, Instant::now());
                }
                Ok(Happened::Figures(answer)) => self.parts.studio.figures(answer),
                Ok(Happened::Document { room, post, document }) => self.document(room, post, document),
                Ok(Happened::Attach(path, answer)) => {
                    answer.send(self.attach(&path).map_err(|error| format!("{error:#}"))).ok();
                }
                Ok(Happened::Snapshot(path, answer)) => self.snapshot(path, answer),
                Ok(Happened::Checked(n, checks)) => self.checked(n, checks, Instant::now()),
                Ok(Happened::Stop(code)) => return Ok(code),
                Err(mpsc::RecvTimeoutError::Timeout) => self.booth.handle_timeout(Instant::now()),
                Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(0),
            }
            // Also when something else woke the loop: a busy one must not starve the queue.
            self.handle_timeout(Instant::now());
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        if let Some(courier) = self.disk.courier()
            && courier.poll_timeout().is_some_and(|at| at <= now)
        {
            courier.handle_timeout(now);
        }
        if self.disk.due(now) {
            self.look_for_disk(now);
        }
    }

    /// Tries the disk again; what it kept is gone on with.
    fn look_for_disk(&mut self, now: Instant) {
        match self.disk.open(&self.place, now) {
            Err(error) => tell_of_disk(&mut self.booth, &error),
            Ok(saved) => {
                tracing::info!("the disk is here again");
                // The queue has not heard the service's welcome.
                if let Some(now_there) = self.booth.service_time() {
                    self.queue(outbox::Input::LinkUp { now: now_there }, now);
                }
                self.booth.handle(Input::DiskBack(saved), now);
            }
        }
    }

    fn queue(&mut self, input: outbox::Input, now: Instant) {
        if let Some(courier) = self.disk.courier() {
            courier.handle(input, now);
        }
    }

    /// What the service says goes to the queue and to the walk.
    fn handle(&mut self, input: Input, now: Instant) {
        match (&input, self.disk.courier()) {
            (Input::Received(message), Some(courier)) => courier.heard(message, now),
            (Input::LinkDown(_), Some(courier)) => courier.link_down(now),
            _ => {}
        }
        self.booth.handle(input, now);
    }

    /// What was found of media and disk, and what the loop knows of the screen.
    fn checked(&mut self, n: u32, mut checks: Vec<Check>, now: Instant) {
        checks.push(Check { part: Part::Screen, finding: self.parts.watchdog.screen(now) });
        checks.push(Check { part: Part::Panel, finding: self.parts.panel.finding() });
        for Check { part, finding } in &checks {
            if let Finding::Failed { reason } = finding {
                tracing::warn!(part = part.name(), reason, "a check failed");
            }
        }
        self.booth.handle(Input::Checked { n, checks }, now);
    }

    /// Carries out what the walk and the queue want done, until neither wants anything.
    fn drain(&mut self) {
        loop {
            while let Some(effect) = self.booth.poll_effect() {
                self.carry_out(effect);
            }
            match self.disk.courier().and_then(|courier| courier.poll()) {
                Some(Outgoing::Send(message)) => self.parts.link.send(self.connection, message),
                Some(Outgoing::Tell(input)) => self.booth.handle(input, Instant::now()),
                None => return,
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send(message) => self.parts.link.send(self.connection, message),
            Effect::Media(command) => self.parts.studio.command(command),
            Effect::Check(n) => self.parts.studio.check(n),
            Effect::Restart => {
                tracing::info!("the staff start the program anew");
                self.inbox.happened(Happened::Stop(RESTART));
            }
            Effect::StopCheck => self.parts.studio.stop_check(),
            Effect::Answer { to, answer } => self.parts.control.answer(to, answer),
            Effect::Fetch { room, post, file } => self.fetch(room, post, file.media_type),
            Effect::CloseFile => on_screen(self.parts.screen.post(Screen::clear_document)),
            Effect::Store(_) | Effect::Forget | Effect::Write { .. } | Effect::Dismiss(_) | Effect::EndSession(_) => {
                self.keep(effect, Instant::now())
            }
        }
    }

    /// What is for the disk. Without one no interview begins, so nothing is lost then.
    fn keep(&mut self, effect: Effect, now: Instant) {
        let Some(kept) = self.disk.kept() else { return };
        // A disk that fails costs the way back after a crash, not the interview.
        let told = |result: Result<(), StoreError>| {
            if let Err(error) = result {
                tracing::error!(
                    error = &error as &(dyn std::error::Error + 'static),
                    "the interview is not on the disk"
                );
            }
        };
        match effect {
            Effect::Store(saved) => told(kept.store.save(&saved)),
            Effect::Forget => told(kept.store.forget()),
            Effect::Write { room, text } => kept.courier.write(room, Draft::Line(text), now),
            Effect::Dismiss(id) => kept.courier.dismiss(id, now),
            Effect::EndSession(room) => kept.courier.end_session(room, now),
            _ => {}
        }
    }

    /// Brings a file of the chat here; it is read where it arrives, not in the loop.
    fn fetch(&self, room: RoomId, post: Seq, media_type: String) {
        let (inbox, at) = (self.inbox.clone(), room.clone());
        self.place.uploads.fetch(at, post, move |bytes| {
            let document = bytes.and_then(|bytes| document::read(&bytes, &media_type));
            inbox.happened(Happened::Document { room, post, document });
        });
    }

    /// Shows what was brought, unless another page has come meanwhile.
    fn document(&mut self, room: RoomId, post: Seq, document: Option<Document>) {
        let here = document.is_some();
        match document {
            Some(Document::Picture { width, height, rgba }) => on_screen(self.parts.screen.post(move |screen| {
                if let Err(error) = screen.set_document_picture(width, height, &rgba) {
                    tracing::warn!(%error, "a picture of the chat could not be shown");
                }
            })),
            Some(Document::Words(words)) => {
                on_screen(self.parts.screen.post(move |screen| screen.set_document_text(&words)));
            }
            None => {}
        }
        self.booth.handle(Input::Fetched { room, post, here }, Instant::now());
    }

    /// Sends a file into the chat, by the same queue as a line.
    fn attach(&mut self, path: &Path) -> anyhow::Result<()> {
        let room = self.booth.chat_room().context("there is nobody to send a file to")?.clone();
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        anyhow::ensure!((1..=limits::FILE_BYTES as usize).contains(&bytes.len()), "a file has 1 byte to 5 MiB");
        let card = FileCard {
            file: hex::encode(Sha256::digest(&bytes)).parse().context("naming the file")?,
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            size: bytes.len() as u32,
            // The service finds it by content.
            media_type: String::new(),
        };
        let courier = self.disk.courier().context("the disk is away")?;
        courier.write(room, Draft::File { card, contents: bytes.into() }, Instant::now());
        Ok(())
    }

    fn show(&mut self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        if self.minute.replace(now.as_secs() / 60) != Some(now.as_secs() / 60) {
            on_screen(self.parts.screen.post(move |screen| screen.set_clock(Millis(now.as_millis() as u64))));
        }
        let view = self.booth.view();
        if self.shown.as_ref() == Some(&view) {
            return;
        }
        self.parts.status.tell(&view);
        if self.shown.as_ref().map(View::outputs) != Some(view.outputs()) {
            self.parts.panel.show(view.outputs());
        }
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

fn tell_of_disk(booth: &mut Booth, error: &StoreError) {
    tracing::error!(error = error as &(dyn std::error::Error + 'static), "the disk does not open; it is tried again");
    booth.handle(Input::DiskFailed(error.fault()), Instant::now());
}

/// Fresh bits for an id.
pub fn random() -> [u8; 16] {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).expect("the kernel has random bits");
    bits
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
