//! A booth's first start against the real service: it enrols once, whatever happens on the way, and signs
//! in with its key from then on (P2).

#[allow(dead_code, reason = "accounts are for NATS")]
#[path = "../../ledger/tests/support/authority.rs"]
mod authority;
#[path = "support/fair.rs"]
mod fair;

use authority::Authority;
use engawa_booth::access::{Access, AccessError};
use engawa_booth::enrol::{EnrolError, Outcome, Step, enrol};
use engawa_booth::identity::Standing;
use engawa_booth::service::Service;
use fair::{Card, Fair, PATIENCE, program};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdout};
use tokio::time::timeout;

const WHOLE: [(&str, u32); 2] = [("credential", 0o600), ("device.key", 0o600)];

fn is_whole(card: &Card) -> bool {
    card.files().iter().map(|(name, mode)| (name.as_str(), *mode)).eq(WHOLE)
}

async fn enrol_once(card: &Card, service: &Service) -> Result<Outcome, EnrolError> {
    timeout(PATIENCE, enrol(&card.identity(), service, |_| {})).await.expect("an end in time")
}

/// `engawa-booth enrol`; answers its exit code and its words.
async fn enrol_program(card: &Card) -> (Option<i32>, String) {
    let output = timeout(PATIENCE, program(&["enrol"], &card.settings()).output()).await.expect("an end in time");
    let output = output.expect("it runs");
    let words = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code(), words.concat())
}

// P2
#[tokio::test]
async fn a_token_becomes_a_key_of_the_booths_own_and_is_erased() {
    let fair = Fair::open().await;
    let service = Service::new(&fair.url(), None).expect("an address");
    let token = fair.token("b-01");
    let card = fair.card("card", &token, &fair.url(), "");
    let access = Access::by_key(card.identity(), service.clone());
    assert!(matches!(access.authorization().await, Err(AccessError::NotEnrolled)));
    let Ok(Outcome::Enrolled(credential)) = enrol_once(&card, &service).await else { panic!("it enrols") };
    assert_eq!((credential.booth.as_str(), credential.name.as_str()), ("b-01", "窓際"));
    assert!(is_whole(&card), "{:?}", card.files());
    // The one that waited needs not be told.
    let bearer = access.authorization().await.expect("it signs in");
    assert_eq!(access.authorization().await.expect("again"), bearer, "one sign-in is good for a while");
    assert!(access.refused(&bearer).await);
    assert_ne!(access.authorization().await.expect("anew"), bearer);
    assert_eq!(enrol_once(&card, &service).await.expect("an end"), Outcome::Already(credential));
    // A card that was copied before its first start comes too late.
    let copy = fair.card("copy", &token, &fair.url(), "");
    assert_eq!(enrol_once(&copy, &service).await.expect("an end"), Outcome::Refused("used".into()));
    assert_eq!(copy.identity().standing().expect("a disk"), Standing::Refused("used".into()));
    assert_eq!(copy.identity().token().expect("a disk"), None);
    let refused = Access::by_key(copy.identity(), service.clone());
    assert!(matches!(refused.authorization().await, Err(AccessError::Refused)));
    // With a new token it is a booth after all.
    copy.put_token(&fair.token("b-02"));
    assert!(matches!(enrol_once(&copy, &service).await, Ok(Outcome::Enrolled(_))));
    assert!(is_whole(&copy) && refused.authorization().await.is_ok(), "{:?}", copy.files());
}

// P2
#[tokio::test]
async fn whenever_power_fails_the_next_start_goes_on_and_the_booth_stays_one() {
    let fair = Fair::open().await;
    let service = Service::new(&fair.url(), None).expect("an address");
    let spent = fair.token("b-00");
    let first = fair.card("first", &spent, &fair.url(), "");
    assert!(matches!(enrol_once(&first, &service).await, Ok(Outcome::Enrolled(_))));
    for (at, step) in [Step::Key, Step::Answered, Step::Kept].into_iter().enumerate() {
        for is_spent in [false, true] {
            let name = format!("card-{at}-{is_spent}");
            let token = if is_spent { spent.clone() } else { fair.token(&format!("b-1{at}")) };
            let card = fair.card(&name, &token, &fair.url(), "");
            let (identity, way) = (card.identity(), service.clone());
            let cut = tokio::spawn(async move {
                enrol(&identity, &way, move |done| assert_ne!(done, step, "the power fails")).await.map(|_| ())
            });
            assert!(cut.await.expect_err("it was cut").is_panic());
            assert_eq!(card.identity().token().expect("a disk"), Some(token), "the token is erased last");
            let ended = enrol_once(&card, &service).await.expect("an end");
            assert_eq!(matches!(ended, Outcome::Refused(_)), is_spent, "{step:?} {ended:?}");
            assert_eq!(card.identity().token().expect("a disk"), None);
            assert_eq!(is_whole(&card), !is_spent, "{step:?} {:?}", card.files());
            if !is_spent {
                Access::by_key(card.identity(), service.clone()).authorization().await.expect("it signs in");
            }
        }
    }
    // What the cuts left aside is nobody's file.
    Access::by_key(first.identity(), service).authorization().await.expect("the first is untouched");
}

// P2
#[tokio::test]
async fn the_program_may_be_killed_at_any_moment() {
    let fair = Fair::open().await;
    for round in 0..12 {
        let card = fair.card(&format!("card-{round}"), &fair.token(&format!("b-{round}")), &fair.url(), "");
        let mut running = program(&["enrol"], &card.settings()).stdout(Stdio::null()).spawn().expect("it runs");
        // Its end is not waited for, unless it is faster.
        timeout(Duration::from_millis(4 * round), running.wait()).await.ok();
        running.kill().await.expect("killed");
        let (code, words) = enrol_program(&card).await;
        assert_eq!(code, Some(0), "{words}");
        assert!(is_whole(&card), "round {round}: {words} {:?}", card.files());
        let service = Service::new(&fair.url(), None).expect("an address");
        Access::by_key(card.identity(), service).authorization().await.expect("it signs in");
    }
}

// P2
#[tokio::test]
async fn a_service_that_is_away_is_tried_again_and_a_token_never_goes_out_in_the_open() {
    let fair = Fair::open().await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = nobody.local_addr().expect("its number");
    drop(nobody);
    let token = fair.token("b-01");
    let card = fair.card("away", &token, &format!("http://{address}"), "");
    let (code, words) = enrol_program(&card).await;
    assert_eq!(code, Some(75), "{words}");
    assert!(words.contains("it is tried again") && !words.contains(&token), "{words}");
    assert_eq!(card.identity().token().expect("a disk"), Some(token.clone()));
    // Something else than the service answers: that says nothing about the token.
    let card = fair.card("elsewhere", &token, &format!("{}/elsewhere", fair.url()), "");
    let (code, words) = enrol_program(&card).await;
    assert_eq!((code, card.identity().token().expect("a disk")), (Some(75), Some(token.clone())), "{words}");
    let card = fair.card("open", &token, "http://192.0.2.1", "");
    let (code, words) = enrol_program(&card).await;
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("must begin with https://"), "{words}");
    assert_eq!(card.identity().standing().expect("a disk"), Standing::NotYet);
}

// P2
#[tokio::test]
async fn a_fair_with_a_certificate_of_its_own_is_trusted_by_its_ca_file_alone() {
    let (fair, authority) = (Fair::open().await, Authority::new());
    let url = format!("https://127.0.0.1:{}", tls_front(&authority, fair.address).await);
    let roots = authority.roots();
    let card = fair.card("card", &fair.token("b-01"), &url, &format!("ca_file = {roots:?}"));
    let service = Service::new(&url, Some(&roots)).expect("an address");
    assert!(matches!(enrol_once(&card, &service).await, Ok(Outcome::Enrolled(_))));
    let stranger = Service::new(&url, Some(&Authority::new().roots())).expect("an address");
    let other = fair.card("other", &fair.token("b-02"), &url, "");
    assert!(matches!(enrol_once(&other, &stranger).await, Err(EnrolError::Away)));
    // The WebSocket trusts the same.
    let mut booth = Screens::start(&card);
    booth.until(|shown| shown["online"] == true).await;
}

// P2
#[tokio::test]
async fn a_booth_waits_for_its_enrolment_comes_online_by_itself_and_says_when_it_is_shut_out() {
    let fair = Fair::open().await;
    let token = fair.token("b-01");
    let card = fair.card("card", &token, &fair.url(), "");
    let mut booth = Screens::start(&card);
    booth.until(|shown| shown["fault"] == "E-ENR-01").await;
    let (code, words) = enrol_program(&card).await;
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("enrolled as b-01") && !words.contains(&token), "{words}");
    booth.until(|shown| shown["online"] == true && shown["screen"] == "welcome").await;
    // The same card in another booth, and then written anew: who was first is out.
    let copy = fair.card("copy", &token, &fair.url(), "");
    let (code, words) = enrol_program(&copy).await;
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("refuses the token (used)"), "{words}");
    let mut refused = Screens::start(&copy);
    refused.until(|shown| shown["fault"] == "E-ENR-02").await;
    copy.put_token(&fair.token("b-01"));
    let (_, words) = enrol_program(&copy).await;
    refused.until(|shown| shown["online"] == true).await;
    assert!(words.contains("enrolled as b-01"), "{words}");
    booth.until(|shown| shown["fault"] == "E-KEY-01").await;
}

/// The real booth without a display, and what it shows.
struct Screens {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Screens {
    fn start(card: &Card) -> Self {
        let log = std::fs::File::create(card.folder.join("booth.log")).expect("a log");
        // Its script is the end of standard input that the child keeps.
        let mut child = program(&["--script", "-"], &card.settings())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("it runs");
        let lines = BufReader::new(child.stdout.take().expect("its screens")).lines();
        Self { _child: child, lines }
    }

    async fn until(&mut self, is: impl Fn(&Value) -> bool) {
        let seen = async {
            while let Some(line) = self.lines.next_line().await.expect("its screens") {
                if is(&serde_json::from_str(&line).expect("a line of JSON")) {
                    return;
                }
            }
            panic!("the booth ended");
        };
        timeout(PATIENCE, seen).await.expect("the screen in time");
    }
}

/// TLS before the service, as a proxy does it; answers its port.
async fn tls_front(authority: &Authority, service: std::net::SocketAddr) -> u16 {
    let (certificate, key) = authority.certify("front");
    let chain = CertificateDer::pem_file_iter(certificate).expect("a file").map(|one| one.expect("one")).collect();
    let key = PrivateKeyDer::from_pem_file(key).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate and its key");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its number").port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut inner = acceptor.accept(socket).await.ok()?;
                let mut outer = TcpStream::connect(service).await.ok()?;
                tokio::io::copy_bidirectional(&mut inner, &mut outer).await.ok()
            });
        }
    });
    port
}
