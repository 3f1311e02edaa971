//! The sending half of a connection.

use super::{GOODBYE, SILENCE};
use crate::outlet::{End, Inlet, Outlet};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use engawa_protocol::CloseCode;
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::time::timeout;

/// Frames that are sent in one go.
const BATCH: usize = 32;

/// Sends until the connection ends, then says why.
pub(super) async fn write(mut sink: SplitSink<WebSocket, Message>, mut inlet: Inlet, outlet: Outlet) {
    let mut ended = inlet.end.clone();
    loop {
        let first = tokio::select! {
            biased;
            _ = ended.wait_for(Option::is_some) => break,
            first = inlet.next() => first,
        };
        let Some(first) = first else { break };
        let batch = async {
            sink.feed(Message::Text(first)).await?;
            for _ in 1..BATCH {
                let Some(next) = inlet.try_next() else { break };
                sink.feed(Message::Text(next)).await?;
            }
            sink.flush().await
        };
        let sent = tokio::select! {
            biased;
            _ = ended.wait_for(Option::is_some) => break,
            sent = timeout(SILENCE, batch) => sent,
        };
        match sent {
            Ok(Ok(())) => {}
            Ok(Err(_)) => outlet.end(End::Gone),
            Err(_) => outlet.end(End::Close(CloseCode::Slow)),
        }
    }
    let code = inlet.end.borrow().and_then(End::code);
    let goodbye = async {
        // What was answered before the end is still owed, such as the fault that led to it.
        while let Some(next) = inlet.try_next() {
            sink.feed(Message::Text(next)).await?;
        }
        if let Some(code) = code {
            sink.send(Message::Close(Some(CloseFrame { code, reason: "".into() }))).await?;
        }
        sink.close().await
    };
    timeout(GOODBYE, goodbye).await.ok();
}
