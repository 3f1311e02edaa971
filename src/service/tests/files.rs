//! Files of the chat over HTTP: resumed, bounded, cleaned, and nobody else's to read.

mod support;

use engawa_ledger::Ledger;
use engawa_protocol::{Command, Event, FileId, Recorded, Refusal, RoomId, limits};
use serde_json::{Value, json};
use std::net::SocketAddr;
use support::client::Client;
use support::process::Process;
use support::web::{Answer, Api, request};
use support::{House, PATIENCE, fresh_room, token};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

fn hash(bytes: &str) -> String {
    engawa_service::config::hash(bytes).map(|byte| format!("{byte:02x}")).concat()
}

fn bearer(booth: &str) -> String {
    format!("authorization: Bearer {}", token(booth))
}

async fn create(address: SocketAddr, room: &RoomId, name: &str, size: usize, sha256: &str) -> Answer {
    let body = json!({ "name": name, "size": size, "sha256": sha256 }).to_string();
    let headers = [bearer("a-01"), "content-type: application/json".to_owned()];
    request(address, &format!("POST /api/rooms/{room}/files"), &headers.each_ref().map(|h| h.as_str()), &body).await
}

fn upload(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{answer:?}");
    serde_json::from_str::<Value>(&answer.body).unwrap()["upload"].as_str().unwrap().to_owned()
}

async fn append(address: SocketAddr, room: &RoomId, upload: &str, offset: usize, bytes: &str) -> Answer {
    let headers = [bearer("a-01"), format!("upload-offset: {offset}")];
    let line = format!("PATCH /api/rooms/{room}/files/{upload}");
    request(address, &line, &headers.each_ref().map(|h| h.as_str()), bytes).await
}

async fn offset(address: SocketAddr, room: &RoomId, upload: &str) -> usize {
    let answer = request(address, &format!("HEAD /api/rooms/{room}/files/{upload}"), &[&bearer("a-01")], "").await;
    answer.header("upload-offset").unwrap_or_else(|| panic!("{answer:?}")).parse().unwrap()
}

async fn knocked(house: &House) -> (Client, RoomId) {
    let (mut guest, room) = (Client::booth(house.address(), "a-01").await, fresh_room());
    guest.knock(&room, "minato").await.unwrap();
    (guest, room)
}

async fn sent(guest: &mut Client, room: &RoomId, file: &str) -> Recorded {
    let file: FileId = file.parse().unwrap();
    guest.command(room, Command::SendFile { file }).await.unwrap();
    let log = guest.follow(room, 0).await;
    log.into_iter().rev().find(|recorded| matches!(recorded.event, Event::FileSent { .. })).unwrap()
}

// T2, T3
#[tokio::test]
async fn exactly_five_mebibytes_go_through_and_one_more_is_refused_before_anything_is_sent() {
    let house = House::open().await;
    let (mut guest, room) = knocked(&house).await;
    let address = house.address();
    let most = limits::FILE_BYTES as usize;
    assert_eq!(create(address, &room, "a.txt", most + 1, &hash("x")).await.status, 413);
    assert_eq!(create(address, &room, "a.txt", 0, &hash("")).await.status, 422);
    let bytes = "x".repeat(most);
    let id = upload(&create(address, &room, "../履歴書.txt", most, &hash(&bytes)).await);
    assert_eq!(
        guest.command(&room, Command::SendFile { file: hash(&bytes).parse().unwrap() }).await,
        Err(Refusal::NoSuchFile)
    );
    assert_eq!(guest.during(append(address, &room, &id, 0, &bytes)).await.status, 204);
    let posted = sent(&mut guest, &room, &hash(&bytes)).await;
    let Event::FileSent { file, .. } = &posted.event else { panic!() };
    assert_eq!((&*file.name, &*file.media_type, file.size), ("履歴書.txt", "text/plain", most as u32));
    let line = format!("/api/rooms/{room}/files/{}", posted.seq);
    let host = Api::of(address, "takahashi").await;
    let answer = host.get(&line).await;
    assert_eq!((answer.status, answer.body == bytes), (200, true));
    assert!(answer.header("content-disposition").unwrap().starts_with("attachment; filename="));
    assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; sandbox"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    // Nobody else, and nothing else.
    assert_eq!(Api::of(address, "kim").await.get(&line).await.status, 404);
    assert_eq!(Api::of(address, "fair").await.get(&line).await.status, 404);
    assert_eq!(request(address, &format!("GET {line}"), &[&bearer("a-02")], "").await.status, 404);
    assert_eq!(request(address, &format!("GET {line}"), &[], "").await.status, 401);
    assert_eq!(host.get(&format!("/api/rooms/{room}/files/1")).await.status, 404);
    // What was taken back is gone (T6).
    guest.command(&room, Command::DeletePost { post: posted.seq }).await.unwrap();
    assert_eq!(host.get(&line).await.status, 404);
}

// T2
#[tokio::test]
async fn a_cut_and_a_restart_in_the_middle_cost_nothing_that_was_counted() {
    let mut house = House::open().await;
    let (_guest, room) = knocked(&house).await;
    let bytes: String = (0..300_000).map(|n| char::from(b'a' + (n % 26) as u8)).collect();
    let id = upload(&create(house.address(), &room, "a.txt", bytes.len(), &hash(&bytes)).await);
    // The head promises all, and the line breaks after a part.
    let mut line = TcpStream::connect(house.address()).await.unwrap();
    let head = format!(
        "PATCH /api/rooms/{room}/files/{id} HTTP/1.1\r\nhost: x\r\n{}\r\nupload-offset: 0\r\ncontent-length: {}\r\n\r\n",
        bearer("a-01"),
        bytes.len()
    );
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&bytes.as_bytes()[..200_000]).await.unwrap();
    line.flush().await.unwrap();
    drop(line);
    let mut here = 0;
    let arrived = async {
        while here < 200_000 {
            here = offset(house.address(), &room, &id).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, arrived).await.expect("what was sent is counted");
    assert_eq!(here, 200_000);
    house.stop().await;
    house.start().await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    // The same file again is the same upload.
    assert_eq!(upload(&create(house.address(), &room, "a.txt", bytes.len(), &hash(&bytes)).await), id);
    let wrong = append(house.address(), &room, &id, 0, &bytes).await;
    assert_eq!((wrong.status, wrong.header("upload-offset")), (409, Some("200000")));
    assert_eq!(append(house.address(), &room, &id, here, &bytes[here..]).await.status, 204);
    sent(&mut guest, &room, &hash(&bytes)).await;
}

// T2
#[tokio::test]
async fn an_upload_goes_on_where_the_disk_has_it_when_the_service_is_killed() {
    const KILLS: usize = 5;
    let house = House::furnish("", "");
    let bytes: String = (0..600_000).map(|n| char::from(b'a' + (n % 26) as u8)).collect();
    let mut process = Process::start(&house).await;
    let (mut guest, room) = (Client::booth(process.address, "a-01").await, fresh_room());
    guest.knock(&room, "minato").await.unwrap();
    let id = upload(&create(process.address, &room, "a.txt", bytes.len(), &hash(&bytes)).await);
    let mut here = 0;
    for kill in 1..=KILLS {
        let mut line = TcpStream::connect(process.address).await.unwrap();
        let head = format!(
            "PATCH /api/rooms/{room}/files/{id} HTTP/1.1\r\nhost: x\r\n{}\r\nupload-offset: {here}\r\n\
             content-length: {}\r\n\r\n",
            bearer("a-01"),
            bytes.len() - here
        );
        line.write_all(head.as_bytes()).await.unwrap();
        line.write_all(&bytes.as_bytes()[here..kill * 100_000]).await.unwrap();
        // In the middle: of what was sent, some is counted and the rest under way.
        let counted = async {
            while offset(process.address, &room, &id).await == here {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, counted).await.expect("something is counted");
        process.kill().await;
        let kept = {
            let (key, entry) = house.ledger().list(&format!("upload/{room}/")).await.unwrap().remove(0);
            assert!(key.ends_with(&id));
            serde_json::from_slice::<Value>(&entry.value).unwrap()["offset"].as_u64().unwrap() as usize
        };
        assert!(kept > here && kept <= kill * 100_000, "{kept}");
        process = Process::start(&house).await;
        here = offset(process.address, &room, &id).await;
        assert_eq!(here, kept);
    }
    assert_eq!(append(process.address, &room, &id, here, &bytes[here..]).await.status, 204);
    let mut guest = Client::booth(process.address, "a-01").await;
    sent(&mut guest, &room, &hash(&bytes)).await;
    let line = format!("GET /api/rooms/{room}/files/{}", guest.follow(&room, 0).await.last().unwrap().seq);
    let answer = request(process.address, &line, &[&bearer("a-01")], "").await;
    assert_eq!((answer.status, answer.body == bytes), (200, true));
}

// T2
#[tokio::test]
async fn bytes_that_are_not_those_that_were_named_leave_nothing() {
    let house = House::open().await;
    let (mut guest, room) = knocked(&house).await;
    let address = house.address();
    let id = upload(&create(address, &room, "a.txt", 5, &hash("hello")).await);
    assert_eq!(append(address, &room, &id, 0, "hello!").await.status, 413);
    assert_eq!(append(address, &room, &id, 0, "HELLO").await.status, 422);
    let gone = request(address, &format!("HEAD /api/rooms/{room}/files/{id}"), &[&bearer("a-01")], "").await;
    assert_eq!(gone.status, 404);
    assert_eq!(
        guest.command(&room, Command::SendFile { file: hash("hello").parse().unwrap() }).await,
        Err(Refusal::NoSuchFile)
    );
    // Knowing a hash opens nothing: the other side has to send the file itself.
    let id = upload(&create(address, &room, "a.txt", 5, &hash("hello")).await);
    assert_eq!(append(address, &room, &id, 0, "hello").await.status, 204);
    let mut host = Client::host(address, "takahashi").await;
    assert_eq!(
        host.command(&room, Command::SendFile { file: hash("hello").parse().unwrap() }).await,
        Err(Refusal::NoSuchFile)
    );
    let mut full = 0;
    for n in 0..60 {
        let answer = create(address, &room, &format!("{n}.txt"), 5, &hash("hello")).await;
        full += usize::from(answer.status == 413);
    }
    assert_eq!(full, 11, "a room has fifty files");
}
