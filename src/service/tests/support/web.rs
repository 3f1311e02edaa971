//! As much of an HTTP client as the stories need.

use super::{PASSWORD, PATIENCE};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// One request on its own connection; `headers` are whole lines.
pub async fn request(address: SocketAddr, line: &str, headers: &[&str], body: &str) -> Answer {
    try_request(address, line, headers, body).await.expect("a head and a body")
}

/// The same of a service that may be gone, or go before it has answered.
pub async fn try_request(address: SocketAddr, line: &str, headers: &[&str], body: &str) -> Option<Answer> {
    let mut text = format!("{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    headers.iter().for_each(|header| text.push_str(&format!("{header}\r\n")));
    if !body.is_empty() {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    text.push_str(body);
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.write_all(text.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        Some(answer)
    };
    let answer = timeout(PATIENCE, exchange).await.expect("an answer in time")?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let is_whole = line.starts_with("HEAD") || length.is_none_or(|length: usize| body.len() == length);
    is_whole.then(|| Answer { status, head: head.to_owned(), body: body.to_owned() })
}

pub async fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, &format!("GET {path}"), &[], "").await
}

pub async fn try_sign_in(address: SocketAddr, account: &str, password: &str) -> Answer {
    let body = serde_json::json!({ "account": account, "password": password }).to_string();
    request(address, "POST /api/sign-in", &["content-type: application/json"], &body).await
}

/// Signs in; answers the cookie as a request sends it.
pub async fn sign_in(address: SocketAddr, account: &str) -> String {
    let answer = try_sign_in(address, account, PASSWORD).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

/// A signed-in account's way to the API.
pub struct Api {
    address: SocketAddr,
    cookie: String,
}

impl Api {
    pub async fn of(address: SocketAddr, account: &str) -> Self {
        Self { address, cookie: format!("cookie: {}", sign_in(address, account).await) }
    }

    pub async fn ask(&self, line: &str, body: serde_json::Value) -> (u16, serde_json::Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = request(self.address, line, &[&self.cookie, "content-type: application/json"], &body).await;
        let json = serde_json::from_str(&answer.body).unwrap_or(serde_json::Value::Null);
        (answer.status, json)
    }

    pub async fn get(&self, path: &str) -> Answer {
        request(self.address, &format!("GET {path}"), &[&self.cookie], "").await
    }

    /// Books an interview that begins in so many milliseconds; answers its room.
    pub async fn book(&self, ahead: u64, more: serde_json::Value) -> String {
        let mut body = serde_json::json!({ "kind": "interview", "starts": now() + ahead, "guest": "佐藤花子" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, made) = self.ask("POST /api/interviews", body).await;
        assert_eq!(status, 201, "{made}");
        made["room"].as_str().unwrap().to_owned()
    }
}

pub fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64
}
