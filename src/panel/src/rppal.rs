//! A Raspberry Pi's pins, through the crate `rppal`. It is not developed any more (it knows the models up to the Pi
//! 5), so it stays in this one file; `cdev` does the same on the same wiring.

use crate::board::{Board, Edge, instant};
use crate::{Config, Error, Part, Pull};
use rppal::gpio::{Gpio, InputPin, OutputPin, Trigger};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{read, write};
use rustix::pipe::{PipeFlags, pipe_with};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

/// Changes that wait to be read; more are dropped, and found again by reading the levels.
const KEPT: usize = 64;

/// The taken pins; dropped, they are inputs again.
pub(crate) struct Pins {
    inputs: Vec<(Part, InputPin, bool)>,
    outputs: Vec<(Part, OutputPin, bool)>,
    edges: mpsc::Receiver<Edge>,
    /// Can be read when an edge has come: rppal tells them on threads of its own.
    told: OwnedFd,
}

impl Pins {
    pub fn open(config: &Config) -> Result<Self, Error> {
        let fault = |source: rppal::gpio::Error| taking(source);
        let gpio = Gpio::new().map_err(fault)?;
        let pin = |line: u32| {
            let number = u8::try_from(line).map_err(|_| Error::Config(format!("a Pi has no line {line}")))?;
            gpio.get(number).map_err(fault)
        };
        let (told, tell) = pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC).map_err(taking)?;
        let tell = std::sync::Arc::new(tell);
        let (sender, edges) = mpsc::sync_channel(KEPT);
        let mut outputs = Vec::new();
        for (part, output) in config.outputs() {
            let pin = pin(output.line)?;
            let pin = if output.active_low { pin.into_output_high() } else { pin.into_output_low() };
            outputs.push((part, pin, output.active_low));
        }
        let mut inputs = Vec::new();
        for (part, input) in config.inputs() {
            let pin = pin(input.line)?;
            let mut pin = match input.pull {
                Pull::Up => pin.into_input_pullup(),
                Pull::Down => pin.into_input_pulldown(),
                Pull::Off | Pull::Leave => pin.into_input(),
            };
            let (sender, tell, low) = (sender.clone(), tell.clone(), input.active_low);
            let debounce = Some(Duration::from_millis(config.debounce_ms)).filter(|time| !time.is_zero());
            pin.set_async_interrupt(Trigger::Both, debounce, move |event| {
                let active = (event.trigger == Trigger::RisingEdge) != low;
                sender.try_send(Edge { part, active, at: instant(event.timestamp) }).ok();
                // A full pipe wakes as well.
                write(&tell, &[0]).ok();
            })
            .map_err(fault)?;
            inputs.push((part, pin, low));
        }
        Ok(Self { inputs, outputs, edges, told })
    }
}

fn chip() -> PathBuf {
    "/dev/gpiomem".into()
}

fn taking(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Take { chip: chip(), source: source.into() }
}

impl Board for Pins {
    fn levels(&mut self) -> Result<Vec<(Part, bool)>, Error> {
        Ok(self.inputs.iter().map(|(part, pin, low)| (*part, pin.is_high() != *low)).collect())
    }

    fn edge(&mut self) -> Result<Option<Edge>, Error> {
        Ok(self.edges.try_recv().ok())
    }

    fn wait(&mut self, wake: BorrowedFd<'_>, longest: Duration) -> Result<(), Error> {
        let mut fds = [PollFd::from_borrowed_fd(wake, PollFlags::IN), PollFd::new(&self.told, PollFlags::IN)];
        let longest = Timespec { tv_sec: longest.as_secs() as i64, tv_nsec: longest.subsec_nanos().into() };
        match poll(&mut fds, Some(&longest)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(Error::Read { chip: chip(), source: error.into() }),
        }
        // One byte an edge; what is left of them only wakes once more.
        read(&self.told, &mut [0; KEPT]).ok();
        Ok(())
    }

    fn light(&mut self, part: Part, on: bool) -> Result<(), Error> {
        for (_, pin, low) in self.outputs.iter_mut().filter(|(set, ..)| *set == part) {
            if on != *low { pin.set_high() } else { pin.set_low() }
        }
        Ok(())
    }
}
