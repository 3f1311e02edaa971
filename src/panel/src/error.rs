//! What can go wrong with a panel.

use std::path::PathBuf;

/// A panel, or a part of it, does not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration names what cannot be.
    #[error("[panel] {0}")]
    Config(String),
    /// The chip's lines could not be had: it is missing, not allowed, or somebody else uses one of them.
    #[error("taking the lines of {chip}: look at its name, its group and `gpioinfo`")]
    Take {
        /// The chip's device.
        chip: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A line could not be read.
    #[error("reading the lines of {chip}")]
    Read {
        /// The chip's device.
        chip: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A line could not be set.
    #[error("setting the lines of {chip}")]
    Write {
        /// The chip's device.
        chip: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The chip went away.
    #[error("{chip} is gone; it is looked for again")]
    Gone {
        /// The chip's device.
        chip: PathBuf,
    },
    /// The ring light's PWM did not take a value.
    #[error("setting the ring light by {path}: look at the overlay, the channel and its group")]
    Pwm {
        /// The file in sysfs.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// This program was built without the adapter.
    #[error("this program has no adapter `rppal`: choose `cdev`")]
    NotBuilt,
    /// The machine could not give the panel's thread what it needs.
    #[error("starting the panel's thread")]
    Start(#[source] std::io::Error),
}

impl Error {
    /// The whole chain in one line, for people.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(source) = next {
            text = format!("{text}: {source}");
            next = source.source();
        }
        text
    }
}
