use crate::mailbox::lock;
use gst::prelude::*;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Takes pipelines down, each on a thread of its own, so that one that hangs in a driver or a
/// network library stops nobody else.
#[derive(Clone, Default)]
pub(crate) struct Reaper(Arc<(Mutex<usize>, Condvar)>);

impl Reaper {
    /// Takes the pipeline to NULL and lets go of it.
    pub fn retire(&self, pipeline: gst::Pipeline) {
        *lock(&self.0.0) += 1;
        let state = self.0.clone();
        let spare = pipeline.clone();
        let reap = move || {
            take_down(&pipeline);
            drop(pipeline);
            *lock(&state.0) -= 1;
            state.1.notify_all();
        };
        if std::thread::Builder::new().name("media-reaper".into()).spawn(reap).is_err() {
            take_down(&spare);
            *lock(&self.0.0) -= 1;
        }
    }

    /// Waits until everything retired is down; false when `limit` passed first.
    pub fn finish(&self, limit: Duration) -> bool {
        let waited = self.0.1.wait_timeout_while(lock(&self.0.0), limit, |open| *open > 0);
        *waited.unwrap_or_else(PoisonError::into_inner).0 == 0
    }
}

fn take_down(pipeline: &gst::Pipeline) {
    if pipeline.set_state(gst::State::Null).is_err() {
        tracing::warn!("a pipeline did not go down");
    }
    if let Some(bus) = pipeline.bus() {
        bus.unset_sync_handler();
    }
}
