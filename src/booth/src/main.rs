//! The booth's program: a candidate's touch screen, camera, microphone and speaker.
//!
//! Owns: the process, its configuration, the one loop ([`driver`]) and the adapters that carry
//! out what `engawa-session` decides: [`link`] to the service, [`studio`] for the media,
//! [`engawa_panel`] for sensors and lamps, [`pictures`] between media and screen, [`engawa_booth`]'s
//! for the disk and the queue, [`script`] for a candidate without hands; [`enrolling`] is the first
//! start, [`check`] tells whether it all works, and [`unable`] is the page of a booth without usable settings.
//! Never does: decisions about an interview. Adapters never call one another but for [`pictures`]: thirty
//! frames a second go from media to screen without passing the loop; and the courier, who keeps the queue's
//! disk and uploads.

mod check;
mod config;
mod disk;
mod driver;
mod enrolling;
mod inbox;
mod link;
mod machine;
mod pictures;
mod report;
mod script;
mod status;
mod studio;
mod unable;
mod uplink;
mod watchdog;

use anyhow::Context;
use clap::Parser;
use config::{Command, Config, Flags, View};
use driver::Driver;
use engawa_booth::access::Access;
use engawa_booth::control::Control;
use engawa_booth::service::Service;
use engawa_booth::upload::Uploads;
use inbox::Happened;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use tokio::runtime::Runtime;
use tracing_subscriber::EnvFilter;

/// Things that may wait for the loop; more means that it hangs.
const WAITING: usize = 4096;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("ENGAWA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours).init();
    let flags = Flags::parse();
    rustls::crypto::ring::default_provider().install_default().ok();
    let ended = match &flags.command {
        Some(Command::Check(check)) => check::run(&flags, check),
        Some(Command::Enrol) => enrolling::run(&flags),
        None => match settings(&flags) {
            Ok(settings) => run(&flags, settings),
            Err(error) => unable::show(&flags, error, |flags| settings(flags).map(drop)),
        },
    };
    match ended {
        Ok(code) => code,
        Err(error) => {
            eprintln!("engawa-booth: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// What a booth cannot start without.
type Settings = (Config, Service, Access);

fn settings(flags: &Flags) -> anyhow::Result<Settings> {
    let config = Config::load(flags)?;
    let service = config.service()?;
    let access = config.access(&service)?;
    Ok((config, service, access))
}

fn run(flags: &Flags, (config, service, access): Settings) -> anyhow::Result<ExitCode> {
    let script = flags.script.as_deref().map(script::Source::open).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("starting the network's threads")?;

    let (inbox, happened) = mpsc::sync_channel(WAITING);
    let post = inbox::Post::new(inbox);
    let told = post.clone();
    let tell = Arc::new(move |input| told.happened(Happened::Queue(input)));
    let (uploads, uploads_task) = Uploads::new(service.clone(), access.clone(), tell);
    let place = disk::Place { data: config.data.clone(), uploads };
    let start = place.start(std::time::Instant::now()).context("opening the booth's disk")?;
    let kind = match config.view {
        View::Window => engawa_screen::Kind::Window,
        View::Kms => engawa_screen::Kind::Kms,
        View::Headless => engawa_screen::Kind::Headless { width: 1280, height: 800 },
    };
    let touched = post.clone();
    let screen =
        engawa_screen::Screen::open(kind, move |touch| touched.input(engawa_session::booth::Input::Touched(touch)))
            .context("opening the screen")?;
    screen.set_zone(config.timezone.clone());
    let pictures = pictures::Pictures::new(screen.poster());
    let studio = studio::Studio::start(config.media(), config.data.clone(), post.clone(), pictures);
    let pressed = post.clone();
    let panel = engawa_panel::Panel::open(config.panel(), move |input| {
        pressed.input(engawa_session::booth::Input::Panel(input));
    })
    .context("opening the panel")?;
    let (link, link_task) = link::Link::new(&service, access, post.clone())?;
    watched(&runtime, link_task, post.clone());
    watched(&runtime, uploads_task, post.clone());
    runtime.spawn(stop_on_signal(post.clone()));
    runtime.spawn(machine::watch(flags.device.clone(), post.clone()));
    runtime.spawn(uplink::watch(post.clone()));
    let control = match flags.control() {
        Some(path) => {
            let told = post.clone();
            let (control, task) = Control::open(&path, Arc::new(move |input| told.input(input)))
                .with_context(|| format!("opening the control socket {}", path.display()))?;
            runtime.spawn(task);
            control
        }
        None => Control::default(),
    };

    let scripted = script.is_some();
    let (status, views) = status::Status::new(scripted);
    if let Some(script) = script {
        runtime.spawn(script::play(script, views, post.clone()));
    }
    let watchdog = watchdog::Watchdog::new(&screen, config.view != View::Headless);
    let parts = driver::Parts { link, studio, status, panel, watchdog, screen: screen.poster(), control };
    let (session, inbox) = (config.session(), post.clone());
    let driver = std::thread::Builder::new()
        .name("driver".into())
        .spawn(move || Driver::new(session, parts, start, inbox).run(&happened))
        .context("starting the loop")?;
    screen.run().context("showing the screen")?;
    post.happened(Happened::Stop(0));
    let code = driver.join().map_err(|_| anyhow::anyhow!("the loop ended by a fault of its own"))??;
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    Ok(ExitCode::from(code))
}

/// Runs a task without which the booth only seems to work: when it breaks, the program starts anew.
fn watched(runtime: &Runtime, task: impl Future<Output = ()> + Send + 'static, post: inbox::Post) {
    let task = runtime.spawn(task);
    runtime.spawn(async move {
        if task.await.is_err_and(|error| error.is_panic()) {
            post.happened(Happened::Stop(3));
        }
    });
}

async fn stop_on_signal(post: inbox::Post) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    post.happened(Happened::Stop(0));
}
