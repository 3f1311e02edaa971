//! Key-values: what stands under a key, since when, and what a write expects to find.

/// The number of a write. Later writes have higher ones; there are gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// A value and the write that set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What was put.
    pub value: Vec<u8>,
    /// By which write.
    pub revision: Revision,
}

/// What a write expects under its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Whatever is there.
    Any,
    /// Nothing.
    New,
    /// What this write has set.
    Revision(Revision),
}

impl Expect {
    /// Says whether what stands is what is expected.
    pub(crate) fn meets(self, standing: Option<Revision>) -> bool {
        match self {
            Self::Any => true,
            Self::New => standing.is_none(),
            Self::Revision(revision) => standing == Some(revision),
        }
    }
}

/// What a watcher hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A value stands, or has changed.
    Put {
        /// Where.
        key: String,
        /// What it is now.
        entry: Entry,
    },
    /// A value is gone.
    Deleted {
        /// Where.
        key: String,
        /// At or after the write that removed it.
        revision: Revision,
    },
    /// Everything that stood when the watch began was told.
    Complete,
}
