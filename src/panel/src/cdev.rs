//! The kernel's GPIO character device, version 2 (`Documentation/userspace-api/gpio/chardev.rst`).

use crate::board::{Board, Edge, instant};
use crate::{Config, Error, Part, Pull};
use gpiocdev::line::{Bias, EdgeDetection, EdgeKind, EventClock, Value, Values};
use gpiocdev::request::Request;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::time::Duration;

/// Changes that the kernel keeps for us; more are lost, and found again by reading the levels.
const KEPT: u32 = 64;

/// The taken lines; dropped, they are free for others.
pub(crate) struct Lines {
    chip: PathBuf,
    reads: Vec<(Part, u32)>,
    sets: Vec<(Part, u32)>,
    /// None where the panel has no such line.
    inputs: Option<Request>,
    outputs: Option<Request>,
}

impl Lines {
    pub fn open(config: &Config) -> Result<Self, Error> {
        let chip = config.chip.clone();
        let take = |source: gpiocdev::Error| Error::Take { chip: chip.clone(), source: Box::new(source) };
        let inputs = config.inputs();
        let outputs = config.outputs();
        let mut reads = Request::builder();
        reads.on_chip(&chip).with_consumer("engawa-booth").with_kernel_event_buffer_size(KEPT);
        for (_, input) in &inputs {
            reads.with_line(input.line).as_input().with_edge_detection(EdgeDetection::BothEdges);
            reads.with_event_clock(EventClock::Monotonic);
            reads.with_debounce_period(Duration::from_millis(config.debounce_ms));
            match input.active_low {
                true => reads.as_active_low(),
                false => reads.as_active_high(),
            };
            reads.with_bias(match input.pull {
                Pull::Up => Some(Bias::PullUp),
                Pull::Down => Some(Bias::PullDown),
                Pull::Off => Some(Bias::Disabled),
                Pull::Leave => None,
            });
        }
        let mut sets = Request::builder();
        sets.on_chip(&chip).with_consumer("engawa-booth");
        for (_, output) in &outputs {
            sets.with_line(output.line).as_output(Value::Inactive);
            match output.active_low {
                true => sets.as_active_low(),
                false => sets.as_active_high(),
            };
        }
        let request = |mut builder: gpiocdev::request::Builder, any: bool| {
            any.then(|| builder.request().map_err(take)).transpose()
        };
        Ok(Self {
            inputs: request(reads, !inputs.is_empty())?,
            outputs: request(sets, !outputs.is_empty())?,
            reads: inputs.into_iter().map(|(part, input)| (part, input.line)).collect(),
            sets: outputs.into_iter().map(|(part, output)| (part, output.line)).collect(),
            chip,
        })
    }

    fn read(&self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::Read { chip: self.chip.clone(), source: source.into() }
    }
}

impl Board for Lines {
    fn levels(&mut self) -> Result<Vec<(Part, bool)>, Error> {
        let Some(inputs) = &self.inputs else { return Ok(Vec::new()) };
        let lines: Vec<u32> = self.reads.iter().map(|(_, line)| *line).collect();
        let mut values = Values::from_offsets(&lines);
        inputs.values(&mut values).map_err(|error| self.read(error))?;
        let active = |line| values.get(line) == Some(Value::Active);
        Ok(self.reads.iter().map(|(part, line)| (*part, active(*line))).collect())
    }

    fn edge(&mut self) -> Result<Option<Edge>, Error> {
        let Some(inputs) = &self.inputs else { return Ok(None) };
        if !inputs.has_edge_event().map_err(|error| self.read(error))? {
            return Ok(None);
        }
        let event = inputs.read_edge_event().map_err(|error| self.read(error))?;
        let part = self.reads.iter().find(|(_, line)| *line == event.offset).map(|(part, _)| *part);
        let active = event.kind == EdgeKind::Rising;
        Ok(part.map(|part| Edge { part, active, at: instant(Duration::from_nanos(event.timestamp_ns)) }))
    }

    fn wait(&mut self, wake: BorrowedFd<'_>, longest: Duration) -> Result<(), Error> {
        let mut fds = vec![PollFd::from_borrowed_fd(wake, PollFlags::IN)];
        fds.extend(self.inputs.iter().map(|inputs| PollFd::new(inputs, PollFlags::IN)));
        let longest = Timespec { tv_sec: longest.as_secs() as i64, tv_nsec: longest.subsec_nanos().into() };
        match poll(&mut fds, Some(&longest)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(self.read(error)),
        }
        let gone = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
        match fds.get(1).is_some_and(|fd| fd.revents().intersects(gone)) {
            true => Err(Error::Gone { chip: self.chip.clone() }),
            false => Ok(()),
        }
    }

    fn light(&mut self, part: Part, on: bool) -> Result<(), Error> {
        let line = self.sets.iter().find(|(set, _)| *set == part).map(|(_, line)| *line);
        let (Some(line), Some(outputs)) = (line, &self.outputs) else { return Ok(()) };
        let value = if on { Value::Active } else { Value::Inactive };
        let write = |error| Error::Write { chip: self.chip.clone(), source: Box::new(error) };
        outputs.set_value(line, value).map_err(write)
    }
}
