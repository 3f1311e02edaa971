//! A company's interviews: the day, the month, and each of them (E4, E5).

mod body;
pub(super) mod ways_in;

use super::caller::{Body, Caller};
use super::error::{ApiError, Problem};
use crate::clock;
use crate::schedule::{Interview, ScheduleError};
use crate::service::Service;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use body::{InterviewChange, InterviewView, Interviews, NewInterview, Wanted};
use engawa_protocol::{Booking, Millis, Progress, RoomId, Slot, clean_line};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A slot's length unless its maker says otherwise.
const SLOT_MINUTES: u32 = 30;

/// The interviews of a day or a month.
#[utoipa::path(get, path = "/api/interviews", tag = "interviews", params(Wanted),
    responses((status = 200, body = Interviews), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn list(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Interviews>, ApiError> {
    let company = match (&caller.0.company, wanted.company) {
        (None, named) => named,
        (Some(_), named) => Some(caller.company(named)?),
    };
    let zone = &service.config.timezone;
    let today = clock::day(clock::now(), zone);
    let days = match (wanted.day, wanted.month) {
        (Some(day), None) => clock::days(&day),
        (None, Some(month)) => clock::month(&month),
        (None, None) => clock::days(&today),
        (Some(_), Some(_)) => None,
    };
    let days = days.ok_or_else(|| ApiError::Invalid("day or month: one of them, as 2026-11-21 or 2026-11".into()))?;
    let mut answer = Interviews { interviews: Vec::new(), today: 0, days: BTreeMap::new() };
    let mut all = service.schedule.all(company.as_ref()).await?;
    all.sort_by_key(|interview| (interview.booking.slot.starts, interview.room.clone()));
    for interview in all {
        let day = clock::day(interview.booking.slot.starts, zone);
        answer.today += u32::from(day == today && !interview.cancelled);
        if !days.contains(&day) || wanted.kind.is_some_and(|kind| kind != interview.booking.kind) {
            continue;
        }
        let view = look(&service, interview).await?;
        if wanted.state.is_none_or(|state| state == view.state) {
            *answer.days.entry(day).or_default() += 1;
            answer.interviews.push(view);
        }
    }
    Ok(Json(answer))
}

/// Books an interview.
#[utoipa::path(post, path = "/api/interviews", tag = "interviews", request_body = NewInterview,
    responses((status = 201, body = InterviewView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn create(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Body(new): Body<NewInterview>,
) -> Result<(StatusCode, Json<InterviewView>), ApiError> {
    let company = caller.company(new.company)?;
    let fair = service.fair.now();
    if fair.company(&company).is_none() {
        return Err(ApiError::NotFound("company"));
    }
    let booking = Booking {
        company,
        kind: new.kind,
        slot: slot(new.starts, new.minutes.unwrap_or(SLOT_MINUTES))?,
        guest: new.guest,
        locale: new.locale,
        hosts: new.hosts,
        booth: new.booth,
        reentry: new.reentry.unwrap_or(fair.event.policies.reentry),
        name: new.name.unwrap_or(fair.event.policies.name),
    };
    check(&service, &booking).await?;
    let contact = contact_of(&new.contact)?;
    let mut room = [0; 16];
    getrandom::fill(&mut room).map_err(|_| ApiError::Unavailable)?;
    let sender = caller.0.sender();
    let made = service.schedule.book(&service.rooms, sender, RoomId::from_random(room), booking, contact).await?;
    Ok((StatusCode::CREATED, Json(look(&service, made).await?)))
}

/// One interview.
#[utoipa::path(get, path = "/api/interviews/{room}", tag = "interviews", params(("room" = String, Path)),
    responses((status = 200, body = InterviewView), (status = 404, body = Problem)))]
pub async fn read(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(room): Path<String>,
) -> Result<Json<InterviewView>, ApiError> {
    let interview = find(&service, &caller, &room).await?;
    Ok(Json(look(&service, interview).await?))
}

/// Changes an interview that has not begun.
#[utoipa::path(patch, path = "/api/interviews/{room}", tag = "interviews", request_body = InterviewChange,
    params(("room" = String, Path)),
    responses((status = 200, body = InterviewView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn change(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(room): Path<String>,
    Body(change): Body<InterviewChange>,
) -> Result<Json<InterviewView>, ApiError> {
    let interview = find(&service, &caller, &room).await?;
    let now = &interview.booking;
    let length = (now.slot.ends.0 - now.slot.starts.0) / 60_000;
    let minutes = change.minutes.unwrap_or(u32::try_from(length).unwrap_or(SLOT_MINUTES));
    let booth = match change.booth.as_deref() {
        None => now.booth.clone(),
        Some("") => None,
        Some(booth) => Some(booth.parse().map_err(|_| ApiError::Invalid("booth".into()))?),
    };
    let booking = Booking {
        company: now.company.clone(),
        kind: change.kind.unwrap_or(now.kind),
        slot: slot(change.starts.unwrap_or(now.slot.starts), minutes)?,
        guest: change.guest.unwrap_or_else(|| now.guest.clone()),
        locale: change.locale.or(now.locale),
        hosts: change.hosts.unwrap_or_else(|| now.hosts.clone()),
        booth,
        reentry: change.reentry.unwrap_or(now.reentry),
        name: change.name.unwrap_or(now.name),
    };
    check(&service, &booking).await?;
    let contact = contact_of(change.contact.as_deref().unwrap_or(&interview.contact))?;
    let changed = service.schedule.change(&service.rooms, caller.0.sender(), interview, booking, contact).await?;
    Ok(Json(look(&service, changed).await?))
}

/// Cancels an interview that has not begun.
#[utoipa::path(delete, path = "/api/interviews/{room}", tag = "interviews", params(("room" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn cancel(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(room): Path<String>,
) -> Result<StatusCode, ApiError> {
    let interview = find(&service, &caller, &room).await?;
    service.schedule.cancel(&service.rooms, caller.0.sender(), interview).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An interview that the caller may see; another company's is answered as if it were not there.
async fn find(service: &Service, caller: &Caller, room: &str) -> Result<Interview, ApiError> {
    let missing = || ApiError::NotFound("interview");
    let id: RoomId = room.parse().map_err(|_| missing())?;
    let company = match &caller.0.company {
        Some(own) => own.clone(),
        None => {
            let (room, _) = service.rooms.read(&id).await?.ok_or_else(missing)?;
            room.company().ok_or_else(missing)?.clone()
        }
    };
    service.schedule.interview(&company, &id).await?.ok_or_else(missing)
}

async fn look(service: &Service, interview: Interview) -> Result<InterviewView, ApiError> {
    let read = service.rooms.read(&interview.room).await?;
    let (state, ends) = match &read {
        Some((room, _)) => (room.progress(), room.slot().map_or(interview.booking.slot.ends, |slot| slot.ends)),
        None => (Progress::Booked, interview.booking.slot.ends),
    };
    let Interview { room, booking, contact, .. } = interview;
    Ok(InterviewView { room, booking, ends, contact, state })
}

fn slot(starts: Millis, minutes: u32) -> Result<Slot, ApiError> {
    let ends = u64::from(minutes).checked_mul(60_000).and_then(|length| starts.0.checked_add(length));
    let ends = ends.filter(|ends| *ends < 1 << 53).ok_or_else(|| ApiError::Invalid("starts".into()))?;
    Ok(Slot { starts, ends: Millis(ends) })
}

async fn check(service: &Service, booking: &Booking) -> Result<(), ApiError> {
    if booking.booth.as_ref().is_some_and(|id| !service.booths.is_open(id)) {
        return Err(ApiError::Invalid("booth: there is none of that name".into()));
    }
    for host in &booking.hosts {
        let account = service.accounts.account(host).await?;
        if account.is_none_or(|account| account.company.as_ref() != Some(&booking.company)) {
            return Err(ApiError::Invalid("hosts: each must be an account of the company".into()));
        }
    }
    Ok(())
}

fn contact_of(text: &str) -> Result<String, ApiError> {
    clean_line(text).map_err(|error| ApiError::Invalid(format!("contact: {error}")))
}

impl From<ScheduleError> for ApiError {
    fn from(error: ScheduleError) -> Self {
        match error {
            ScheduleError::Refused(refusal) => ApiError::Refused(refusal),
            ScheduleError::Full => ApiError::TooLarge("interviews"),
            ScheduleError::Store(error) => error.into(),
        }
    }
}
