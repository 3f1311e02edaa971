//! The interviews that are booked: one record each, beside the room whose log is the truth.
//!
//! A record says what the log cannot be asked in a list (the slot, whom to notify). It is written
//! before the room is booked, and after each change; [`Schedule::mend`] finishes at the next start
//! what a crash left half-way.

use crate::clock;
use crate::rooms::Rooms;
use crate::store::{Expect, Store, StoreError};
use engawa_protocol::{Booking, BoothId, Command, CompanyId, Millis, Progress, Refusal, RoomId};
use engawa_session::room::{Room, Sender};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::Notify;

/// Interviews in the schedule at a time.
pub const INTERVIEWS: usize = 50_000;

/// A booked interview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interview {
    /// Its room.
    pub room: RoomId,
    /// What is booked.
    pub booking: Booking,
    /// For the webhook's receiver, to reach the candidate; may be empty.
    pub contact: String,
    /// Who books it; the room's log names them as well.
    by: By,
    /// It is in the room's log.
    booked: bool,
    /// It is not held.
    pub cancelled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum By {
    Host { account: engawa_protocol::AccountId, name: String },
    Staff { account: engawa_protocol::AccountId, name: String },
}

/// Why an interview is not booked, changed or cancelled.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// The room does not take it.
    #[error("the room refuses the booking: {0:?}")]
    Refused(Refusal),
    /// There are too many.
    #[error("the schedule is full")]
    Full,
    /// It cannot be kept.
    #[error("an interview is not kept")]
    Store(#[from] StoreError),
}

/// The interviews that are booked.
#[derive(Debug)]
pub struct Schedule {
    store: Store,
    changed: Arc<Notify>,
}

impl Schedule {
    /// The interviews among the records of `store`.
    pub fn new(store: Store) -> Arc<Self> {
        Arc::new(Self { store, changed: Arc::default() })
    }

    /// Wakes whoever keeps the notices whenever something was booked, changed or cancelled.
    pub fn changes(&self) -> Arc<Notify> {
        self.changed.clone()
    }

    /// The interview of `room` at `company`.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn interview(&self, company: &CompanyId, room: &RoomId) -> Result<Option<Interview>, StoreError> {
        Ok(self.store.get(&key(company, room)).await?.map(|kept| kept.value))
    }

    /// Every interview of `company`, or of all.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn all(&self, company: Option<&CompanyId>) -> Result<Vec<Interview>, StoreError> {
        let prefix = company.map_or("interview/".to_owned(), |company| format!("interview/{company}/"));
        Ok(self.store.list(&prefix).await?.into_iter().map(|(_, kept)| kept.value).collect())
    }

    /// Some interview of `company` is not over by its slot.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn has_to_come(&self, company: &CompanyId) -> Result<bool, StoreError> {
        let now = clock::now();
        let to_come = |interview: &Interview| !interview.cancelled && interview.booking.slot.ends > now;
        Ok(self.all(Some(company)).await?.iter().any(to_come))
    }

    /// Books a new interview: its record, and the first event of its room.
    ///
    /// # Errors
    /// The room's refusal, or a failing ledger.
    pub async fn book(
        &self,
        rooms: &Arc<Rooms>,
        sender: Sender,
        room: RoomId,
        booking: Booking,
        contact: String,
    ) -> Result<Interview, ScheduleError> {
        if self.all(None).await?.len() >= INTERVIEWS {
            return Err(ScheduleError::Full);
        }
        let key = key(&booking.company, &room);
        let by = By::of(&sender);
        let mut interview = Interview { room, booking, contact, by, booked: false, cancelled: false };
        let revision = self.store.put(&key, &interview, Expect::New).await?;
        let command = Command::Book { booking: interview.booking.clone() };
        if let Err(refusal) = rooms.decide(&interview.room, sender, command).await {
            // Whether an unavailable room took it is open: the next start looks.
            if refusal != Refusal::Unavailable {
                self.store.delete(&key, Expect::Any).await?;
            }
            return Err(ScheduleError::Refused(refusal));
        }
        self.take_over(rooms, &mut interview).await?;
        interview.booked = true;
        self.store.put(&key, &interview, Expect::Revision(revision)).await?;
        self.changed.notify_one();
        Ok(interview)
    }

    /// Changes what is booked.
    ///
    /// # Errors
    /// The room's refusal, or a failing ledger.
    pub async fn change(
        &self,
        rooms: &Arc<Rooms>,
        sender: Sender,
        mut interview: Interview,
        booking: Booking,
        contact: String,
    ) -> Result<Interview, ScheduleError> {
        let decided = rooms.decide(&interview.room, sender, Command::Book { booking }).await;
        decided.map_err(ScheduleError::Refused)?;
        interview.contact = contact;
        self.take_over(rooms, &mut interview).await?;
        self.store.put(&key(&interview.booking.company, &interview.room), &interview, Expect::Any).await?;
        self.changed.notify_one();
        Ok(interview)
    }

    /// Cancels what is booked.
    ///
    /// # Errors
    /// The room's refusal, or a failing ledger.
    pub async fn cancel(
        &self,
        rooms: &Arc<Rooms>,
        sender: Sender,
        mut interview: Interview,
    ) -> Result<(), ScheduleError> {
        let decided = rooms.decide(&interview.room, sender, Command::CancelBooking).await;
        decided.map_err(ScheduleError::Refused)?;
        interview.cancelled = true;
        self.store.put(&key(&interview.booking.company, &interview.room), &interview, Expect::Any).await?;
        self.changed.notify_one();
        Ok(())
    }

    /// When the next slot at the same booth, or with one of the same hosts, begins (X3).
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn next(&self, id: &RoomId, room: &Room) -> Result<Option<Millis>, StoreError> {
        let Some(booking) = room.booking() else { return Ok(None) };
        let booth = booking.booth.as_ref().or(room.booth());
        let after = booking.slot.starts;
        let clashes =
            |other: &Interview| other.room != *id && !other.cancelled && meets(&other.booking, booking, booth);
        let starts = self.all(None).await?.into_iter().filter(clashes).map(|other| other.booking.slot.starts);
        Ok(starts.filter(|starts| *starts >= after).min())
    }

    /// Forgets an interview whose records are no longer kept.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn forget(&self, company: &CompanyId, room: &RoomId) -> Result<(), StoreError> {
        self.store.delete(&key(company, room), Expect::Any).await
    }

    /// Finishes what a crash left half-way: books what was promised, and takes over what the logs say.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn mend(&self, rooms: &Arc<Rooms>) -> Result<(), StoreError> {
        for (key, kept) in self.store.list::<Interview>("interview/").await? {
            let mut interview = kept.value;
            let before = interview.clone();
            if !interview.booked {
                let sender = interview.by.sender(&interview.booking.company);
                let command = Command::Book { booking: interview.booking.clone() };
                match rooms.decide(&interview.room, sender, command).await {
                    Ok(()) | Err(Refusal::Over | Refusal::WrongMoment) => interview.booked = true,
                    Err(Refusal::Unavailable) => continue,
                    Err(_) => {
                        self.store.delete(&key, Expect::Any).await?;
                        continue;
                    }
                }
            }
            self.take_over(rooms, &mut interview).await?;
            if interview != before {
                self.store.put(&key, &interview, Expect::Any).await?;
            }
        }
        Ok(())
    }

    async fn take_over(&self, rooms: &Arc<Rooms>, interview: &mut Interview) -> Result<(), StoreError> {
        if let Some((room, _)) = rooms.read(&interview.room).await? {
            interview.booking = room.booking().unwrap_or(&interview.booking).clone();
            interview.cancelled = room.progress() == Progress::Cancelled;
        }
        Ok(())
    }
}

impl By {
    fn of(sender: &Sender) -> Self {
        match sender {
            Sender::Host { account, name, .. } => By::Host { account: account.clone(), name: name.clone() },
            Sender::Staff { account, name } => By::Staff { account: account.clone(), name: name.clone() },
            Sender::Guest { .. } => unreachable!("a booth has no way to the schedule"),
        }
    }

    fn sender(&self, company: &CompanyId) -> Sender {
        match self.clone() {
            By::Host { account, name } => {
                Sender::Host { account, company: company.clone(), name, title: String::new() }
            }
            By::Staff { account, name } => Sender::Staff { account, name },
        }
    }
}

fn meets(other: &Booking, ours: &Booking, booth: Option<&BoothId>) -> bool {
    let same_booth = booth.is_some() && other.booth.as_ref() == booth;
    same_booth || other.company == ours.company && other.hosts.iter().any(|host| ours.hosts.contains(host))
}

fn key(company: &CompanyId, room: &RoomId) -> String {
    format!("interview/{company}/{room}")
}
