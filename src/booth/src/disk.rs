//! The booth's disk: here with what it keeps, or looked for again until it is.
//!
//! A full or damaged disk must not end the program: in a hall nobody would see why.

use crate::driver::random;
use engawa_booth::courier::Courier;
use engawa_booth::store::{Outbox, Store, StoreError};
use engawa_booth::upload::Uploads;
use engawa_session::booth::Saved;
use engawa_session::health::Finding;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What is kept, or when it is looked for again.
#[derive(Debug)]
pub enum Disk {
    /// Open.
    Here(Box<Kept>),
    /// It did not open.
    Away {
        /// When it is tried again.
        again: Instant,
        /// The wait after that.
        wait: Duration,
    },
}

/// Everything on the disk.
#[derive(Debug)]
pub struct Kept {
    /// The interview that is running.
    pub store: Store,
    /// What waits for the service.
    pub courier: Courier,
}

/// Where the disk is, and where its files go.
#[derive(Debug)]
pub struct Place {
    /// The booth's data folder.
    pub data: PathBuf,
    /// Over HTTP.
    pub uploads: Uploads,
}

/// What a booth starts with.
#[derive(Debug)]
pub struct Start {
    /// Here or away.
    pub disk: Disk,
    /// Where it is looked for.
    pub place: Place,
    /// The interview to return to, or why the disk did not open.
    pub opened: Result<Option<Saved>, StoreError>,
}

impl Disk {
    /// It is to be tried now.
    pub fn due(&self, now: Instant) -> bool {
        self.poll_timeout().is_some_and(|at| at <= now)
    }

    /// When it is tried next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if let Self::Away { again, .. } = self { Some(*again) } else { None }
    }

    /// Tries to open it, and answers the interview to return to.
    ///
    /// # Errors
    /// It stays away and is due again later, each time after a longer wait.
    pub fn open(&mut self, place: &Place, now: Instant) -> Result<Option<Saved>, StoreError> {
        match place.open(now) {
            Ok((kept, saved)) => {
                *self = Self::Here(Box::new(kept));
                Ok(saved)
            }
            Err(error) => {
                let wait = if let Self::Away { wait, .. } = self { *wait } else { FIRST_WAIT };
                *self = Self::Away { again: now + wait, wait: (wait * 2).min(LONGEST_WAIT) };
                Err(error)
            }
        }
    }

    /// What is kept, while it is here.
    pub fn kept(&mut self) -> Option<&mut Kept> {
        if let Self::Here(kept) = self { Some(kept) } else { None }
    }

    /// Who keeps the queue, while the disk is here.
    pub fn courier(&mut self) -> Option<&mut Courier> {
        self.kept().map(|kept| &mut kept.courier)
    }
}

impl Place {
    /// Opens the disk for the first time.
    ///
    /// # Errors
    /// Another booth runs with the same data folder. Whatever else fails is waited for.
    pub fn start(self, now: Instant) -> Result<Start, StoreError> {
        let mut disk = Disk::Away { again: now, wait: FIRST_WAIT };
        match disk.open(&self, now) {
            Err(StoreError::InUse) => Err(StoreError::InUse),
            opened => Ok(Start { disk, place: self, opened }),
        }
    }

    fn open(&self, now: Instant) -> Result<(Kept, Option<Saved>), StoreError> {
        let store = Store::open(&self.data)?;
        let saved = store.saved()?;
        let queue = Outbox::open(&self.data)?;
        let room = saved.as_ref().map(|Saved { room, .. }| room.clone());
        let courier = Courier::new(queue, self.uploads.clone(), room, random, now);
        Ok((Kept { store, courier }, saved))
    }
}

/// Whether the data folder takes a file. The booth's own files stay untouched: this may run as another user.
pub fn probe(data: &Path) -> Finding {
    let write = || -> std::io::Result<()> {
        let path = data.join(format!(".check-{}", std::process::id()));
        // One that power failed on may have the same name.
        std::fs::remove_file(&path).ok();
        let mut file = std::fs::File::create_new(&path)?;
        let written = std::io::Write::write_all(&mut file, &[0; 4096]).and_then(|()| file.sync_all());
        std::fs::remove_file(&path)?;
        written
    };
    match write() {
        Ok(()) => Finding::Good { figure: String::new() },
        Err(error) => Finding::Failed {
            reason: format!("{} takes no file ({error}): make room, or see to the disk", data.display()),
        },
    }
}
