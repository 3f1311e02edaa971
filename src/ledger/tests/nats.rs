//! The ledger on NATS: every promise on one server and on a cluster, and a leader killed in the middle.

mod suite;
mod support;

use engawa_ledger::nats::{NatsConfig, NatsLedger, Tls};
use engawa_ledger::{AppendError, BlobHash, Error, Expect, Ledger};
use engawa_protocol::Seq;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use suite::{Opened, the_suite, the_suite_in_turn};
use support::servers::Servers;
use support::{assert_in_order, event_of, room, told};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

/// What an election takes of ours: from a stream's new leader to the next event in it. Less than a second where the
/// machine is not busy.
const OURS_WITHIN: Duration = Duration::from_secs(5);
/// With the servers' part, which is 4 to 9 s and again as much when votes are split.
const STORED_WITHIN: Duration = Duration::from_secs(20);

fn config(addresses: &[String], replicas: usize, prefix: &str) -> NatsConfig {
    let (servers, prefix) = (addresses.to_vec(), prefix.to_owned());
    NatsConfig { servers, credentials: None, token: None, tls: Tls::default(), replicas, prefix }
}

/// Opens a ledger as soon as the servers are there.
async fn open(config: &NatsConfig) -> NatsLedger {
    let until = Instant::now() + Duration::from_secs(40);
    loop {
        match NatsLedger::open(config).await {
            Ok(ledger) => return ledger,
            Err(error) if Instant::now() >= until => panic!("{error:?}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Two nodes of a ledger; each begins with another server.
async fn nodes(servers: &Servers, replicas: usize, prefix: &str) -> Vec<Arc<dyn Ledger>> {
    let mut addresses = servers.addresses.clone();
    let first = open(&config(&addresses, replicas, prefix)).await;
    addresses.rotate_left(1);
    let second = open(&config(&addresses, replicas, prefix)).await;
    vec![Arc::new(first), Arc::new(second)]
}

async fn single() -> Option<Opened> {
    let servers = Servers::start(1)?;
    Some(Opened { nodes: nodes(&servers, 1, "t").await, _keep: Box::new(servers) })
}

the_suite!(single().await);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_promise_holds_on_a_cluster() {
    let Some(servers) = Servers::start(3) else { return };
    let mut count = 0;
    let mut begin = || {
        count += 1;
        format!("t{count}")
    };
    the_suite_in_turn!(Opened { nodes: nodes(&servers, 3, &begin()).await, _keep: Box::new(()) });
}

/// What the servers tell of a stream; only its leader answers.
async fn info(servers: &Servers, stream: &str) -> serde_json::Value {
    let client = async_nats::connect(servers.addresses.clone()).await.unwrap();
    let context = async_nats::jetstream::new(client);
    timeout(support::SOON, until_told(&context, stream)).await.expect("the stream has a leader")
}

/// Asks on and on, also while the connection is made anew.
async fn until_told(context: &async_nats::jetstream::Context, stream: &str) -> serde_json::Value {
    loop {
        if let Some(info) = ask_info(context, stream).await {
            return info;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn ask_info(context: &async_nats::jetstream::Context, stream: &str) -> Option<serde_json::Value> {
    let asked = context.request(format!("STREAM.INFO.{stream}"), &());
    timeout(Duration::from_millis(200), asked)
        .await
        .ok()?
        .ok()
        .filter(|info: &serde_json::Value| info["error"].is_null())
}

/// Who leads the rooms' stream, as the servers tell.
async fn leader(servers: &Servers, prefix: &str) -> String {
    let info = info(servers, &format!("{prefix}_log")).await;
    info["cluster"]["leader"].as_str().expect("a cluster has a leader").to_owned()
}

/// When the rooms' stream has a leader again.
async fn elected(context: async_nats::jetstream::Context, prefix: &str) -> Instant {
    until_told(&context, &format!("{prefix}_log")).await;
    Instant::now()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appenders_and_followers_go_on_when_the_leader_is_killed() {
    const BEFORE: Seq = 150;
    const LAST: Seq = 400;
    let Some(mut servers) = Servers::start(3) else { return };
    let nodes = nodes(&servers, 3, "t").await;
    let client = async_nats::connect(servers.addresses.clone()).await.unwrap();
    let watching = async_nats::jetstream::new(client);
    let mut tasks = JoinSet::new();
    for node in &nodes {
        let mut follow = node.follow(&room(1), 0).await.unwrap();
        tasks.spawn(async move { told(&mut follow, LAST).await });
    }
    let (said, mut hear) = tokio::sync::watch::channel(0);
    for (writer, node) in nodes.iter().cloned().enumerate() {
        let said = said.clone();
        tasks.spawn(async move {
            let mut last = 0;
            let mut own = Vec::new();
            while last < LAST {
                match node.append(&room(1), last, &[event_of(last + 1, writer as u64)]).await {
                    Ok(()) => {
                        last += 1;
                        own.push(event_of(last, writer as u64));
                        said.send_replace(last);
                    }
                    Err(AppendError::Conflict { last: found, .. }) => last = found,
                    Err(error) => panic!("the leader is away for longer than a writer waits: {error:?}"),
                }
            }
            own
        });
    }
    timeout(support::SOON, hear.wait_for(|last| *last >= BEFORE)).await.unwrap().unwrap();
    let begun = Instant::now();
    servers.kill(&leader(&servers, "t").await);
    // What was under way may still be told.
    hear.borrow_and_update();
    let (elected, stored) = tokio::join!(timeout(support::SOON, elected(watching, "t")), async {
        timeout(support::SOON, hear.changed()).await.unwrap().unwrap();
        Instant::now()
    });
    let elected = elected.unwrap();
    let ours = stored.saturating_duration_since(elected);
    eprintln!("elected after {:?}, the next event stored {ours:?} later", elected - begun);
    assert!(ours < OURS_WITHIN, "{ours:?}");
    assert!(stored - begun < STORED_WITHIN, "{:?}", stored - begun);
    let results = timeout(Duration::from_secs(60), tasks.join_all()).await.unwrap();
    eprintln!("{} events after the leader's end took {:?}", LAST - BEFORE, begun.elapsed());
    let log = nodes[0].read(&room(1), 0).await.unwrap();
    assert_in_order(&log, 1);
    assert_eq!(nodes[1].read(&room(1), 0).await.unwrap(), log);
    for result in results {
        assert!(!result.is_empty());
        let missing = result.iter().find(|event| log[event.seq as usize - 1] != **event);
        assert!(missing.is_none(), "was acknowledged or told, and is not there: {missing:?}");
    }
}

#[tokio::test]
async fn tidying_removes_markers_and_chunks_without_a_description() {
    let Some(servers) = Servers::start(1) else { return };
    let ledger = open(&config(&servers.addresses, 1, "t")).await;
    let client = async_nats::connect(servers.addresses.clone()).await.unwrap();
    for key in ["a", "b", "c"] {
        ledger.put(key, b"1", Expect::New).await.unwrap();
    }
    ledger.delete("a", Expect::Any).await.unwrap();
    ledger.delete("b", Expect::Any).await.unwrap();
    let blob = support::chunks(b"blob", 2);
    ledger.put_blob(&BlobHash::of(b"blob"), 4, blob).await.unwrap();
    // As a node leaves them that was killed before it could say what they are.
    let context = async_nats::jetstream::new(client);
    for _ in 0..3 {
        context.publish("$O.t_blobs.C.0123", "half".into()).await.unwrap().await.unwrap();
    }
    let count = async |stream| info(&servers, stream).await["state"]["messages"].as_u64().unwrap();
    assert_eq!((count("KV_t_values").await, count("OBJ_t_blobs").await), (3, 5));
    assert_eq!(ledger.tidy(Duration::from_secs(600)).await.unwrap(), 0, "what is young may be in use");
    assert_eq!((count("KV_t_values").await, count("OBJ_t_blobs").await), (3, 5));
    assert_eq!(ledger.tidy(Duration::ZERO).await.unwrap(), 3);
    assert_eq!((count("KV_t_values").await, count("OBJ_t_blobs").await), (1, 2));
    assert_eq!(ledger.tidy(Duration::ZERO).await.unwrap(), 0);
    assert!(ledger.has_blob(&BlobHash::of(b"blob")).await.unwrap());
}

#[tokio::test]
async fn two_installations_share_a_server_and_see_nothing_of_each_other() {
    let Some(servers) = Servers::start(1) else { return };
    let one = open(&config(&servers.addresses, 1, "one")).await;
    let two = open(&config(&servers.addresses, 1, "two")).await;
    one.put("a", b"1", Expect::New).await.unwrap();
    one.append(&room(1), 0, &[event_of(1, 1)]).await.unwrap();
    assert_eq!(two.value("a").await.unwrap(), None);
    assert_eq!(two.rooms().await.unwrap(), []);
}

#[tokio::test]
async fn a_server_that_is_not_there_or_a_name_that_cannot_be_is_a_clear_error() {
    let nobody = ["nats://somebody:secret@127.0.0.1:1".to_owned()];
    let error = NatsLedger::open(&config(&nobody, 1, "t")).await.unwrap_err();
    assert!(matches!(&error, Error::Open { at, .. } if at == "127.0.0.1:1"), "{error:?}");
    assert!(!format!("{error:?}").contains("secret"));
    let error = NatsLedger::open(&config(&nobody, 1, "a b")).await.unwrap_err();
    assert!(matches!(error, Error::Open { .. }), "{error:?}");
    let mut missing = config(&nobody, 1, "t");
    missing.credentials = Some(Path::new("/nowhere/engawa.creds").to_owned());
    let error = NatsLedger::open(&missing).await.unwrap_err();
    assert!(format!("{error:?}").contains("/nowhere/engawa.creds"), "{error:?}");
}

#[test]
fn the_server_is_one_that_the_tests_know() {
    let version = Command::new("nats-server").arg("--version").output().expect("nats-server is installed");
    assert!(String::from_utf8_lossy(&version.stdout).contains("v2."));
}
