//! What is left of an interview, and for whom.

mod support;

use engawa_protocol::{Command, Event};
use serde_json::{Value, json};
use support::client::Client;
use support::web::Api;
use support::{House, fresh_room};

// R1, R2, R5, R6
#[tokio::test]
async fn an_ended_interview_is_offered_until_it_was_taken_along() {
    let mut house = House::open().await;
    let (mut guest, room) = (Client::booth(house.address(), "a-01").await, fresh_room());
    let mut host = Client::host(house.address(), "takahashi").await;
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    host.join(&room).await.unwrap();
    host.command(&room, Command::Admit).await.unwrap();
    guest.command(&room, Command::Say { text: "=1+1".into() }).await.unwrap();
    host.command(&room, Command::End).await.unwrap();
    let mut log = guest.follow(&room, 0).await;
    guest.events_until(&room, &mut log, |recorded| matches!(recorded.event, Event::Ended { .. })).await;
    house.stop().await;
    house.start().await;
    let host = Api::of(house.address(), "mori").await;
    let offered = async || host.ask("GET /api/records", Value::Null).await.1;
    let missing = offered().await;
    assert_eq!((&missing[0]["room"], &missing[0]["missing"]), (&json!(room), &json!(["participants", "chat"])));
    let participants = host.get(&format!("/api/records/{room}/participants.csv")).await;
    assert_eq!(participants.header("content-type"), Some("text/csv; charset=utf-8"));
    let head = "\u{feff}ルーム名,主催者・参加者,名前,接続開始時間,接続終了時間\r\nみなと精工,参加者,佐藤花子,20";
    assert!(participants.body.starts_with(head), "{participants:?}");
    assert_eq!(offered().await[0]["missing"], json!(["chat"]));
    let chat = host.get(&format!("/api/records/{room}/chat.csv")).await;
    assert!(chat.body.ends_with(",参加者,佐藤花子,'=1+1\r\n"), "{chat:?}");
    assert_eq!(offered().await, json!([]));
    let staff = Api::of(house.address(), "fair").await;
    let audit = staff.get(&format!("/api/records/{room}/audit.jsonl")).await;
    assert!(audit.body.contains(r#""did":"admitted""#) && !audit.body.contains("佐藤"), "{audit:?}");
    assert_eq!(host.get(&format!("/api/records/{room}/audit.jsonl")).await.status, 403);
    assert_eq!(Api::of(house.address(), "kim").await.ask("GET /api/records", Value::Null).await.1, json!([]));
}
