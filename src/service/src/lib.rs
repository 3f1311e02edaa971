//! The service: the one place where booths and recruiters' pages meet.
//!
//! Owns: WebSockets and their limits, who is signed in, rooms' tasks and their logs in the
//! ledger, what is shown outside of rooms, the recruiter's page as files.
//! Never does: decide what happens in a room (`engawa-session` does), touch media, write names,
//! chat, SDP or addresses into its own log.
//!
//! [`run`] serves on a listener until it is told to stop. A connection is one task, a room is
//! one task, the hall is one task; they post typed actions to each other and share no state.

mod accept;
pub mod accounts;
pub mod api;
pub mod booths;
mod bucket;
mod clock;
pub mod config;
mod fair;
mod hall;
mod http;
pub mod ledger;
mod nodes;
mod notices;
mod outlet;
mod records;
mod rooms;
mod schedule;
mod service;
mod socket;
mod store;
mod sweep;
mod tickets;
mod updates;
mod uploads;
mod visitor;
mod wire;

use crate::config::Config;
use crate::service::Service;
use engawa_ledger::Ledger;
use engawa_protocol::CompanyId;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Stopping takes no longer, whatever hangs.
const STOPPING: Duration = Duration::from_secs(3);

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no page to serve.
    #[error("{folder}: there is no index.html; build the page with `make page` and name its folder with --page")]
    Page {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// The ledger or what it holds cannot be used.
    #[error("the service cannot start")]
    Open(#[from] service::OpenError),
}

/// A service that has read its ledger and is about to serve.
#[derive(Debug)]
pub struct Ready {
    service: Arc<Service>,
}

/// Takes up what the ledger holds.
///
/// # Errors
/// When there is no page, or the ledger cannot be read.
pub async fn open(config: Config, ledger: Arc<dyn Ledger>) -> Result<Ready, RunError> {
    if !config.page.join("index.html").is_file() {
        return Err(RunError::Page { folder: config.page });
    }
    Ok(Ready { service: Service::open(config, ledger, CancellationToken::new()).await? })
}

/// The companies that the ledger and the configuration name together, for making accounts.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn companies(config: &Config, ledger: Arc<dyn Ledger>) -> Result<Vec<CompanyId>, RunError> {
    let fair = fair::Fair::open(store::Store::new(ledger), config).await.map_err(service::OpenError::from)?;
    Ok(fair.now().companies.iter().map(|company| company.id.clone()).collect())
}

/// Opens and serves; see [`open`] and [`Ready::serve`].
///
/// # Errors
/// When it cannot start.
pub async fn run(
    config: Config,
    ledger: Arc<dyn Ledger>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), RunError> {
    open(config, ledger).await?.serve(listener, shutdown).await;
    Ok(())
}

impl Ready {
    /// Serves on `listener` until `shutdown` is done; then connections are told to come back
    /// later ([`engawa_protocol::CloseCode::Restart`]), within four seconds altogether.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let service = self.service;
        let (stop, tasks) = (service.stop.clone(), service.tasks.clone());
        let app = http::router(service);
        let accepting = tasks.spawn(accept::accept(listener, app, stop.clone(), tasks.clone()));
        tokio::select! {
            // It accepts until it is told to stop, or panics.
            _ = accepting => tracing::error!("nothing is accepted any more"),
            () = shutdown => {}
        }
        tracing::info!("stopping");
        stop.cancel();
        tasks.close();
        if timeout(STOPPING, tasks.wait()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }
}
