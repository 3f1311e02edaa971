//! A service that offers one bundle, over a line that breaks where it is told to.

use super::{COMPATIBLE, sha256};
use futures_util::StreamExt;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

type Body = http_body_util::combinators::BoxBody<Bytes, std::io::Error>;

/// What the service has, and how its line is.
#[derive(Debug, Default)]
pub struct Shelf {
    pub version: String,
    pub bytes: Vec<u8>,
    /// Told instead of the true one.
    pub sha256: Option<String>,
    /// The line breaks after so many bytes of each answer; then it is whole.
    pub breaks: Vec<usize>,
    /// From which byte each download was asked for.
    pub asked: Vec<u64>,
    /// Ranges are not known.
    pub whole_only: bool,
}

pub struct Origin {
    pub address: SocketAddr,
    pub shelf: Arc<Mutex<Shelf>>,
    task: JoinHandle<()>,
}

impl Origin {
    pub async fn open(version: &str, bytes: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let shelf = Arc::new(Mutex::new(Shelf { version: version.into(), bytes, ..Shelf::default() }));
        let task = tokio::spawn(accept(listener, shelf.clone()));
        Self { address, shelf, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn asked(&self) -> Vec<u64> {
        self.shelf.lock().expect("a shelf").asked.clone()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shelf: Arc<Mutex<Shelf>>) {
    let mut lines = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shelf = shelf.clone();
        lines.spawn(async move {
            let service = service_fn(move |request| {
                let answer = answer(&request, &mut shelf.lock().expect("a shelf"));
                async move { Ok::<_, Infallible>(answer) }
            });
            http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
        });
    }
}

fn answer(request: &Request<Incoming>, shelf: &mut Shelf) -> Response<Body> {
    let (path, sum) = (request.uri().path(), shelf.sha256.clone().unwrap_or_else(|| sha256(&shelf.bytes)));
    let base = format!("/api/v1/updates/{COMPATIBLE}");
    let mut answer = Response::builder().header("etag", format!("\"{sum}\""));
    if path == base {
        let told = serde_json::json!({ "version": shelf.version, "size": shelf.bytes.len(), "sha256": sum });
        return answer.body(body(told.to_string().into_bytes(), None)).expect("an answer");
    }
    if path != format!("{base}/{}", shelf.version) {
        return answer.status(StatusCode::NOT_FOUND).body(body(vec![], None)).expect("an answer");
    }
    let head = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let from = head("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let from = from.filter(|_| !shelf.whole_only && head("if-range") == Some(&format!("\"{sum}\""))).unwrap_or(0);
    shelf.asked.push(from);
    if from > 0 {
        answer = answer.status(StatusCode::PARTIAL_CONTENT);
    }
    let broken = (!shelf.breaks.is_empty()).then(|| shelf.breaks.remove(0));
    let rest = shelf.bytes[(from as usize).min(shelf.bytes.len())..].to_vec();
    answer.header("content-length", rest.len()).body(body(rest, broken)).expect("an answer")
}

/// The bytes in pieces; the line breaks after `broken` of them.
fn body(bytes: Vec<u8>, broken: Option<usize>) -> Body {
    let end = broken.unwrap_or(bytes.len()).min(bytes.len());
    let is_broken = end < bytes.len() || broken == Some(0);
    let pieces =
        bytes[..end].chunks(8 * 1024).map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece)))).collect::<Vec<_>>();
    // What stands before the break is sent first.
    let cut = futures_util::stream::once(async move {
        tokio::task::yield_now().await;
        is_broken.then(|| Err(std::io::Error::other("the line is cut")))
    });
    let cut = cut.filter_map(std::future::ready);
    BodyExt::boxed(StreamBody::new(Box::pin(futures_util::stream::iter(pieces).chain(cut))))
}
