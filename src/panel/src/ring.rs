//! The ring light by PWM, opened again by itself.

use crate::panel::LONGEST_WAIT;
use crate::pwm::Pwm;
use crate::{Config, Error, Ring};
use std::time::Instant;

/// The ring light by PWM. It fails alone: without it the button still calls.
pub(crate) enum RingLight {
    /// There is none, or a line drives it.
    None,
    Open(Pwm, u8),
    Failed {
        again: Instant,
    },
}

impl RingLight {
    pub fn new(config: &Config) -> Self {
        match config.ring() {
            Some(Ring::Pwm { .. }) => Self::Failed { again: Instant::now() },
            _ => Self::None,
        }
    }

    pub fn works(&self) -> bool {
        !matches!(self, Self::Failed { .. })
    }

    /// Sets the light; one that failed is tried again when its time has come.
    pub fn set(&mut self, config: &Config, percent: u8) -> Result<(), Error> {
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
