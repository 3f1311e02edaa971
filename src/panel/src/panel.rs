//! The panel and its thread.

use crate::board::{self, Board, Edge};
use crate::pwm::Pwm;
use crate::{Adapter, Config, Error, Part, Ring};
use engawa_session::health::Finding;
use engawa_session::panel::{Outputs, PanelInput};
use engawa_session::view::Lamp;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A panel that fails is opened again after this, doubling.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The levels are read this often beside the edges: an edge may get lost, and so may a chip.
const LOOK: Duration = Duration::from_secs(5);
/// Edges taken at a time, so that a line that chatters does not keep the lights waiting.
const EDGES: usize = 64;

/// The panel, opened again for as long as this lives. Dropped, its lights go out.
#[derive(Debug)]
pub struct Panel {
    shared: Option<Arc<Shared>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    wish: Mutex<Wish>,
    /// Can be read when the wish is another one.
    wake: OwnedFd,
}

#[derive(Debug)]
struct Wish {
    outputs: Option<Outputs>,
    stop: bool,
    finding: Finding,
}

impl Panel {
    /// Opens the panel and tells `notify` whatever it says, on a thread of its own. A panel that is not there is no
    /// error: it is looked for, and [`Self::finding`] says so. Without an adapter nothing is ever told.
    ///
    /// # Errors
    /// [`Error::Config`] for a wiring that cannot be; [`Error::Start`].
    pub fn open(config: Config, notify: impl Fn(PanelInput) + Send + 'static) -> Result<Self, Error> {
        config.check()?;
        if config.adapter == Adapter::None {
            return Ok(Self { shared: None, thread: None });
        }
        let wake =
            eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC).map_err(|error| Error::Start(error.into()))?;
        let finding = Finding::Failed { reason: "it is not open yet".into() };
        let shared = Arc::new(Shared { wish: Mutex::new(Wish { outputs: None, stop: false, finding }), wake });
        let worker = Worker { config, shared: shared.clone(), notify };
        let thread = std::thread::Builder::new().name("panel".into()).spawn(move || worker.run());
        Ok(Self { shared: Some(shared), thread: Some(thread.map_err(Error::Start)?) })
    }

    /// Lights what is to be lit; never waits.
    pub fn show(&self, outputs: Outputs) {
        if let Some(shared) = &self.shared {
            shared.wish().outputs = Some(outputs);
            shared.wake();
        }
    }

    /// Whether the panel works.
    pub fn finding(&self) -> Finding {
        self.shared.as_ref().map_or(Finding::Absent, |shared| shared.wish().finding.clone())
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            shared.wish().stop = true;
            shared.wake();
        }
        self.thread.take().map(JoinHandle::join);
    }
}

impl Shared {
    fn wish(&self) -> MutexGuard<'_, Wish> {
        self.wish.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        // It can only fail by being awake already.
        rustix::io::write(&self.wake, &1u64.to_ne_bytes()).ok();
    }

    /// What is wished now; from here on only another wish wakes.
    fn take(&self) -> (Option<Outputs>, bool) {
        rustix::io::read(&self.wake, &mut [0; 8]).ok();
        let wish = self.wish();
        (wish.outputs, wish.stop)
    }

    /// Waits before the next try; true when there shall be none.
    fn stops_within(&self, wait: Duration) -> bool {
        let until = Instant::now() + wait;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if self.take().1 || left.is_zero() {
                return self.wish().stop;
            }
            let left = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
            poll(&mut [PollFd::new(&self.wake, PollFlags::IN)], Some(&left)).ok();
        }
    }
}

struct Worker<N> {
    config: Config,
    shared: Arc<Shared>,
    notify: N,
}

impl<N: Fn(PanelInput)> Worker<N> {
    fn run(self) {
        let mut wait = FIRST_WAIT;
        loop {
            let opened = Instant::now();
            let Err(error) = self.live() else { return };
            self.failed(&error);
            if opened.elapsed() > LONGEST_WAIT {
                wait = FIRST_WAIT;
            }
            if self.shared.stops_within(wait) {
                return;
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// Runs the panel until it fails, or until it shall not run any more.
    fn live(&self) -> Result<(), Error> {
        self.with(board::open(&self.config)?)
    }

    fn with(&self, board: Box<dyn Board>) -> Result<(), Error> {
        let mut live = Live { board, levels: BTreeMap::new(), shown: None, ring: RingLight::new(&self.config) };
        tracing::info!(adapter = ?self.config.adapter, "the panel is open");
        let ended = live.turn(self);
        if matches!(ended, Err(Error::Gone { .. } | Error::Read { .. } | Error::Write { .. })) {
            (self.notify)(PanelInput::Failed);
        }
        live.out();
        ended
    }

    fn failed(&self, error: &Error) {
        let finding = Finding::Failed { reason: error.chain() };
        let told = std::mem::replace(&mut self.shared.wish().finding, finding.clone());
        if told != finding {
            tracing::warn!(error = error.chain(), "the panel does not work; it is tried again");
        }
    }

    fn tell(&self, part: Part, active: bool, at: Instant) {
        (self.notify)(match part {
            Part::Presence => PanelInput::Presence(active),
            Part::Button => PanelInput::Button { pressed: active, at },
            Part::Shutter => PanelInput::Shutter(active),
            _ => return,
        });
    }
}

/// An open panel.
struct Live {
    board: Box<dyn Board>,
    levels: BTreeMap<Part, bool>,
    shown: Option<Outputs>,
    ring: RingLight,
}

impl Live {
    fn turn<N: Fn(PanelInput)>(&mut self, worker: &Worker<N>) -> Result<(), Error> {
        let mut look = Instant::now();
        loop {
            let now = Instant::now();
            if now >= look {
                look = now + LOOK;
                for (part, active) in self.board.levels()? {
                    self.level(worker, Edge { part, active, at: now });
                }
            }
            for _ in 0..EDGES {
                let Some(edge) = self.board.edge()? else { break };
                self.level(worker, edge);
            }
            let (wished, stop) = worker.shared.take();
            if stop {
                return Ok(());
            }
            if let Some(outputs) = wished.filter(|outputs| self.shown != Some(*outputs)) {
                self.light(outputs)?;
                self.shown = Some(outputs);
            }
            let ring = self.ring.set(&worker.config, self.shown.map_or(0, |shown| shown.ring));
            match ring {
                Err(error) => worker.failed(&error),
                Ok(()) if self.ring.works() => worker.shared.wish().finding = self.good(&worker.config),
                Ok(()) => {}
            }
            self.board.wait(worker.shared.wake.as_fd(), look.saturating_duration_since(Instant::now()))?;
        }
    }

    /// Tells a change. A button that is down when the panel is opened was not pressed by anybody now.
    fn level<N: Fn(PanelInput)>(&mut self, worker: &Worker<N>, edge: Edge) {
        let before = self.levels.insert(edge.part, edge.active);
        let news = before != Some(edge.active) && !(before.is_none() && edge.part == Part::Button);
        if news {
            worker.tell(edge.part, edge.active, edge.at);
        }
    }

    fn light(&mut self, outputs: Outputs) -> Result<(), Error> {
        lights(outputs).into_iter().try_for_each(|(part, on)| self.board.light(part, on))
    }

    /// Nobody decides on the lights any more.
    fn out(&mut self) {
        for (part, _) in self.shown.map(lights).into_iter().flatten() {
            self.board.light(part, false).ok();
        }
    }

    fn good(&self, config: &Config) -> Finding {
        let lines = config.inputs().len() + config.outputs().len();
        Finding::Good { figure: format!("{lines} lines") }
    }
}

/// Which lines are lit.
fn lights(outputs: Outputs) -> [(Part, bool); 6] {
    let Outputs { lamp, button_lamp, ring, shutter_indicator } = outputs;
    [
        (Part::ShutterIndicator, shutter_indicator),
        (Part::Free, lamp == Lamp::Free),
        (Part::Taken, lamp == Lamp::Taken),
        (Part::Help, lamp == Lamp::Help),
        (Part::ButtonLamp, button_lamp),
        (Part::Ring, ring > 0),
    ]
}

/// The ring light by PWM. It fails alone: without it the button still calls.
enum RingLight {
    /// There is none, or a line drives it.
    None,
    Open(Pwm, u8),
    Failed {
        again: Instant,
    },
}

impl RingLight {
    fn new(config: &Config) -> Self {
        match config.ring() {
            Some(Ring::Pwm { .. }) => Self::Failed { again: Instant::now() },
            _ => Self::None,
        }
    }

    fn works(&self) -> bool {
        !matches!(self, Self::Failed { .. })
    }

    /// Sets the light; one that failed is tried again when its time has come.
    fn set(&mut self, config: &Config, percent: u8) -> Result<(), Error> {
        let result = match (&mut *self, config.ring()) {
            (Self::Open(_, set), _) if *set == percent => return Ok(()),
            (Self::Open(pwm, set), _) => {
                *set = percent;
                pwm.set(percent)
            }
            (Self::Failed { again }, Some(Ring::Pwm { pwm_chip, pwm_channel, hertz })) if Instant::now() >= *again => {
                Pwm::open(pwm_chip, pwm_channel, hertz).and_then(|pwm| {
                    pwm.set(percent)?;
                    *self = Self::Open(pwm, percent);
                    Ok(())
                })
            }
            _ => return Ok(()),
        };
        if result.is_err() {
            *self = Self::Failed { again: Instant::now() + LONGEST_WAIT };
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const GREY: Outputs = Outputs { lamp: Lamp::Taken, button_lamp: false, ring: 60, shutter_indicator: true };

    fn config(chip: &str) -> Config {
        Config { adapter: Adapter::Cdev, chip: chip.into(), ..Config::default() }
    }

    /// Waits, bounded, until the panel is found to be as it should.
    fn until(panel: &Panel, found: impl Fn(&Finding) -> bool) -> Finding {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let finding = panel.finding();
            if found(&finding) {
                return finding;
            }
            assert!(Instant::now() < end, "{finding:?}");
            std::thread::yield_now();
        }
    }

    // P6
    #[test]
    fn a_booth_without_a_panel_has_none_and_nothing_is_told() {
        let panel = Panel::open(Config::default(), |input| panic!("{input:?}")).expect("it opens");
        panel.show(GREY);
        assert_eq!(panel.finding(), Finding::Absent);
    }

    // P6
    #[test]
    fn a_missing_chip_is_a_fault_that_names_it_and_ends_nothing() {
        let (tell, told) = mpsc::channel();
        let panel = Panel::open(config("/dev/no-such-chip"), move |input| tell.send(input).expect("heard"));
        let panel = panel.expect("it opens");
        panel.show(GREY);
        let named =
            |finding: &Finding| matches!(finding, Finding::Failed { reason } if reason.contains("no-such-chip"));
        let finding = until(&panel, named);
        let Finding::Failed { reason } = finding else { panic!("{finding:?}") };
        assert!(reason.contains("gpioinfo"), "{reason}");
        drop(panel);
        assert_eq!(told.try_iter().count(), 0, "what was never heard did not fail");
    }

    // P6
    #[test]
    fn a_wiring_that_cannot_be_is_refused_at_once() {
        let twice = Config { free: crate::Output { line: 27, active_low: false }, ..config("/dev/gpiochip0") };
        let error = Panel::open(twice, |_| {}).expect_err("refused");
        assert!(error.to_string().contains("line 27"), "{error}");
    }

    /// A board that tells what it is given, turn by turn, and then is gone.
    struct Scripted {
        levels: Vec<Vec<(Part, bool)>>,
        turns: Vec<Vec<Edge>>,
        lit: mpsc::Sender<(Part, bool)>,
    }

    impl Board for Scripted {
        fn levels(&mut self) -> Result<Vec<(Part, bool)>, Error> {
            Ok(if self.levels.is_empty() { Vec::new() } else { self.levels.remove(0) })
        }

        fn edge(&mut self) -> Result<Option<Edge>, Error> {
            Ok(self.turns.first_mut().and_then(|turn| if turn.is_empty() { None } else { Some(turn.remove(0)) }))
        }

        fn wait(&mut self, _: std::os::fd::BorrowedFd<'_>, _: Duration) -> Result<(), Error> {
            if self.turns.is_empty() {
                return Err(Error::Gone { chip: "/dev/gpiochip0".into() });
            }
            self.turns.remove(0);
            Ok(())
        }

        fn light(&mut self, part: Part, on: bool) -> Result<(), Error> {
            self.lit.send((part, on)).expect("heard");
            Ok(())
        }
    }

    // P6
    #[test]
    fn each_change_is_told_once_and_a_chip_that_goes_away_too() {
        let at = Instant::now();
        let edge = |part, active| Edge { part, active, at };
        let (lit, lights) = mpsc::channel();
        let board = Scripted {
            levels: vec![vec![(Part::Presence, true), (Part::Button, true), (Part::Shutter, false)]],
            turns: vec![
                vec![edge(Part::Presence, true), edge(Part::Button, false)],
                vec![edge(Part::Button, true), edge(Part::Button, true), edge(Part::Presence, false)],
            ],
            lit,
        };
        let wake = eventfd(0, EventfdFlags::NONBLOCK).expect("a descriptor");
        let wish = Wish { outputs: Some(GREY), stop: false, finding: Finding::Absent };
        let shared = Arc::new(Shared { wish: Mutex::new(wish), wake });
        let (tell, told) = mpsc::channel();
        let config = Config { without: [Part::Ring].into(), ..config("/dev/gpiochip0") };
        let worker = Worker { config, shared, notify: move |input| tell.send(input).expect("heard") };
        worker.with(Box::new(board)).expect_err("it goes away");
        drop(worker);
        let told: Vec<_> = told.iter().collect();
        let button = |pressed| PanelInput::Button { pressed, at };
        let (here, away, open) = (PanelInput::Presence(true), PanelInput::Presence(false), PanelInput::Shutter(false));
        assert_eq!(told, [here, open, button(false), button(true), away, PanelInput::Failed]);
        let lit: Vec<_> = lights.iter().collect();
        assert_eq!(lit.len(), 12, "once, and out at the end: {lit:?}");
        assert!(lit[..6].contains(&(Part::Taken, true)) && lit[6..].iter().all(|(_, on)| !on), "{lit:?}");
    }

    // P6
    #[test]
    fn exactly_one_colour_of_the_status_lamp_is_lit() {
        for lamp in [Lamp::Free, Lamp::Taken, Lamp::Help] {
            let lit = lights(Outputs { lamp, ..GREY });
            let colours = [Part::Free, Part::Taken, Part::Help];
            assert_eq!(lit.iter().filter(|(part, on)| *on && colours.contains(part)).count(), 1, "{lamp:?}");
        }
    }
}
