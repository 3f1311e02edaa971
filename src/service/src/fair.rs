//! The event and its companies: records in the ledger, and what everybody works with at the moment.
//!
//! The configuration is the seed: it is written at the first start, and companies that it names
//! later are added. From then on the API changes them.

use crate::config::Config;
use crate::store::{Expect, Store, StoreError};
use engawa_protocol::{CompanyId, Localized, NameRule, Reentry};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

/// Companies of one event.
pub const COMPANIES: usize = 500;

const EVENT: &str = "event";
const COMPANY: &str = "company/";

/// Whom a company sees (policy `walk_up`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WalkUp {
    /// Anyone may knock.
    #[default]
    Open,
    /// Only people with a booking.
    Booked,
}

/// The speed that a line check must exceed (policy `line_gate`), in Mbit/s.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LineGate {
    /// Up.
    pub up: f64,
    /// Down.
    pub down: f64,
}

/// When speech is written down (policy `transcript`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transcript {
    /// Never.
    Off,
    /// When an agenda is set.
    #[default]
    Agenda,
}

/// When an interview is recorded (policy `recording`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recording {
    /// Never.
    #[default]
    Off,
    /// When everybody agreed.
    Consent,
}

/// The event's policies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Policies {
    /// What a new booking says unless its maker says otherwise (X6).
    #[schema(value_type = String)]
    pub reentry: Reentry,
    /// As `reentry`.
    #[schema(value_type = String)]
    pub name: NameRule,
    /// For the line check.
    pub line_gate: LineGate,
    /// Whom companies see.
    pub walk_up: WalkUp,
    /// Writing down.
    pub transcript: Transcript,
    /// Recording.
    pub recording: Recording,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            reentry: Reentry::default(),
            name: NameRule::default(),
            line_gate: LineGate { up: 3.0, down: 15.0 },
            walk_up: WalkUp::default(),
            transcript: Transcript::default(),
            recording: Recording::default(),
        }
    }
}

/// The event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// Its name.
    #[schema(value_type = Text)]
    pub name: Localized,
    /// Its policies.
    #[serde(default)]
    pub policies: Policies,
}

/// A company of the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Company {
    /// Its id.
    #[schema(value_type = String)]
    pub id: CompanyId,
    /// Its name.
    #[schema(value_type = Text)]
    pub name: Localized,
    /// Its place among the others on a booth's screen.
    pub order: u32,
    /// Another rule than the event's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walk_up: Option<WalkUp>,
}

/// One text in every language, as [`Localized`].
#[derive(ToSchema)]
#[allow(dead_code, reason = "it stands for a type of the protocol in the description alone")]
pub struct Text {
    ja: String,
    ko: String,
    en: String,
}

/// The event and its companies at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The event.
    pub event: Event,
    /// In the order in which a booth shows them.
    pub companies: Vec<Company>,
}

impl State {
    /// The company of that id.
    pub fn company(&self, id: &CompanyId) -> Option<&Company> {
        self.companies.iter().find(|company| company.id == *id)
    }

    /// The company sees people without a booking.
    pub fn walk_up(&self, company: &Company) -> bool {
        company.walk_up.unwrap_or(self.event.policies.walk_up) == WalkUp::Open
    }
}

/// The event as it is now, for everybody who asks, and the one place that changes it.
#[derive(Debug)]
pub struct Fair {
    store: Store,
    state: watch::Sender<Arc<State>>,
    changing: Mutex<()>,
}

impl Fair {
    /// Reads the event, and writes what the configuration adds to it.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn open(store: Store, config: &Config) -> Result<Arc<Self>, StoreError> {
        let seed = Event { name: config.event.clone(), policies: Policies::default() };
        write_new(&store, EVENT, &seed).await?;
        for (company, order) in config.companies.iter().zip(0..) {
            let seed = Company { id: company.id.clone(), name: company.name.clone(), order, walk_up: None };
            // One that was removed by the API stays away.
            if store.get::<Removed>(&removed_key(&seed.id)).await?.is_none() {
                write_new(&store, &company_key(&seed.id), &seed).await?;
            }
        }
        let state = read(&store).await?;
        Ok(Arc::new(Self { store, state: watch::Sender::new(Arc::new(state)), changing: Mutex::new(()) }))
    }

    /// As it is now.
    pub fn now(&self) -> Arc<State> {
        self.state.borrow().clone()
    }

    /// Tells of every change.
    pub fn changes(&self) -> watch::Receiver<Arc<State>> {
        self.state.subscribe()
    }

    /// There is such a company.
    pub fn has(&self, id: &CompanyId) -> bool {
        self.state.borrow().company(id).is_some()
    }

    /// Changes the event.
    ///
    /// # Errors
    /// A failing ledger, or somebody else who changed it at the same time.
    pub async fn change_event(&self, change: impl FnOnce(&mut Event)) -> Result<Event, StoreError> {
        let _changing = self.changing.lock().await;
        let mut kept = self.store.get::<Event>(EVENT).await?.ok_or(StoreError::Conflict)?;
        change(&mut kept.value);
        self.store.put(EVENT, &kept.value, Expect::Revision(kept.revision)).await?;
        self.look_again().await?;
        Ok(kept.value)
    }

    /// Adds a company.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is one of that id.
    pub async fn add(&self, company: &Company) -> Result<(), StoreError> {
        let _changing = self.changing.lock().await;
        self.store.put(&company_key(&company.id), company, Expect::New).await?;
        self.store.delete(&removed_key(&company.id), Expect::Any).await?;
        self.look_again().await
    }

    /// Changes a company; none when there is none of that id.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn change(
        &self,
        id: &CompanyId,
        change: impl FnOnce(&mut Company),
    ) -> Result<Option<Company>, StoreError> {
        let _changing = self.changing.lock().await;
        let Some(mut kept) = self.store.get::<Company>(&company_key(id)).await? else { return Ok(None) };
        change(&mut kept.value);
        self.store.put(&company_key(id), &kept.value, Expect::Revision(kept.revision)).await?;
        self.look_again().await?;
        Ok(Some(kept.value))
    }

    /// Removes a company.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn remove(&self, id: &CompanyId) -> Result<(), StoreError> {
        let _changing = self.changing.lock().await;
        self.store.put(&removed_key(id), &Removed {}, Expect::Any).await?;
        self.store.delete(&company_key(id), Expect::Any).await?;
        self.look_again().await
    }

    /// Takes over what other nodes change, until the service stops.
    pub async fn keep_up(self: Arc<Self>, stop: CancellationToken) {
        let look = || async {
            let _changing = self.changing.lock().await;
            self.look_again().await
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.store.follow(&[EVENT, COMPANY], look) => {}
        }
    }

    async fn look_again(&self) -> Result<(), StoreError> {
        let state = Arc::new(read(&self.store).await?);
        self.state.send_if_modified(|known| {
            let is_new = *known != state;
            *known = state;
            is_new
        });
        Ok(())
    }
}

/// The configuration still names a company that was removed.
#[derive(Serialize, Deserialize)]
struct Removed {}

async fn write_new<T: Serialize + Sync>(store: &Store, key: &str, value: &T) -> Result<(), StoreError> {
    match store.put(key, value, Expect::New).await {
        Ok(_) | Err(StoreError::Conflict) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn read(store: &Store) -> Result<State, StoreError> {
    let event = store.get::<Event>(EVENT).await?.ok_or(StoreError::Damaged { key: EVENT.to_owned() })?.value;
    let companies = store.list::<Company>(COMPANY).await?;
    let mut companies: Vec<_> = companies.into_iter().map(|(_, kept)| kept.value).collect();
    companies.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    Ok(State { event, companies })
}

fn company_key(id: &CompanyId) -> String {
    format!("{COMPANY}{id}")
}

fn removed_key(id: &CompanyId) -> String {
    format!("removed/company/{id}")
}
