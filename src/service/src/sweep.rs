//! What is not kept any longer: old sign-ins and uploads, and interviews whose time is over.
//!
//! Every node sweeps, at its start and then by the hour; what two remove at once is gone all the same.

use crate::clock;
use crate::service::Service;
use crate::store::StoreError;
use engawa_protocol::{FileId, RoomId};
use engawa_session::room::Body;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

const EVERY: Duration = Duration::from_secs(60 * 60);
/// Interviews, and uploads, of one sweep: people at work are not to notice it.
const AT_ONCE: usize = 100;
/// The next sweep when one has left some over.
const AGAIN: Duration = Duration::from_secs(1);
/// What nobody can read any more is left alone for a day: nothing is under way for that long.
const LEFT_OVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Sweeps until the service stops.
pub async fn run(service: Arc<Service>) {
    loop {
        let sweeping = async {
            let more = match sweep(&service).await {
                Ok(more) => more,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "what is old is not removed");
                    false
                }
            };
            sleep(if more { AGAIN } else { EVERY }).await;
        };
        tokio::select! {
            () = service.stop.cancelled() => return,
            () = sweeping => {}
        }
    }
}

/// Removes what is old; answers whether there is more of it.
async fn sweep(service: &Service) -> Result<bool, StoreError> {
    if let Err(error) = service.accounts.forget_expired().await {
        tracing::error!(error = &error as &dyn std::error::Error, "old sign-ins are not forgotten");
    }
    if let Err(error) = service.booths.forget_old().await {
        tracing::error!(error = &error as &dyn std::error::Error, "old sign-ins of booths are not forgotten");
    }
    let Service { rooms, schedule, uploads, records, .. } = service;
    let more = records.forget_old(clock::now(), AT_ONCE, rooms, schedule, uploads).await?;
    let is_sent = async |room: RoomId, file: FileId| match rooms.read(&room).await {
        Ok(Some((room, _))) => {
            room.posts().iter().any(|post| matches!(&post.body, Body::File(card) if card.file == file))
        }
        Ok(None) => false,
        // What cannot be asked is kept.
        Err(_) => true,
    };
    let more_uploads = uploads.forget_old(clock::now(), AT_ONCE, is_sent).await?;
    if !more && !more_uploads {
        let removed = service.ledger.tidy(LEFT_OVER).await?;
        tracing::debug!(removed, "the ledger is tidy");
    }
    Ok(more || more_uploads)
}
