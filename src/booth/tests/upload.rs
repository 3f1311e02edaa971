//! Files over real HTTP to a service that breaks off in the middle.

mod support;

use engawa_booth::access::Access;
use engawa_booth::service::Service as Way;
use engawa_booth::upload::{Job, Uploads};
use engawa_protocol::{Refusal, RoomId};
use engawa_session::outbox::{Input, UploadFault};
use std::fs::File;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const SIZE: u32 = 1_000_000;

/// What the service has, and how it behaves.
#[derive(Default)]
struct Service {
    bytes: Vec<u8>,
    /// It breaks the connection when it has this much; then the next.
    cuts: Vec<usize>,
    /// It answers every request with this status and body.
    only: Option<(u16, &'static str)>,
    requests: Vec<String>,
}

type Shared = Arc<Mutex<Service>>;

async fn serve(listener: TcpListener, service: Shared) {
    loop {
        let Ok((socket, _)) = listener.accept().await else { return };
        tokio::spawn(connection(socket, service.clone()));
    }
}

/// One connection, until it is cut or closed.
async fn connection(mut socket: TcpStream, service: Shared) -> Option<()> {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).ok()?.to_lowercase();
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<usize>().ok());
        let (length, offset) = (header("content-length:").unwrap_or(0), header("upload-offset:"));
        let line = head.lines().next()?.to_owned();
        assert!(head.contains("authorization: bearer the-token"), "without the token");
        service.lock().unwrap().requests.push(line.clone());
        let patch = line.starts_with("patch");
        let right = patch && offset == Some(service.lock().unwrap().bytes.len());
        for _ in 0..length {
            let byte = socket.read_u8().await.ok()?;
            let mut service = service.lock().unwrap();
            if right && service.only.is_none() {
                service.bytes.push(byte);
                if service.cuts.first() == Some(&service.bytes.len()) {
                    service.cuts.remove(0);
                    return None;
                }
            }
        }
        let (status, body, stands) = {
            let service = service.lock().unwrap();
            let stands = service.bytes.len();
            match service.only {
                Some((status, body)) => (status, body.to_owned(), stands),
                None if patch && !right => (409, String::new(), stands),
                None if patch || line.starts_with("head") => (204, String::new(), stands),
                None => (200, format!(r#"{{"upload":"abc","offset":{stands}}}"#), stands),
            }
        };
        let length = if status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let answer = format!("HTTP/1.1 {status} x\r\nupload-offset: {stands}\r\n{length}\r\n{body}");
        socket.write_all(answer.as_bytes()).await.ok()?;
    }
}

/// Brings a file there; answers what was told at the end, and how far it was before.
async fn bring(service: Shared) -> (Input, Vec<u32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its number");
    let serving = tokio::spawn(serve(listener, service));
    let ended = bring_to(&format!("http://{address}")).await;
    serving.abort();
    ended
}

async fn bring_to(address: &str) -> (Input, Vec<u32>) {
    let (tell, mut told) = mpsc::unbounded_channel();
    let tell = Arc::new(move |input| drop(tell.send(input)));
    let service = Way::new(address, None).expect("an address");
    let access = Access::by_token("the-token").expect("a token");
    let (uploads, run) = Uploads::new(service, access, tell);
    tokio::spawn(run);
    let (entry, _) = support::file(1, SIZE);
    let engawa_session::outbox::Item::File(card) = entry.item else { unreachable!("a file") };
    uploads.start(Job { id: entry.id, room: RoomId::from_random([2; 16]), card, file: on_disk() });
    let mut steps = Vec::new();
    loop {
        let next = tokio::time::timeout(Duration::from_secs(60), told.recv()).await.expect("an answer in time");
        match next.expect("an answer") {
            Input::Uploading { sent, .. } => steps.push(sent),
            last => return (last, steps),
        }
    }
}

fn bytes() -> Vec<u8> {
    (0..SIZE).map(|at| (at % 251) as u8).collect()
}

fn on_disk() -> File {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(&bytes()).expect("written");
    file
}

fn uploaded(ended: &Input) -> bool {
    matches!(ended, Input::Uploaded(_))
}

// T2
#[tokio::test]
async fn a_file_arrives_whole_and_tells_how_far_it_is() {
    let service = Shared::default();
    let (ended, steps) = bring(service.clone()).await;
    assert!(uploaded(&ended), "{ended:?}");
    assert!(service.lock().unwrap().bytes == bytes());
    assert_eq!(steps, [0, 262_144, 524_288, 786_432]);
}

// T2
#[tokio::test]
async fn a_file_goes_on_from_where_the_line_was_cut() {
    let service = Shared::default();
    service.lock().unwrap().cuts = vec![1, 300_000, 300_001, 786_432, 999_999, SIZE as usize];
    let (ended, steps) = bring(service.clone()).await;
    assert!(uploaded(&ended), "{ended:?}");
    let service = service.lock().unwrap();
    assert!(service.cuts.is_empty() && service.bytes == bytes());
    assert!(steps.is_sorted(), "bytes were sent that the service had: {steps:?}");
    assert!(service.requests.iter().any(|line| line.starts_with("head")), "{:?}", service.requests);
}

// T2
#[tokio::test]
async fn an_upload_that_was_begun_before_a_restart_goes_on() {
    let service = Shared::default();
    service.lock().unwrap().bytes = bytes()[..600_000].to_vec();
    let (ended, steps) = bring(service.clone()).await;
    assert!(uploaded(&ended), "{ended:?}");
    assert_eq!(steps[0], 600_000);
    assert!(service.lock().unwrap().bytes == bytes());
}

// T2
#[tokio::test]
async fn a_refusal_is_final_and_a_busy_service_is_not() {
    let cases = [
        (413, "", UploadFault::Refused(Refusal::NotAllowed)),
        (404, "", UploadFault::Refused(Refusal::NoSuchRoom)),
        (409, r#"{"error":"over","what":"the interview is over"}"#, UploadFault::Refused(Refusal::Over)),
        (401, "", UploadFault::Away),
        (429, "", UploadFault::Away),
        (503, r#"{"error":"unavailable"}"#, UploadFault::Away),
        (200, "nonsense", UploadFault::Away),
        (200, r#"{"upload":"../../x","offset":0}"#, UploadFault::Away),
        (302, "", UploadFault::Away),
    ];
    for (status, body, expected) in cases {
        let service = Shared::default();
        service.lock().unwrap().only = Some((status, body));
        let (ended, _) = bring(service).await;
        let Input::UploadFailed { fault, .. } = ended else { panic!("{status}: {ended:?}") };
        assert_eq!(fault, expected, "{status}");
    }
}

// T2
#[tokio::test]
async fn without_a_service_the_upload_rests() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its number");
    drop(listener);
    let (ended, _) = bring_to(&format!("http://{address}")).await;
    assert!(matches!(ended, Input::UploadFailed { fault: UploadFault::Away, sent: 0, .. }), "{ended:?}");
}
