//! The parts of a running service, and what every request needs of them.

use crate::accounts::{Account, AccountError, Accounts, SignedIn};
use crate::booths::{Booths, EnrolKey, EnrolKeyError};
use crate::config::{Config, EnrolKeyFile};
use crate::fair::Fair;
use crate::hall;
use crate::http::cookie;
use crate::http::sign_in::Attempts;
use crate::nodes::{self, Nodes};
use crate::notices::Notices;
use crate::outlet::ConnectionId;
use crate::records::Records;
use crate::rooms::{Rooms, Surroundings};
use crate::schedule::Schedule;
use crate::store::{Store, StoreError};
use crate::sweep;
use crate::tickets::{TicketError, Tickets};
use crate::updates::Updates;
use crate::uploads::Uploads;
use crate::visitor::{Identity, Visitor};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use engawa_ledger::Ledger;
use engawa_session::room::Sender;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Participants connected at a time.
const CONNECTIONS: usize = 20_000;

/// What keeps the service from starting.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The accounts.
    #[error("the accounts cannot be taken up")]
    Accounts(#[from] AccountError),
    /// The records.
    #[error("the ledger's records cannot be taken up")]
    Store(#[from] StoreError),
    /// The tickets.
    #[error("the tickets cannot be taken up")]
    Tickets(#[from] TicketError),
    /// The key for enrolment.
    #[error("the key for enrolment cannot be had")]
    EnrolKey(#[from] EnrolKeyError),
    /// The other nodes.
    #[error("the other nodes cannot be listened to")]
    Relay(#[source] engawa_ledger::Error),
    /// The operating system.
    #[error("the operating system gives no random bytes")]
    Random(#[from] getrandom::Error),
}

/// Everything that requests and connections share.
pub struct Service {
    /// What the service was told.
    pub config: Arc<Config>,
    /// Where everything is kept.
    pub ledger: Arc<dyn Ledger>,
    /// The same as records and files.
    pub store: Store,
    /// The event and its companies.
    pub fair: Arc<Fair>,
    /// The interviews that are booked.
    pub schedule: Arc<Schedule>,
    /// Ways into them.
    pub tickets: Arc<Tickets>,
    /// Files on their way.
    pub uploads: Arc<Uploads>,
    /// Bundles that booths update themselves from.
    pub updates: Updates,
    /// Interviews that are over.
    pub records: Arc<Records>,
    /// Hosts, admins and staff.
    pub accounts: Accounts,
    /// The event's booths.
    pub booths: Arc<Booths>,
    /// Rooms that run.
    pub rooms: Arc<Rooms>,
    /// What everybody is shown outside of rooms.
    pub hall: hall::Handle,
    /// How often passwords were tried.
    pub attempts: Attempts,
    /// One permit a connection.
    pub seats: Arc<Semaphore>,
    /// Set when the service stops.
    pub stop: CancellationToken,
    /// Every task that is waited for at the end.
    pub tasks: TaskTracker,
    connections: AtomicU64,
}

impl Service {
    /// Puts the parts together, starts the hall and takes up the rooms of the ledger.
    ///
    /// # Errors
    /// A ledger that cannot be read, or an operating system without random bytes.
    pub async fn open(
        config: Config,
        ledger: Arc<dyn Ledger>,
        stop: CancellationToken,
    ) -> Result<Arc<Self>, OpenError> {
        let (config, tasks) = (Arc::new(config), TaskTracker::new());
        let store = Store::new(ledger.clone());
        let fair = Fair::open(store.clone(), &config).await?;
        let schedule = Schedule::new(store.clone());
        let uploads = Arc::new(Uploads::new(store.clone()));
        let tickets = Arc::new(Tickets::open(store.clone(), config.number_life).await?);
        let records = Records::new(store.clone(), config.records);
        let key = config.enrol_key.as_ref().map(enrol_key).transpose()?;
        let booths = Booths::open(store.clone(), config.booths.clone(), key).await?;
        let nodes = Nodes::new(ledger.clone())?;
        let (hall, hall_task) =
            hall::open(config.clone(), fair.changes(), booths.changes(), nodes.clone(), stop.clone());
        tasks.spawn(hall_task);
        let around = Surroundings {
            config: config.clone(),
            ledger: ledger.clone(),
            fair: fair.clone(),
            schedule: schedule.clone(),
            uploads: uploads.clone(),
            records: records.clone(),
            hall: hall.clone(),
            nodes: nodes.clone(),
            stop: stop.clone(),
            tasks: tasks.clone(),
        };
        let service = Arc::new(Self {
            updates: Updates::new(config.updates.clone()),
            config,
            accounts: Accounts::in_store(store.clone())?,
            ledger,
            store,
            fair,
            schedule,
            uploads,
            records,
            tickets,
            booths,
            rooms: Rooms::new(around),
            hall,
            attempts: Attempts::default(),
            seats: Arc::new(Semaphore::new(CONNECTIONS)),
            stop,
            tasks,
            connections: AtomicU64::new(1),
        });
        // Before the rooms are listed: one that is opened in between is heard of.
        let listening = nodes::run(nodes, service.rooms.clone(), service.hall.clone(), service.stop.clone());
        service.tasks.spawn(listening.await.map_err(OpenError::Relay)?);
        service.tasks.spawn(service.fair.clone().keep_up(service.stop.clone()));
        service.tasks.spawn(service.booths.clone().keep_up(service.stop.clone()));
        service.rooms.restore().await.map_err(StoreError::from)?;
        service.schedule.mend(&service.rooms).await?;
        service.tasks.spawn(sweep::run(service.clone()));
        if let Some(notices) = service.config.notices.clone() {
            let (store, schedule) = (service.store.clone(), service.schedule.clone());
            let notices = Notices::new(store, schedule, notices, service.config.base());
            service.tasks.spawn(notices.run(service.tickets.clone(), service.stop.clone()));
        }
        Ok(service)
    }

    /// A name for a new connection.
    pub fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed))
    }

    /// The booth that sends a request, by its bearer.
    ///
    /// # Errors
    /// 503 when the ledger fails.
    pub async fn booth(&self, authorization: &HeaderValue) -> Result<Option<Identity>, StatusCode> {
        let bearer = authorization.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
        let Some(bearer) = bearer else { return Ok(None) };
        self.booths.recognise(bearer.trim()).await.map_err(|error| unavailable(&error))
    }

    /// Whoever was recognised before still stands.
    ///
    /// # Errors
    /// 503 when the ledger fails.
    pub async fn stands(&self, visitor: &Visitor) -> Result<bool, StatusCode> {
        match (&visitor.sender, &visitor.session) {
            (_, None) => Ok(true),
            (Sender::Guest { booth }, Some(session)) => {
                self.booths.stands(booth, session).await.map_err(|error| unavailable(&error))
            }
            (_, Some(session)) => self.accounts.stands(session).await.map_err(|error| unavailable(&error)),
        }
    }

    /// Who sends a request, by its cookie.
    ///
    /// # Errors
    /// 503 when the ledger fails.
    pub async fn signed_in(&self, headers: &HeaderMap) -> Result<Option<SignedIn>, StatusCode> {
        let Some(token) = cookie::read(&self.config, headers) else { return Ok(None) };
        let signed_in = self.accounts.signed_in(token).await.map_err(|error| unavailable(&error))?;
        // An account of a company that is no longer at the event has nothing to see.
        let belongs = |account: &Account| account.company.as_ref().is_none_or(|company| self.fair.has(company));
        Ok(signed_in.filter(|signed_in| belongs(&signed_in.account)))
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("rooms", &self.rooms).finish_non_exhaustive()
    }
}

/// A key of this machine alone is made at the first start; one that nodes share is not.
fn enrol_key(file: &EnrolKeyFile) -> Result<EnrolKey, EnrolKeyError> {
    match file {
        EnrolKeyFile::Own(file) => EnrolKey::read_or_make(file),
        EnrolKeyFile::Named(file) => EnrolKey::read(file),
    }
}

/// Logs a failure of ours once, where it is handled, as the answer to the client.
pub fn unavailable(error: &(dyn std::error::Error + 'static)) -> StatusCode {
    tracing::error!(error, "a request cannot be answered");
    StatusCode::SERVICE_UNAVAILABLE
}
