//! What a panel is wired to.

use crate::Error;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A panel's wiring. The default is the documented one of a Raspberry Pi, switched off.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// By what the pins are reached.
    pub adapter: Adapter,
    /// The GPIO chip's device; the adapter `rppal` knows its own.
    pub chip: PathBuf,
    /// Parts that this panel does not have.
    pub without: BTreeSet<Part>,
    /// A change of the button is believed after this many milliseconds without another one.
    pub debounce_ms: u64,
    /// High while somebody is there.
    pub presence: Input,
    /// The call-staff button.
    pub button: Input,
    /// The switch at the camera's shutter, active while it is closed.
    pub shutter: Input,
    /// Status lamp: free.
    pub free: Output,
    /// Status lamp: taken.
    pub taken: Output,
    /// Status lamp: needs help.
    pub help: Output,
    /// The lamp in the button.
    pub button_lamp: Output,
    /// The light beside the camera.
    pub shutter_indicator: Output,
    /// The ring light.
    pub ring: Ring,
}

/// By what the pins are reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Adapter {
    /// There is no panel.
    #[default]
    None,
    /// A Raspberry Pi's registers, by the crate of that name.
    Rppal,
    /// The kernel's GPIO character device.
    Cdev,
}

/// A part of the panel, as the configuration calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "they are the fields of `Config`")]
pub enum Part {
    Presence,
    Button,
    Shutter,
    Free,
    Taken,
    Help,
    ButtonLamp,
    ShutterIndicator,
    Ring,
}

/// A line that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Its offset on the chip; on a Pi the BCM number.
    pub line: u32,
    /// It is active while its voltage is low.
    #[serde(default)]
    pub active_low: bool,
    /// The resistor within the chip.
    #[serde(default)]
    pub pull: Pull,
}

/// The resistor within the chip.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pull {
    /// To 3.3 V.
    Up,
    /// To ground.
    Down,
    /// None: the circuit has its own.
    Off,
    /// As it is: not every chip has one.
    #[default]
    Leave,
}

/// A line that is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Its offset on the chip; on a Pi the BCM number.
    pub line: u32,
    /// It lights while its voltage is low.
    #[serde(default)]
    pub active_low: bool,
}

/// What drives the ring light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(
    deny_unknown_fields,
    untagged,
    expecting = "`ring` is { pwm_chip, pwm_channel, hertz } or { line, active_low }"
)]
pub enum Ring {
    /// A channel of the kernel's PWM.
    Pwm {
        /// The N of `/sys/class/pwm/pwmchipN`.
        pwm_chip: u32,
        /// The channel.
        pwm_channel: u32,
        /// Above what a camera sees as stripes.
        #[serde(default = "hertz")]
        hertz: u32,
    },
    /// A plain line, on or off.
    Line(Output),
}

fn hertz() -> u32 {
    20_000
}

impl Default for Config {
    fn default() -> Self {
        let lamp = |line| Output { line, active_low: false };
        Self {
            adapter: Adapter::None,
            chip: "/dev/gpiochip0".into(),
            without: BTreeSet::new(),
            debounce_ms: 20,
            presence: Input { line: 24, active_low: false, pull: Pull::Down },
            button: Input { line: 23, active_low: true, pull: Pull::Up },
            shutter: Input { line: 25, active_low: true, pull: Pull::Up },
            free: lamp(17),
            taken: lamp(27),
            help: lamp(22),
            button_lamp: lamp(16),
            shutter_indicator: lamp(26),
            ring: Ring::Pwm { pwm_chip: 0, pwm_channel: 0, hertz: hertz() },
        }
    }
}

/// Debouncing for longer would swallow presses.
const LONGEST_DEBOUNCE: u64 = 200;
/// What PWM hardware does, and what an LED follows.
const HERTZ: std::ops::RangeInclusive<u32> = 100..=1_000_000;

impl Config {
    /// Checks what the types leave open.
    ///
    /// # Errors
    /// [`Error::Config`], when a line is named twice or a number makes no sense.
    pub fn check(&self) -> Result<(), Error> {
        let fault = |text: String| Err(Error::Config(text));
        if self.debounce_ms > LONGEST_DEBOUNCE {
            return fault(format!("debounce_ms is at most {LONGEST_DEBOUNCE}"));
        }
        if let Some(Ring::Pwm { hertz, .. }) = self.ring()
            && !HERTZ.contains(&hertz)
        {
            return fault(format!("the ring's hertz are within {} and {}", HERTZ.start(), HERTZ.end()));
        }
        let mut lines = BTreeSet::new();
        let inputs = self.inputs().into_iter().map(|(_, input)| input.line);
        for line in inputs.chain(self.outputs().into_iter().map(|(_, output)| output.line)) {
            if !lines.insert(line) {
                return fault(format!("line {line} is named twice"));
            }
        }
        Ok(())
    }

    /// The lines that are read.
    pub(crate) fn inputs(&self) -> Vec<(Part, Input)> {
        let all = [(Part::Presence, self.presence), (Part::Button, self.button), (Part::Shutter, self.shutter)];
        all.into_iter().filter(|(part, _)| self.has(*part)).collect()
    }

    /// The lines that are set.
    pub(crate) fn outputs(&self) -> Vec<(Part, Output)> {
        let lamps = [
            (Part::Free, self.free),
            (Part::Taken, self.taken),
            (Part::Help, self.help),
            (Part::ButtonLamp, self.button_lamp),
            (Part::ShutterIndicator, self.shutter_indicator),
        ];
        let ring = match self.ring {
            Ring::Line(output) => Some((Part::Ring, output)),
            Ring::Pwm { .. } => None,
        };
        lamps.into_iter().chain(ring).filter(|(part, _)| self.has(*part)).collect()
    }

    /// The ring light, if there is one.
    pub(crate) fn ring(&self) -> Option<Ring> {
        Some(self.ring).filter(|_| self.has(Part::Ring))
    }

    fn has(&self, part: Part) -> bool {
        !self.without.contains(&part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let config: Config = toml::from_str(text).map_err(|error| error.to_string())?;
        config.check().map_err(|error| error.to_string())?;
        Ok(config)
    }

    // P6
    #[test]
    fn the_default_wiring_is_good_and_switched_off() {
        let config = read("").expect("good");
        assert_eq!(config, Config::default());
        assert_eq!(config.adapter, Adapter::None);
        assert_eq!((config.inputs().len(), config.outputs().len()), (3, 5));
    }

    // P6
    #[test]
    fn each_part_can_be_moved_or_left_out() {
        let config = read(
            "adapter = \"cdev\"\nchip = \"/dev/gpiochip3\"\nwithout = [\"shutter\", \"presence\"]\n\
             button = { line = 4, active_low = true, pull = \"up\" }\nring = { line = 9 }",
        )
        .expect("good");
        assert_eq!(config.inputs(), [(Part::Button, Input { line: 4, active_low: true, pull: Pull::Up })]);
        assert!(config.outputs().contains(&(Part::Ring, Output { line: 9, active_low: false })));
    }

    // P6
    #[test]
    fn what_cannot_be_wired_is_named() {
        let says = |text: &str, word: &str| {
            let error = read(text).expect_err("refused");
            assert!(error.contains(word), "{error}");
        };
        says("adapter = \"spi\"", "spi");
        says("without = [\"doorbell\"]", "doorbell");
        says("button = { line = 4, pull = \"sideways\" }", "sideways");
        says("button = { line = 17 }", "line 17 is named twice");
        says("debounce_ms = 900", "debounce_ms");
        says("ring = { pwm_chip = 0, pwm_channel = 0, hertz = 5 }", "hertz");
        says("ring = { pwm = 1 }", "pwm_channel");
    }
}
