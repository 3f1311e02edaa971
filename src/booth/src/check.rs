//! `engawa-booth check`: asks the running booth how it is, or looks by itself where none runs.

use crate::config::{CheckFlags, Config, Flags};
use crate::{machine, report, studio};
use anyhow::Context;
use engawa_booth::control::{AskError, ask};
use engawa_session::control::{Answer, Ask};
use engawa_session::health::{Check, Finding, Part, Report};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A check of a running booth takes less.
const ANSWER: Duration = Duration::from_secs(100);
/// The service is there when it answers anything within this.
const SERVICE: Duration = Duration::from_secs(10);

/// Prints what is found; 0 is healthy, 1 is not, and 2 (by an error) could not be found out.
///
/// # Errors
/// Somebody is in the booth, it does not answer, or there is no booth and no usable configuration.
pub fn run(flags: &CheckFlags) -> anyhow::Result<ExitCode> {
    let report = match ask(&flags.control, &Ask::Check, ANSWER) {
        Ok(Answer::Report { report: Some(report), .. }) => report,
        Ok(Answer::Busy) => anyhow::bail!("somebody is in the booth: ask again later"),
        Ok(answer) => anyhow::bail!("the booth does not say how it is: {answer:?}"),
        Err(AskError::Away) => alone(flags)?,
        Err(error) => return Err(error).context(format!("the socket {}", flags.control.display())),
    };
    let device = machine::read(&flags.device);
    match flags.json {
        true => println!("{}", report::json(&report, &device)),
        false => print!("{}", report::table(&report, &device)),
    }
    Ok(ExitCode::from(u8::from(!report.is_healthy())))
}

/// Looks at everything but the screen, which a booth would have to draw.
fn alone(flags: &CheckFlags) -> anyhow::Result<Report> {
    let config = Config::load(&Flags::of(flags.config.clone()))
        .context("no booth is running here, so its settings are needed")?;
    let findings = engawa_media::check(&config.media(), studio::PATIENCE, &AtomicBool::new(false));
    let mut checks = report::of_media(findings.context("the check was given up")?);
    checks.push(Check { part: Part::Service, finding: service(&config.service)? });
    checks.push(Check { part: Part::Disk, finding: disk(&config.data) });
    Ok(Report { checks })
}

/// Any answer will do: whoever speaks HTTP there is reached.
fn service(url: &str) -> anyhow::Result<Finding> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the network")?;
    runtime.block_on(async {
        let roots = HttpsConnectorBuilder::new().with_native_roots().context("reading the root certificates")?;
        let connector = roots.https_or_http().enable_http1().build();
        let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
        let uri = format!("{url}/healthz").parse().context("the service's address is not a URL")?;
        let failed =
            |why: &str| Finding::Failed { reason: format!("{why} at {url}: check the network and the address") };
        Ok(match tokio::time::timeout(SERVICE, client.get(uri)).await {
            Ok(Ok(answer)) => Finding::Good { figure: format!("answers {}", answer.status().as_u16()) },
            Ok(Err(_)) => failed("no service"),
            Err(_) => failed("no answer in time"),
        })
    })
}

/// Whether the data folder takes a file. The booth's own files stay untouched: this may run as another user.
fn disk(data: &Path) -> Finding {
    let write = || -> std::io::Result<()> {
        let path = data.join(format!(".check-{}", std::process::id()));
        let mut file = std::fs::File::create_new(&path)?;
        let written = std::io::Write::write_all(&mut file, &[0; 4096]).and_then(|()| file.sync_all());
        std::fs::remove_file(&path)?;
        written
    };
    match write() {
        Ok(()) => Finding::Good { figure: String::new() },
        Err(error) => Finding::Failed {
            reason: format!("{} takes no file ({error}): make room, or see to the disk", data.display()),
        },
    }
}
