//! Opening whichever ledger the configuration names.

use crate::config::LedgerConfig;
use engawa_ledger::Ledger;
use engawa_ledger::nats::NatsLedger;
use engawa_ledger::sled::SledLedger;
use std::path::PathBuf;
use std::sync::Arc;

/// Why the ledger is not there.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Its folder.
    #[error("{folder} cannot be made; name a folder with --data")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Its content, or its servers.
    #[error("the ledger cannot be opened")]
    Open(#[from] engawa_ledger::Error),
}

/// Opens the ledger, and makes what is not there yet.
///
/// # Errors
/// A folder that cannot be used, or servers that do not answer.
pub async fn open(config: &LedgerConfig) -> Result<Arc<dyn Ledger>, LedgerError> {
    match config {
        LedgerConfig::Sled { folder } => {
            let failed = |source| LedgerError::Folder { folder: folder.clone(), source };
            std::fs::create_dir_all(folder).map_err(failed)?;
            Ok(Arc::new(SledLedger::open(folder)?))
        }
        LedgerConfig::Nats(nats) => Ok(Arc::new(NatsLedger::open(nats).await?)),
    }
}
