//! Ways into a booked interview: the connection number and the QR code (E1, E2).
//!
//! A number stands in the ledger as `number/<digits>` until it is over. Only four digits long, it
//! is protected by its short life and by the count of wrong tries, not by being hard to guess; a
//! code is signed with a key of the service's own and says itself until when it is good.

mod code;
mod tries;

use crate::clock;
use crate::rooms::Rooms;
use crate::store::{Expect, Kept, Store, StoreError};
use code::{Code, CodeKey};
use engawa_protocol::{Booking, BoothId, Millis, Refusal, RoomId, Ticket, TicketRefusal, limits};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tries::{Held, Tries};

/// How long a number is good, unless the configuration says otherwise.
pub const NUMBER_LIFE: Duration = Duration::from_secs(10 * 60);
/// After the slot, a code opens nothing; an extension moves its end by as much at most.
const CODE_AFTER: u64 = 8 * 60 * 60 * 1000;
/// Looks for a free number before giving up: with a thousand live ones, one in ten is taken.
const LOOKS: usize = 64;

#[derive(Serialize, Deserialize)]
struct NumberRecord {
    room: RoomId,
    expires: Millis,
    /// The booth that used it; the same one may ask again, since an answer may be lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used: Option<BoothId>,
}

/// What a good ticket opens.
#[derive(Debug)]
pub struct Invitation {
    /// The interview's room.
    pub room: RoomId,
    /// What is booked.
    pub booking: Booking,
    /// The interview has begun, and goes on at this booth.
    pub goes_on: bool,
}

/// Why there is no number or code.
#[derive(Debug, thiserror::Error)]
pub enum TicketError {
    /// Every number that was looked at is live.
    #[error("no connection number is free")]
    NoneFree,
    /// The operating system gives no random bytes.
    #[error("a connection number could not be made")]
    Random,
    /// The ledger failed.
    #[error("a ticket is not kept")]
    Store(#[from] StoreError),
}

/// The tickets of the event.
#[derive(Debug)]
pub struct Tickets {
    store: Store,
    key: CodeKey,
    life: Duration,
    tries: Tries,
}

impl Tickets {
    /// The tickets among the records of `store`, with the service's key, made at the first start.
    ///
    /// # Errors
    /// A failing ledger, or an operating system without random bytes.
    pub async fn open(store: Store, life: Duration) -> Result<Self, TicketError> {
        let key = CodeKey::open(&store).await?;
        let tries = Tries::new(store.clone());
        Ok(Self { store, key, life, tries })
    }

    /// Issues a number for `room`, unique among the live ones; answers until when it is good.
    ///
    /// # Errors
    /// [`TicketError::NoneFree`], or a failing ledger.
    pub async fn issue(&self, room: &RoomId) -> Result<(String, Millis), TicketError> {
        self.forget_old().await?;
        for _ in 0..LOOKS {
            let (number, now) = (random_number()?, clock::now());
            let expect = match self.number(&number).await? {
                Some(kept) if kept.value.expires > now => continue,
                Some(kept) => Expect::Revision(kept.revision),
                None => Expect::New,
            };
            let expires = Millis(now.0 + self.life.as_millis() as u64);
            let record = NumberRecord { room: room.clone(), expires, used: None };
            match self.store.put(&number_key(&number), &record, expect).await {
                Ok(_) => return Ok((number, expires)),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(TicketError::NoneFree)
    }

    /// The text of the booking's QR code.
    pub fn code(&self, room: &RoomId, booking: &Booking) -> String {
        self.key.sign(&Code { room: room.clone(), expires: Millis(booking.slot.ends.0 + CODE_AFTER) })
    }

    /// Trades a ticket for its interview, for the guest of `booth`; with `take_over` also when the
    /// guest is connected at another one.
    ///
    /// # Errors
    /// Why it opens nothing.
    pub async fn redeem(
        &self,
        rooms: &Arc<Rooms>,
        booth: &BoothId,
        ticket: &Ticket,
        take_over: bool,
    ) -> Result<Invitation, TicketRefusal> {
        // A try is taken before the look, so that many at once are not all looked at.
        self.tries.take(booth).await.map_err(|held| match held {
            Held::Back(wait) => TicketRefusal::TooManyTries {
                retry_after_ms: u32::try_from(wait.as_millis()).unwrap_or(u32::MAX).max(1),
            },
            Held::Store(error) => unavailable(&error),
        })?;
        let redeemed = match ticket {
            Ticket::Number { number } => self.redeem_number(rooms, booth, number, take_over).await,
            Ticket::Code { code } => self.redeem_code(rooms, booth, code, take_over).await,
        };
        match redeemed {
            // Only wrong ones count. A booth that is meant for another place, or comes too late, guesses nothing
            // by it, and still a number that exists must not be told from others for free.
            Ok(_) | Err(TicketRefusal::Unavailable) => {
                if let Err(error) = self.tries.give_back(booth).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a good ticket counts as a wrong one");
                }
            }
            Err(_) => {}
        }
        redeemed
    }

    async fn redeem_number(
        &self,
        rooms: &Arc<Rooms>,
        booth: &BoothId,
        number: &str,
        take_over: bool,
    ) -> Result<Invitation, TicketRefusal> {
        let well_formed = number.len() == limits::NUMBER_DIGITS && number.bytes().all(|b| b.is_ascii_digit());
        // What cannot be a number is looked for as well, as one that never is: both take the same time.
        let wanted = if well_formed { number } else { "none" };
        let kept = self.number(wanted).await.map_err(|error| unavailable(&error))?;
        let Some(Kept { value: mut record, revision }) = kept else { return Err(TicketRefusal::Unknown) };
        if record.expires <= clock::now() {
            return Err(TicketRefusal::Expired);
        }
        if record.used.as_ref().is_some_and(|used| used != booth) {
            return Err(TicketRefusal::Used);
        }
        let booking = self.look(rooms, booth, &record.room, take_over).await?;
        let room = record.room.clone();
        if record.used.is_none() {
            record.used = Some(booth.clone());
            match self.store.put(&number_key(number), &record, Expect::Revision(revision)).await {
                Ok(_) => {}
                Err(StoreError::Conflict) => return Err(TicketRefusal::Used),
                Err(error) => return Err(unavailable(&error)),
            }
        }
        enter(rooms, booth, room, booking, take_over).await
    }

    async fn redeem_code(
        &self,
        rooms: &Arc<Rooms>,
        booth: &BoothId,
        code: &str,
        take_over: bool,
    ) -> Result<Invitation, TicketRefusal> {
        let Code { room, expires } = self.key.open_code(code).ok_or(TicketRefusal::Unknown)?;
        if expires <= clock::now() {
            return Err(TicketRefusal::Expired);
        }
        let booking = self.look(rooms, booth, &room, take_over).await?;
        enter(rooms, booth, room, booking, take_over).await
    }

    /// What is booked, as its room is now, for a booth that may enter it.
    async fn look(
        &self,
        rooms: &Arc<Rooms>,
        booth: &BoothId,
        id: &RoomId,
        take_over: bool,
    ) -> Result<Booking, TicketRefusal> {
        let read = rooms.read(id).await.map_err(|error| unavailable(&error))?;
        let (room, _) = read.ok_or(TicketRefusal::Unknown)?;
        let booking = room.booking().ok_or(TicketRefusal::Unknown)?;
        room.move_guest(booth, take_over, clock::now()).map_err(refused)?;
        Ok(booking.clone())
    }

    /// Forgets numbers that are over, so that their digits are free again.
    async fn forget_old(&self) -> Result<(), StoreError> {
        let now = clock::now();
        for (key, kept) in self.store.list::<NumberRecord>("number/").await? {
            // For a while it is told that it was good once.
            if kept.value.expires.0 + self.life.as_millis() as u64 <= now.0 {
                match self.store.delete(&key, Expect::Revision(kept.revision)).await {
                    Ok(()) | Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    async fn number(&self, number: &str) -> Result<Option<Kept<NumberRecord>>, StoreError> {
        self.store.get(&number_key(number)).await
    }
}

/// Has the room take the guest in.
async fn enter(
    rooms: &Arc<Rooms>,
    booth: &BoothId,
    room: RoomId,
    booking: Booking,
    take_over: bool,
) -> Result<Invitation, TicketRefusal> {
    let goes_on = rooms.enter(&room, booth, take_over).await.map_err(refused)?;
    Ok(Invitation { room, booking, goes_on })
}

fn refused(refusal: Refusal) -> TicketRefusal {
    match refusal {
        Refusal::AlreadyHere => TicketRefusal::AlreadyHere,
        Refusal::Over | Refusal::TooLate => TicketRefusal::Expired,
        Refusal::NotAllowed => TicketRefusal::OtherBooth,
        _ => TicketRefusal::Unavailable,
    }
}

fn number_key(number: &str) -> String {
    format!("number/{number}")
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> TicketRefusal {
    tracing::error!(error, "a ticket cannot be looked up");
    TicketRefusal::Unavailable
}

/// Four digits, each number as likely as any other.
fn random_number() -> Result<String, TicketError> {
    for _ in 0..LOOKS {
        let mut bytes = [0; 2];
        getrandom::fill(&mut bytes).map_err(|_| TicketError::Random)?;
        let drawn = u16::from_be_bytes(bytes);
        // Above the last whole ten thousand, low numbers would come more often.
        if drawn < 60_000 {
            return Ok(format!("{:04}", drawn % 10_000));
        }
    }
    Err(TicketError::Random)
}
