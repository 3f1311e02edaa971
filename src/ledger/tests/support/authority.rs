//! Certificates and accounts of the test's own, for servers that let in only whom they know.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const KEY: [&str; 4] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

/// An authority that signs certificates for the loopback, and an operator of accounts.
pub struct Authority {
    folder: TempDir,
    operator: KeyPair,
    account: KeyPair,
}

impl Authority {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let request = ["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=engawa test", "-out", "ca.pem"];
        openssl(folder.path(), &[&request[..], &KEY, &["-keyout", "ca.key"]].concat());
        Self { folder, operator: KeyPair::new_operator(), account: KeyPair::new_account() }
    }

    /// Whom to trust.
    pub fn roots(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A certificate and its key, for a server and for a client.
    pub fn certify(&self, name: &str) -> (PathBuf, PathBuf) {
        let at = self.folder.path();
        let [certificate, key, request] = ["pem", "key", "csr"].map(|kind| format!("{name}.{kind}"));
        let subject = format!("/CN={name}");
        let make = ["req", "-nodes", "-subj", &subject, "-out", &request, "-keyout", &key];
        openssl(at, &[&make[..], &KEY].concat());
        let extensions = "subjectAltName = IP:127.0.0.1\nextendedKeyUsage = serverAuth, clientAuth\n";
        std::fs::write(at.join("extensions"), extensions).unwrap();
        let sign = ["x509", "-req", "-days", "2", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
        openssl(at, &[&sign[..], &["-in", &request, "-out", &certificate, "-extfile", "extensions"]].concat());
        (at.join(certificate), at.join(key))
    }

    /// A server's configuration: encrypted, and with `asks` only for clients who have a certificate of ours.
    pub fn encrypted(&self, asks: bool) -> String {
        let (certificate, key) = self.certify("server");
        let (roots, certificate, key) = (self.roots(), certificate.display().to_string(), key.display().to_string());
        format!("tls {{ cert_file: {certificate:?}, key_file: {key:?}, ca_file: {roots:?}, verify: {asks} }}\n")
    }

    /// A server's configuration: only users whom our account has signed.
    pub fn accounts(&self) -> String {
        let system = KeyPair::new_account();
        let unlimited = json!({ "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
            "conn": -1, "leaf": -1, "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1 });
        let ours = json!({ "type": "account", "version": 2, "limits": unlimited });
        let (operator, account) = (self.operator.public_key(), self.account.public_key());
        let of_operator = signed(&self.operator, &operator, json!({ "type": "operator", "version": 2 }));
        let of_account = signed(&self.operator, &account, ours);
        let of_system = signed(&self.operator, &system.public_key(), json!({ "type": "account", "version": 2 }));
        let system = system.public_key();
        format!(
            "operator: {of_operator}\nsystem_account: {system}\nresolver: MEMORY\n\
             resolver_preload: {{ {account}: {of_account}, {system}: {of_system} }}\n"
        )
    }

    /// Credentials of a new user of our account, as `nsc` writes them.
    pub fn user(&self, name: &str) -> PathBuf {
        let user = KeyPair::new_user();
        let rights = json!({ "type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1 });
        let (token, seed) = (signed(&self.account, &user.public_key(), rights), user.seed().unwrap());
        let text = format!(
            "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
             -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
        );
        let file = self.folder.path().join(format!("{name}.creds"));
        std::fs::write(&file, text).unwrap();
        file
    }
}

/// A token as NATS's accounts have them: a JWT that an nkey has signed.
fn signed(by: &KeyPair, of: &str, rights: Value) -> String {
    let head = json!({ "typ": "JWT", "alg": "ed25519-nkey" });
    let claims =
        json!({ "jti": of, "iat": 1_700_000_000, "iss": by.public_key(), "sub": of, "name": of, "nats": rights });
    let parts = [head, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
    let text = parts.join(".");
    let signature = BASE64_URL_SAFE_NO_PAD.encode(by.sign(text.as_bytes()).unwrap());
    format!("{text}.{signature}")
}

fn openssl(folder: &Path, args: &[&str]) {
    let output = Command::new("openssl").args(args).current_dir(folder).stdin(Stdio::null()).output();
    let output = output.expect("openssl is installed");
    assert!(output.status.success(), "openssl {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}
