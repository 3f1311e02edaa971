//! What booths tell of themselves as machines, as `booth-device/<id>`.
//!
//! A booth may tell as often as it likes: the latest word waits, and is written with all others' at
//! most every [`EVERY`], when it is new.

use crate::clock;
use crate::store::{Expect, Store, StoreError};
use engawa_protocol::{BoothId, Device, Millis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;

/// Least time between two writes of the same booth.
const EVERY: Duration = Duration::from_secs(5);
const DEVICE: &str = "booth-device/";

/// A booth's last word about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What it told.
    pub device: Device,
    /// When it was new.
    pub at: Millis,
}

pub(super) struct Devices {
    store: Store,
    /// One word a booth that is recognised.
    waiting: Mutex<BTreeMap<BoothId, Device>>,
    come: Notify,
}

impl Devices {
    pub fn new(store: Store) -> Self {
        Self { store, waiting: Mutex::default(), come: Notify::new() }
    }

    pub fn told(&self, booth: &BoothId, device: Device) {
        self.waiting().insert(booth.clone(), device);
        self.come.notify_one();
    }

    pub async fn all(&self) -> Result<Vec<(BoothId, Told)>, StoreError> {
        let all = self.store.list::<Told>(DEVICE).await?.into_iter();
        Ok(all.filter_map(|(key, kept)| Some((key.strip_prefix(DEVICE)?.parse().ok()?, kept.value))).collect())
    }

    pub async fn forget(&self, booth: &BoothId) -> Result<(), StoreError> {
        self.waiting().remove(booth);
        self.store.delete(&format!("{DEVICE}{booth}"), Expect::Any).await
    }

    /// Writes what is told, for ever.
    pub async fn keep(&self) {
        loop {
            self.come.notified().await;
            let told = std::mem::take(&mut *self.waiting());
            for (booth, device) in told {
                if let Err(error) = self.write(&booth, &device).await {
                    tracing::error!(error = &error as &dyn std::error::Error, "a booth's machine is not kept");
                    // Unless it has told something else meanwhile.
                    self.waiting().entry(booth).or_insert(device);
                    self.come.notify_one();
                }
            }
            sleep(EVERY).await;
        }
    }

    async fn write(&self, booth: &BoothId, device: &Device) -> Result<(), StoreError> {
        let key = format!("{DEVICE}{booth}");
        match self.store.get::<Told>(&key).await {
            Ok(Some(kept)) if kept.value.device == *device => return Ok(()),
            // A damaged one is written anew.
            Ok(_) | Err(StoreError::Damaged { .. }) => {}
            Err(error) => return Err(error),
        }
        let told = Told { device: device.clone(), at: clock::now() };
        self.store.put(&key, &told, Expect::Any).await.map(|_| ())
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<BoothId, Device>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
