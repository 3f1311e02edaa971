//! Bundles for booths over HTTP: the newest is told, parts are sent, and nothing else of the disk is.

mod support;

use support::House;
use support::web::{Answer, get, request};

const MACHINE: &str = "engawa-booth-test";

fn put(house: &House, version: &str, text: &str) {
    let folder = house.folder.path().join("updates").join(MACHINE);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("new"), text).unwrap();
    std::fs::rename(folder.join("new"), folder.join(format!("{version}.raucb"))).unwrap();
}

fn hash(text: &str) -> String {
    engawa_service::config::hash(text).map(|byte| format!("{byte:02x}")).concat()
}

async fn newest(house: &House) -> (String, u64, String) {
    let answer = get(house.address(), &format!("/api/v1/updates/{MACHINE}")).await;
    let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{answer:?}"));
    let text = |key: &str| json[key].as_str().unwrap().to_owned();
    (text("version"), json["size"].as_u64().unwrap(), text("sha256"))
}

async fn part(house: &House, version: &str, headers: &[&str]) -> Answer {
    request(house.address(), &format!("GET /api/v1/updates/{MACHINE}/{version}"), headers, "").await
}

// P3
#[tokio::test]
async fn the_newest_bundle_is_told_with_its_sum_as_soon_as_it_is_there() {
    let house = House::open_with("updates = \"updates\"", "").await;
    assert_eq!(get(house.address(), &format!("/api/v1/updates/{MACHINE}")).await.status, 404);
    put(&house, "1.9", "older");
    assert_eq!(newest(&house).await, ("1.9".into(), 5, hash("older")));
    put(&house, "1.10", "newer one");
    assert_eq!(newest(&house).await, ("1.10".into(), 9, hash("newer one")));
    put(&house, "1.10", "another one");
    assert_eq!(newest(&house).await, ("1.10".into(), 11, hash("another one")));
}

// P3
#[tokio::test]
async fn a_download_goes_on_where_it_was_unless_the_bundle_is_another_one() {
    let house = House::open_with("updates = \"updates\"", "").await;
    put(&house, "2", "0123456789");
    let whole = part(&house, "2", &[]).await;
    assert_eq!((whole.status, &*whole.body), (200, "0123456789"));
    let tag = whole.header("etag").unwrap().to_owned();
    assert_eq!(tag, format!("\"{}\"", hash("0123456789")));
    let same = format!("if-range: {tag}");
    let rest = part(&house, "2", &["range: bytes=4-", &same]).await;
    assert_eq!((rest.status, &*rest.body), (206, "456789"));
    let rest = part(&house, "2", &["range: bytes=4-", "if-range: \"of another\""]).await;
    assert_eq!((rest.status, &*rest.body), (200, "0123456789"));
    assert_eq!(part(&house, "2", &["range: bytes=99-", &same]).await.status, 416);
}

// P3
#[tokio::test]
async fn nothing_but_bundles_is_served() {
    let house = House::open_with("updates = \"updates\"", "").await;
    put(&house, "2", "x");
    std::fs::write(house.folder.path().join("secret.raucb"), "secret").unwrap();
    for path in ["..", "%2e%2e", "..%2f..%2fsecret", "2.raucb", "3", ".", "a%00b"] {
        let answer = get(house.address(), &format!("/api/v1/updates/{MACHINE}/{path}")).await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {answer:?}");
        let answer = get(house.address(), &format!("/api/v1/updates/{path}/secret")).await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {answer:?}");
    }
}

// P3
#[tokio::test]
async fn who_asks_too_often_is_held_back_and_a_service_without_bundles_says_so() {
    let house = House::open().await;
    let mut statuses = Vec::new();
    for _ in 0..4000 {
        let status = get(house.address(), &format!("/api/v1/updates/{MACHINE}")).await.status;
        statuses.push(status);
        if status == 429 {
            break;
        }
    }
    assert_eq!((statuses.first(), statuses.last()), (Some(&404), Some(&429)));
}
