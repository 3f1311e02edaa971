//! `engawa-booth check`: asks the running booth how it is, or looks by itself where none runs.

use crate::config::{CheckFlags, Config, Flags};
use crate::{disk, machine, report, studio};
use anyhow::Context;
use engawa_booth::control::{AskError, ask};
use engawa_booth::service::Service;
use engawa_session::control::{Answer, Ask};
use engawa_session::health::{Check, Finding, Part, Report};
use http_body_util::Full;
use hyper::Request;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A check of a running booth takes less.
const ANSWER: Duration = Duration::from_secs(100);
/// More of its answer is not read.
const LONGEST: usize = 64 * 1024;
/// The service is there when it answers anything within this.
const SERVICE: Duration = Duration::from_secs(10);

/// Prints what is found; 0 is healthy, 1 is not, and 2 (by an error) could not be found out.
///
/// # Errors
/// Somebody is in the booth, it does not answer, or there is no booth and no usable configuration.
pub fn run(flags: &Flags, check: &CheckFlags) -> anyhow::Result<ExitCode> {
    let report = match ask(&check.control, &Ask::Check, ANSWER) {
        Ok(Answer::Report { report: Some(report), .. }) => report,
        Ok(Answer::Busy) => anyhow::bail!("somebody is in the booth: ask again later"),
        Ok(answer) => anyhow::bail!("the booth does not say how it is: {answer:?}"),
        Err(AskError::Away) => alone(flags)?,
        Err(error) => return Err(error).context(format!("the socket {}", check.control.display())),
    };
    let device = machine::read(&check.device);
    match check.json {
        true => println!("{}", report::json(&report, &device)),
        false => print!("{}", report::table(&report, &device)),
    }
    Ok(ExitCode::from(u8::from(!report.is_healthy())))
}

/// Looks at everything but the screen, which a booth would have to draw.
fn alone(flags: &Flags) -> anyhow::Result<Report> {
    let config = Config::load(flags).context("no booth is running here, so its settings are needed")?;
    let findings = engawa_media::check(&config.media(), studio::PATIENCE, &AtomicBool::new(false));
    let mut checks = report::of_media(findings.context("the check was given up")?);
    checks.push(Check { part: Part::Panel, finding: engawa_panel::look(&config.panel()) });
    checks.push(Check { part: Part::Service, finding: service(&config.service()?)? });
    checks.push(Check { part: Part::Disk, finding: disk::probe(&config.data) });
    Ok(Report { checks })
}

/// Any answer will do: whoever speaks HTTP there is reached.
fn service(service: &Service) -> anyhow::Result<Finding> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the network")?;
    let url = service.address();
    let request = Request::get(format!("{url}/healthz")).body(Full::default()).context("asking the service")?;
    Ok(match runtime.block_on(service.ask(request, LONGEST, SERVICE)) {
        Ok(answer) => Finding::Good { figure: format!("answers {}", answer.status.as_u16()) },
        Err(away) => Finding::Failed { reason: format!("{away} at {url}: check the network and the address") },
    })
}
