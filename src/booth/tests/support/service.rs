//! A service that welcomes one booth after the other and remembers what it is told of the machine.

use engawa_protocol::{ClientMessage, CompanyState, Device, Localized, Millis, PROTOCOL, ServiceMessage, You};
use futures_util::{SinkExt, StreamExt};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

/// A running service, gone with this value.
pub struct Service {
    pub url: String,
    devices: Arc<Mutex<Vec<Device>>>,
    _runtime: tokio::runtime::Runtime,
}

impl Service {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("threads");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let devices = Arc::<Mutex<Vec<Device>>>::default();
        let told = devices.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let told = told.clone();
                tokio::spawn(async move {
                    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
                    while let Some(Ok(message)) = socket.next().await {
                        let Ok(text) = message.to_text() else { return };
                        let answers = match serde_json::from_str::<ClientMessage>(text) {
                            Ok(ClientMessage::Hello { .. }) => welcome(),
                            Ok(ClientMessage::Ping { n }) => vec![ServiceMessage::Pong { n, now: Millis(1) }],
                            Ok(ClientMessage::Device { device }) => {
                                told.lock().expect("no panic").push(device);
                                continue;
                            }
                            _ => continue,
                        };
                        for answer in answers {
                            let text = serde_json::to_string(&answer).expect("JSON");
                            if socket.send(Message::text(text)).await.is_err() {
                                return;
                            }
                        }
                    }
                });
            }
        });
        Self { url, devices, _runtime: runtime }
    }

    /// What was told of the machine, in order.
    pub fn devices(&self) -> Vec<Device> {
        self.devices.lock().expect("no panic").clone()
    }
}

fn welcome() -> Vec<ServiceMessage> {
    let words = |word: &str| Localized { ja: word.into(), ko: word.into(), en: word.into() };
    let you = You::Booth { booth: "a-01".parse().expect("an id"), name: "A-01".to_owned() };
    let company = CompanyState {
        company: "minato".parse().expect("an id"),
        name: words("Minato"),
        hosts: Vec::new(),
        waiting: 0,
        walk_up: true,
    };
    vec![
        ServiceMessage::Welcome { protocol: PROTOCOL, you, event: words(""), ice_servers: Vec::new(), now: Millis(1) },
        ServiceMessage::Directory { companies: vec![company] },
    ]
}
