//! A booth with a key of its own, as far as HTTP shows it.

use super::client::{self, Client};
use super::web::{Answer, now, request};
use super::{House, fresh_client};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use engawa_protocol::Millis;
use engawa_service::booths::{EnrolKey, EnrolToken};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

pub struct Device {
    key: Ed25519KeyPair,
}

impl Device {
    /// One with a fresh key.
    pub fn new() -> Self {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self { key: Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap() }
    }

    pub fn sign(&self, text: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.key.sign(text.as_bytes()))
    }

    pub fn public(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.key.public_key())
    }

    /// Trades a token; answers status and body.
    pub async fn enrol(&self, address: SocketAddr, token: &str) -> (u16, Value) {
        let proof = self.sign(&format!("engawa-enrol-1\n{token}"));
        let body = json!({ "token": token, "public_key": self.public(), "proof": proof });
        post(address, "/api/v1/enrol", body).await
    }

    /// Answers a challenge; answers status and body.
    pub async fn answer(&self, address: SocketAddr, booth: &str, challenge: &str) -> (u16, Value) {
        let signature = self.sign(&format!("engawa-booth-sign-in-1\n{booth}\n{challenge}"));
        let body = json!({ "booth": booth, "challenge": challenge, "signature": signature });
        post(address, "/api/v1/booth-sign-in", body).await
    }

    /// Signs in; answers the bearer.
    pub async fn sign_in(&self, address: SocketAddr, booth: &str) -> String {
        let (status, body) = self.answer(address, booth, &challenge(address, booth).await).await;
        assert_eq!(status, 200, "{body}");
        assert!(body["expires"].as_u64() > body["now"].as_u64(), "{body}");
        body["token"].as_str().unwrap().to_owned()
    }

    /// Signs in and says hello.
    pub async fn connect(&self, address: SocketAddr, booth: &str) -> Client {
        let bearer = format!("Bearer {}", self.sign_in(address, booth).await);
        let socket = client::open(address, &[("authorization", &bearer)]).await.unwrap();
        Client::greet(socket, fresh_client()).await
    }
}

/// A token as the command line makes it, of any age.
pub fn token(house: &House, booth: &str, issued: u64, life: u64) -> String {
    let key = EnrolKey::read_or_make(&house.folder.path().join("data/enrol.key")).unwrap();
    let (id, life) = (booth.parse().unwrap(), Duration::from_millis(life));
    key.token(&EnrolToken::new(id, booth.to_uppercase(), None, Millis(issued), life)).unwrap()
}

pub fn fresh_token(house: &House, booth: &str) -> String {
    token(house, booth, now(), 60_000)
}

pub async fn challenge(address: SocketAddr, booth: &str) -> String {
    let (status, body) = post(address, "/api/v1/challenge", json!({ "booth": booth })).await;
    assert_eq!(status, 200, "{body}");
    body["challenge"].as_str().unwrap().to_owned()
}

/// Opens a WebSocket by a bearer; the error is the status of a refusal.
pub async fn open(address: SocketAddr, bearer: &str) -> Result<(), u16> {
    client::open(address, &[("authorization", &format!("Bearer {bearer}"))]).await.map(|_| ())
}

async fn post(address: SocketAddr, path: &str, body: Value) -> (u16, Value) {
    let headers = ["content-type: application/json"];
    let answer: Answer = request(address, &format!("POST {path}"), &headers, &body.to_string()).await;
    (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}
