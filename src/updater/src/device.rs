//! What the booth tells the service and the staff of its image.

use crate::place::Place;
use crate::store::{StoreError, replace};
use engawa_protocol::Device;
use engawa_session::update::{Running, State};

/// Writes [`Place::device`], for everyone to read.
///
/// # Errors
/// When it cannot be written.
pub fn tell(place: &Place, running: &Running, state: &State) -> Result<(), StoreError> {
    let device = Device {
        version: running.image.version.clone(),
        slot: Some(running.image.slot.clone()),
        faults: None,
        fallback: state.fallback.clone(),
    };
    let bytes = serde_json::to_vec(&device).expect("a device becomes JSON");
    replace(&place.device, &bytes, 0o644)
}
