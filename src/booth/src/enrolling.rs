//! `engawa-booth enrol`: one try, and what its end means to systemd.

use crate::config::{Config, Flags};
use anyhow::Context;
use engawa_booth::enrol::{Outcome, enrol};
use std::process::ExitCode;

/// EX_TEMPFAIL of sysexits.h: systemd tries again.
const AGAIN: u8 = 75;

/// Tries once. A refusal is an end, which the booth's screen tells the staff.
pub fn run(flags: &Flags) -> anyhow::Result<ExitCode> {
    let config = Config::load(flags)?;
    let (identity, service) = (config.identity()?, config.service()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the network")?;
    match runtime.block_on(enrol(&identity, &service, |step| tracing::debug!(?step, "enrolling"))) {
        Ok(Outcome::Enrolled(credential)) => println!("enrolled as {}", credential.booth),
        Ok(Outcome::Already(credential)) => println!("enrolled before, as {}", credential.booth),
        Ok(Outcome::Refused(word)) => {
            println!("the service refuses the token ({word}): write the booth's card anew with a new token");
        }
        Err(error) if error.is_temporary() => {
            eprintln!("engawa-booth: {:#}", anyhow::Error::from(error));
            return Ok(ExitCode::from(AGAIN));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(ExitCode::SUCCESS)
}
