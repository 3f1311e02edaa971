//! The same for the baseline: a producer and a consumer in a session of gst-plugin-webrtc's signalling server.

use crate::line::{Line, Socket, open, until};
use futures_util::SinkExt;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio_tungstenite::tungstenite::Message;

/// A producer and the consumer of its session.
pub async fn pair(address: SocketAddr) -> anyhow::Result<[Line; 2]> {
    let (mut producer, id) = greet(address).await?;
    let status = json!({ "type": "setPeerStatus", "roles": ["producer"], "meta": null });
    producer.send(Message::text(status.to_string())).await?;
    // Only listeners are told of a status; the answer to this, an empty list, comes after it was taken.
    producer.send(Message::text(json!({ "type": "listConsumers" }).to_string())).await?;
    until(&mut producer, |text| text.starts_with("{\"type\":\"listConsumers\"").then_some(())).await?;
    let (mut consumer, _) = greet(address).await?;
    consumer.send(Message::text(json!({ "type": "startSession", "peerId": id }).to_string())).await?;
    let session = field(&mut consumer, "sessionStarted", "sessionId").await?;
    field(&mut producer, "startSession", "sessionId").await?;
    Ok([line(producer, session.clone()), line(consumer, session)])
}

fn line(socket: Socket, session: String) -> Line {
    Line {
        socket,
        signal: Box::new(move |candidate| {
            let ice = json!({ "candidate": candidate, "sdpMLineIndex": 0 });
            json!({ "type": "peer", "sessionId": session, "ice": ice }).to_string()
        }),
        // It has no message for it.
        ping: |_| Message::Ping(Default::default()),
        arrives: "{\"type\":\"peer\"",
    }
}

async fn greet(address: SocketAddr) -> anyhow::Result<(Socket, String)> {
    let mut socket = open(format!("ws://{address}/"), &[]).await?;
    let id = field(&mut socket, "welcome", "peerId").await?;
    Ok((socket, id))
}

/// Waits for a message of a type; answers one of its fields.
async fn field(socket: &mut Socket, wanted: &str, name: &str) -> anyhow::Result<String> {
    until(socket, |text| {
        let message: Value = serde_json::from_str(text).ok()?;
        (message["type"] == wanted).then(|| message[name].as_str().map(str::to_owned)).flatten()
    })
    .await
}
