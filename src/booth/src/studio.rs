//! The media in a thread of its own, so that a slow device never holds up the loop.

use crate::inbox::{Happened, Post};
use crate::pictures::{Pictures, Whose};
use crate::{disk, report};
use base64::Engine;
use engawa_media::{Config, Device, Happening, LinkOptions, Media};
use engawa_session::booth::{Input, MediaCommand, MediaInput, Source};
use engawa_session::health::{Check, Part};
use engawa_session::view::Devices;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Commands that may wait for the media.
const WAITING: usize = 256;
/// A check that did not pass by then failed.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// A still picture is tried for this long after it was asked for.
const STILL: Duration = Duration::from_secs(3);
const STILL_EVERY: Duration = Duration::from_millis(100);

/// A device that keeps the thread for so long hangs.
const STUCK: Duration = Duration::from_secs(60);

/// What the studio's thread is asked to do.
enum Order {
    Command(MediaCommand),
    Check(u32),
    StopCheck,
    Figures(oneshot::Sender<Value>),
}

/// The sending end.
#[derive(Clone)]
pub struct Studio {
    orders: mpsc::SyncSender<Order>,
    post: Post,
    busy: Arc<Busy>,
}

/// Since when the thread is at one order.
#[derive(Default)]
struct Busy(Mutex<Option<Instant>>);

impl Busy {
    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    fn is_stuck(&self, now: Instant) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|since| now >= since + STUCK)
    }
}

impl Studio {
    /// Starts the thread; it ends, and the media with it, when the last clone is dropped.
    ///
    /// A check also looks whether `data` takes a file: a slow disk must not hold up the loop either.
    pub fn start(config: Config, data: PathBuf, post: Post, pictures: Pictures) -> Self {
        let (orders, inbox) = mpsc::sync_channel(WAITING);
        let room = Room { config, data, post: post.clone(), pictures, media: None, still: None, check: None };
        let busy = Arc::new(Busy::default());
        let seen = busy.clone();
        std::thread::Builder::new()
            .name("studio".into())
            .spawn(move || room.run(&inbox, &seen))
            .expect("a process that has just started can make a thread");
        Self { orders, post, busy }
    }

    /// A device does not come back: only a program that starts anew can open one.
    pub fn is_stuck(&self, now: Instant) -> bool {
        self.busy.is_stuck(now)
    }

    /// Has a command carried out, after those before it.
    pub fn command(&self, command: MediaCommand) {
        self.order(Order::Command(command));
    }

    /// Looks at the media; answered by [`Happened::Checked`] with this number, unless it is given up.
    pub fn check(&self, n: u32) {
        self.order(Order::Check(n));
    }

    /// Gives the running check up.
    pub fn stop_check(&self) {
        self.order(Order::StopCheck);
    }

    fn order(&self, order: Order) {
        // A lost "close" would leave a camera on: a booth that cannot be told so ends, and is
        // started again.
        if self.orders.try_send(order).is_err() {
            tracing::error!("the media takes no more commands");
            self.post.happened(Happened::Stop(3));
        }
    }

    /// Answers the media's figures; null when nothing is open.
    pub fn figures(&self, answer: oneshot::Sender<Value>) {
        self.orders.try_send(Order::Figures(answer)).ok();
    }
}

struct Room {
    config: Config,
    data: PathBuf,
    post: Post,
    pictures: Pictures,
    media: Option<Media>,
    still: Option<(engawa_protocol::RoomId, Instant)>,
    check: Option<Running>,
}

/// A check under way, on a thread of its own. Dropping it gives it up, and returns with the devices free.
struct Running {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    fn start(n: u32, config: Config, data: PathBuf, post: Post) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let look = move || {
            if let Some(findings) = engawa_media::check(&config, PATIENCE, &stopped) {
                let mut checks = report::of_media(findings);
                checks.push(Check { part: Part::Disk, finding: disk::probe(&data) });
                post.happened(Happened::Checked(n, checks));
            }
        };
        let thread = Some(std::thread::Builder::new().name("check".into()).spawn(look)?);
        Ok(Self { stop, thread })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("a check failed by a fault of its own");
        }
    }
}

impl Room {
    fn run(mut self, inbox: &mpsc::Receiver<Order>, busy: &Busy) {
        loop {
            let order = match self.still {
                Some(_) => inbox.recv_timeout(STILL_EVERY),
                None => inbox.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected),
            };
            busy.set(Some(Instant::now()));
            match order {
                Ok(Order::Command(command)) => self.carry_out(command),
                Ok(Order::Check(n)) => self.check(n),
                Ok(Order::StopCheck) => self.check = None,
                Ok(Order::Figures(answer)) => {
                    let figures = self.media.as_ref().map(|media| serde_json::to_value(media.figures()));
                    let figures = figures.and_then(Result::ok).unwrap_or(Value::Null);
                    answer.send(figures).ok();
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
            self.take_still();
            busy.set(None);
        }
    }

    fn carry_out(&mut self, command: MediaCommand) {
        match command {
            MediaCommand::Open(devices) => self.open(devices),
            MediaCommand::Close => {
                self.still = None;
                // Before, too: a device that hangs must not keep the last candidate's picture.
                self.pictures.clear();
                if let Some(media) = self.media.take() {
                    media.stop();
                }
                self.pictures.clear();
            }
            MediaCommand::Still(room) => self.still = Some((room, Instant::now() + STILL)),
            MediaCommand::Devices(devices) => {
                // A change made before the media is open again is taken at the opening.
                (self.config.microphone, self.config.camera) = (devices.microphone, devices.camera);
                self.config.noise_suppression = devices.noise;
                if let Some(media) = &self.media {
                    media.set_microphone(devices.microphone);
                    media.set_camera(devices.camera);
                    media.set_noise_suppression(devices.noise);
                }
            }
            MediaCommand::AddLink { link, codec, ice_servers } => {
                let Some(media) = &self.media else {
                    return self.post.input(Input::Media(MediaInput::Failed(link)));
                };
                media.add_link(link, LinkOptions { codec, ice_servers });
                if let Some(mailbox) = media.mailbox(link) {
                    self.pictures.show(Whose::Theirs(link.peer.seat), &mailbox);
                }
            }
            MediaCommand::RemoveLink(link) => {
                if let Some(media) = &self.media {
                    media.remove_link(link);
                }
            }
            MediaCommand::Signal { link, signal } => {
                if let Some(media) = &self.media {
                    media.remote_signal(link, &signal);
                }
            }
            MediaCommand::TestSound => {
                if let Some(media) = &self.media {
                    media.test_sound();
                }
            }
        }
    }

    /// Without a thread the session hears nothing, which it takes for a check that hangs.
    fn check(&mut self, n: u32) {
        self.check = None;
        if self.media.is_none() {
            let started = Running::start(n, self.config.clone(), self.data.clone(), self.post.clone());
            self.check = started.inspect_err(|error| tracing::error!(%error, "a check does not start")).ok();
        }
    }

    fn open(&mut self, devices: Devices) {
        self.check = None;
        if let Some(media) = self.media.take() {
            media.stop();
            self.pictures.clear();
        }
        (self.config.microphone, self.config.camera) = (devices.microphone, devices.camera);
        self.config.noise_suppression = devices.noise;
        let post = self.post.clone();
        match Media::start(self.config.clone(), move |happening| tell(&post, happening)) {
            Ok(media) => {
                self.pictures.show(Whose::Own, &media.preview());
                self.media = Some(media);
            }
            Err(error) => {
                tracing::error!(%error, "the media could not be started");
                self.post.input(Input::Media(MediaInput::Broken));
            }
        }
    }

    /// Takes the picture that was asked for as soon as there is one.
    fn take_still(&mut self) {
        let Some((room, until)) = &self.still else { return };
        let jpeg = self.media.as_ref().filter(|_| self.config.camera).and_then(Media::still);
        if let Some(jpeg) = jpeg {
            let jpeg = base64::engine::general_purpose::STANDARD.encode(jpeg);
            self.post.input(Input::Media(MediaInput::Still { room: room.clone(), jpeg }));
        } else if Instant::now() < *until {
            return;
        }
        self.still = None;
    }
}

/// What the candidate would have to know of; a speaker or an encoder is the staff's matter.
fn source(device: Device) -> Option<Source> {
    match device {
        Device::Camera => Some(Source::Camera),
        Device::Microphone => Some(Source::Microphone),
        Device::Speaker | Device::Encoder => None,
    }
}

/// Called from GStreamer's threads: only posts.
fn tell(post: &Post, happening: Happening) {
    let input = match happening {
        Happening::Signal { link, signal } => MediaInput::Signal { link, signal },
        Happening::LinkConnected { link } => MediaInput::Connected(link),
        Happening::LinkInterrupted { link } => MediaInput::Interrupted(link),
        Happening::LinkFailed { link, reason } => {
            tracing::warn!(seat = link.peer.seat.0, attempt = link.attempt, %reason, "a connection failed");
            MediaInput::Failed(link)
        }
        Happening::FirstPicture { link } => MediaInput::Picture(link),
        Happening::Heard { level, voice } => MediaInput::Heard { level, voice },
        Happening::SourceLost { what } => {
            tracing::warn!(?what, "a source stopped");
            match source(what) {
                Some(source) => MediaInput::SourceLost(source),
                None => return,
            }
        }
        Happening::SourceBack { what } => {
            tracing::info!(?what, "a source is back");
            match source(what) {
                Some(source) => MediaInput::SourceBack(source),
                None => return,
            }
        }
        Happening::EncoderChanged { name } => return tracing::info!(%name, "encoder"),
        Happening::Broken { reason } => {
            tracing::error!(%reason, "the media stopped");
            MediaInput::Broken
        }
    };
    post.input(Input::Media(input));
}

#[cfg(test)]
mod tests {
    use super::*;

    // P7
    #[test]
    fn one_order_that_does_not_end_is_found_out() {
        let (busy, now) = (Busy::default(), Instant::now());
        assert!(!busy.is_stuck(now + STUCK * 2), "nothing to do");
        busy.set(Some(now));
        assert!(!busy.is_stuck(now + STUCK / 2));
        assert!(busy.is_stuck(now + STUCK));
        busy.set(None);
        assert!(!busy.is_stuck(now + STUCK * 2));
    }
}
