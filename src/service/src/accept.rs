//! Taking connections in, and keeping those that say nothing from filling the house.
//!
//! A head has to come within [`HEAD`], a body with the time the router gives a request, and a
//! connection that is not upgraded ends after [`VISIT`], whoever reads its answers slowly or never.

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// TCP connections before the upgrade to a WebSocket, and other requests.
const VISITS: usize = 4_000;
/// The head of a request comes within this, and the next one on the same connection.
const HEAD: Duration = Duration::from_secs(10);
/// A connection takes no further request after this, and its last answer may take as long again.
const VISIT: Duration = Duration::from_secs(120);
/// Longest head of a request in bytes.
const HEAD_BYTES: usize = 16 * 1024;
/// After a failure such as too many open files, others may have closed theirs.
const BREATH: Duration = Duration::from_millis(200);

/// Accepts until `stop`.
pub async fn accept(listener: TcpListener, app: Router, stop: CancellationToken, tasks: TaskTracker) {
    let visits = Arc::new(Semaphore::new(VISITS));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "a connection is not accepted");
                sleep(BREATH).await;
                continue;
            }
        };
        // Without a place it is closed at once: waiting would keep out those who come after.
        let Ok(place) = visits.clone().try_acquire_owned() else { continue };
        let (app, stop) = (app.clone(), stop.clone());
        tasks.spawn(async move {
            let _place = place;
            converse(stream, peer, app, stop).await;
        });
    }
}

/// Answers requests on one connection until it is upgraded, closed or idle for too long.
async fn converse(stream: TcpStream, peer: SocketAddr, app: Router, stop: CancellationToken) {
    // Signals are small and wait for nobody.
    stream.set_nodelay(true).ok();
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let request: Request = request.map(Body::new);
        app.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Ok(ended),
        () = async { tokio::select! { () = stop.cancelled() => {}, () = sleep(VISIT) => {} } } => {
            connection.as_mut().graceful_shutdown();
            timeout(VISIT, connection).await
        }
    };
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(timeout = error.is_timeout(), "a connection broke"),
        Err(_) => tracing::debug!("a connection did not take its answer"),
    }
}
