//! NATS servers that encrypt and let in only whom they know: what works, and the words when it does not.

mod support;

use engawa_ledger::nats::{NatsConfig, NatsLedger, Tls};
use engawa_ledger::{Error, Expect, Ledger};
use std::path::PathBuf;
use std::time::Duration;
use support::authority::Authority;
use support::servers::Servers;
use support::{event, room};
use tokio::time::{Instant, sleep, timeout};

fn config(servers: &Servers, tls: Tls, credentials: Option<PathBuf>) -> NatsConfig {
    let (servers, prefix) = (servers.addresses.clone(), "t".to_owned());
    NatsConfig { servers, credentials, token: None, tls, replicas: 1, prefix }
}

fn trusting(authority: &Authority) -> Tls {
    Tls { required: true, roots: Some(authority.roots()), identity: None }
}

/// Opens as soon as the server is there, and writes.
async fn works(config: &NatsConfig) {
    let until = Instant::now() + support::SOON;
    let ledger = loop {
        match NatsLedger::open(config).await {
            Ok(ledger) => break ledger,
            Err(error) if Instant::now() >= until => panic!("{}", words(&error)),
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    };
    ledger.append(&room(1), 0, &[event(1)]).await.unwrap();
    ledger.put("a", b"1", Expect::New).await.unwrap();
    ledger.remove(&room(1)).await.unwrap();
    ledger.delete("a", Expect::Any).await.unwrap();
}

/// All that is said to whoever starts the service.
fn words(error: &Error) -> String {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    words
}

/// A server that is there refuses this configuration, at once and with these words.
async fn refused(config: NatsConfig, wanted: &[&str]) {
    let opened = timeout(Duration::from_secs(9), NatsLedger::open(&config)).await.expect("an answer at once");
    let words = words(&opened.expect_err("this must not open"));
    assert!(wanted.iter().all(|wanted| words.contains(wanted)), "{words:?} lacks one of {wanted:?}");
    assert!(!words.contains("SEED") && !words.contains("hunter2"), "{words}");
}

#[tokio::test]
async fn an_encrypted_server_is_used_when_its_authority_is_trusted_and_otherwise_it_says_what_to_do() {
    let (authority, other) = (Authority::new(), Authority::new());
    let Some(servers) = Servers::start_with(&authority.encrypted(false)) else { return };
    works(&config(&servers, trusting(&authority), None)).await;
    let tls = ["127.0.0.1:", "no encrypted connection", "tls.roots_file"];
    refused(config(&servers, trusting(&other), None), &tls).await;
    // The system's authorities do not know it either.
    refused(config(&servers, Tls { required: true, ..Tls::default() }, None), &tls).await;
    let missing = Tls { roots: Some("/nowhere/ca.pem".into()), ..trusting(&authority) };
    refused(config(&servers, missing, None), &["/nowhere/ca.pem"]).await;
}

#[tokio::test]
async fn a_server_that_asks_for_our_certificate_gets_it() {
    let (authority, other) = (Authority::new(), Authority::new());
    let Some(servers) = Servers::start_with(&authority.encrypted(true)) else { return };
    let showing = |identity| Tls { identity: Some(identity), ..trusting(&authority) };
    works(&config(&servers, showing(authority.certify("node")), None)).await;
    let asks = ["no encrypted connection", "tls.certificate_file", "tls.key_file"];
    refused(config(&servers, trusting(&authority), None), &asks).await;
    refused(config(&servers, showing(other.certify("stranger")), None), &asks).await;
}

#[tokio::test]
async fn a_server_in_the_clear_is_not_spoken_to_when_encryption_is_required() {
    let Some(servers) = Servers::start(1) else { return };
    works(&config(&servers, Tls::default(), None)).await;
    refused(config(&servers, trusting(&Authority::new()), None), &["no encrypted connection"]).await;
}

#[tokio::test]
async fn credentials_of_our_account_open_and_all_others_are_told_to_be_checked() {
    let (authority, other) = (Authority::new(), Authority::new());
    let configured = format!("{}{}", authority.encrypted(false), authority.accounts());
    let Some(servers) = Servers::start_with(&configured) else { return };
    let with = |file| config(&servers, trusting(&authority), file);
    works(&with(Some(authority.user("node")))).await;
    let refusal = ["127.0.0.1:", "refuse who we are", "credentials_file"];
    refused(with(Some(other.user("stranger"))), &refusal).await;
    refused(with(None), &refusal).await;
    // A file of something else.
    refused(with(Some(authority.roots())), &["ca.pem", "no credentials"]).await;
}

#[tokio::test]
async fn a_token_opens_and_a_wrong_one_is_told_to_be_checked() {
    let Some(servers) = Servers::start_with("authorization { token: hunter2 }\n") else { return };
    let folder = tempfile::tempdir().unwrap();
    let with = |name: &str, token: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, token).unwrap();
        NatsConfig { token: Some(file), ..config(&servers, Tls::default(), None) }
    };
    works(&with("right", "hunter2\n")).await;
    refused(with("wrong", "hunter3\n"), &["refuse who we are", "token_file"]).await;
}
