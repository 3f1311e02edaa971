//! Whom the booth's programs trust on the way to the service.
//!
//! Owns: the certificates of the machine and of the booth's `ca_file`, and the connections that demand
//! them. Never does: requests.

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Why nobody can be trusted.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The machine trusts no certificates.
    #[error("reading the machine's root certificates; it has none, name a ca_file")]
    Roots,
    /// The further certificates cannot be read.
    #[error("reading the certificates in {file}; PEM is expected")]
    Ca {
        /// Which file.
        file: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// TLS that trusts the machine's certificates and those in `ca_file` (PEM). Without `https` no
/// certificate is ever looked at, and none is read.
///
/// # Errors
/// [`TrustError`].
pub fn tls(https: bool, ca_file: Option<&Path>) -> Result<ClientConfig, TrustError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS")
        .with_root_certificates(if https { roots(ca_file)? } else { RootCertStore::empty() })
        .with_no_client_auth();
    Ok(config)
}

/// Connections that are opened within `opening`; with `https` never in the open.
pub fn connector(https: bool, tls: ClientConfig, opening: Duration) -> HttpsConnector<HttpConnector> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_connect_timeout(Some(opening));
    let builder = HttpsConnectorBuilder::new().with_tls_config(tls);
    let builder = if https { builder.https_only() } else { builder.https_or_http() };
    builder.enable_http1().wrap_connector(http)
}

fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, TrustError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = ca_file {
        let failed =
            |source: Box<dyn std::error::Error + Send + Sync>| TrustError::Ca { file: file.to_owned(), source };
        let certificates = CertificateDer::pem_file_iter(file).map_err(|error| failed(error.into()))?;
        let before = roots.len();
        for certificate in certificates {
            let certificate = certificate.map_err(|error| failed(error.into()))?;
            roots.add(certificate).map_err(|error| failed(error.into()))?;
        }
        if roots.len() == before {
            return Err(failed("there is no certificate in it".into()));
        }
    }
    if roots.is_empty() { Err(TrustError::Roots) } else { Ok(roots) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ca.pem");
        for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&file, text).expect("write it");
            let refused = tls(true, Some(&file));
            assert!(matches!(refused, Err(TrustError::Ca { .. })), "{text}: {refused:?}");
        }
    }
}
