//! A Slint platform without a display: draws into memory, and only when a picture is asked for.

use slint::PlatformError;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{EventLoopProxy, Platform, WindowAdapter};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

type Job = Box<dyn FnOnce() + Send>;

/// The platform; one window of the size it was made with.
pub(crate) struct Headless {
    size: slint::PhysicalSize,
    began: Instant,
    jobs: Arc<Jobs>,
}

impl Headless {
    pub fn new(width: u32, height: u32) -> Self {
        Self { size: slint::PhysicalSize::new(width, height), began: Instant::now(), jobs: Arc::default() }
    }
}

impl Platform for Headless {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer);
        window.set_size(self.size);
        Ok(window)
    }

    fn duration_since_start(&self) -> Duration {
        self.began.elapsed()
    }

    fn run_event_loop(&self) -> Result<(), PlatformError> {
        loop {
            slint::platform::update_timers_and_animations();
            let Some(batch) = self.jobs.next(slint::platform::duration_until_next_timer_update()) else {
                return Ok(());
            };
            batch.into_iter().for_each(|job| job());
        }
    }

    fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
        Some(Box::new(Proxy(self.jobs.clone())))
    }
}

struct Proxy(Arc<Jobs>);

impl EventLoopProxy for Proxy {
    fn quit_event_loop(&self) -> Result<(), slint::EventLoopError> {
        self.0.lock().quit = true;
        self.0.came.notify_one();
        Ok(())
    }

    fn invoke_from_event_loop(&self, job: Job) -> Result<(), slint::EventLoopError> {
        self.0.lock().waiting.push_back(job);
        self.0.came.notify_one();
        Ok(())
    }
}

/// What other threads want done; its length is bounded where it is filled, by [`crate::Poster`].
#[derive(Default)]
struct Jobs {
    list: Mutex<List>,
    came: Condvar,
}

#[derive(Default)]
struct List {
    waiting: VecDeque<Job>,
    quit: bool,
}

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for work, at most until the next timer is due; none to stop.
    fn next(&self, timer: Option<Duration>) -> Option<VecDeque<Job>> {
        let idle = |list: &mut List| list.waiting.is_empty() && !list.quit;
        let mut list = match timer {
            Some(due) => self.came.wait_timeout_while(self.lock(), due, idle).unwrap_or_else(PoisonError::into_inner).0,
            None => self.came.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner),
        };
        if std::mem::take(&mut list.quit) {
            return None;
        }
        Some(std::mem::take(&mut list.waiting))
    }
}
