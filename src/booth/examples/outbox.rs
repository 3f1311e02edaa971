//! Measures the booth's queue on the disk of the folder that is named (or a temporary one):
//! lines kept a second, a file of 5 MiB, and the start with 1,000 waiting. One JSON object.
//!
//! `cargo run --release -p engawa-booth --example outbox [folder]`

use engawa_booth::store::Outbox;
use engawa_protocol::{ClientId, CommandId, FileCard, RoomId, limits};
use engawa_session::outbox::{Config, Contents, Entry, Item, Outbox as Queue, Session};
use std::path::PathBuf;
use std::time::Instant;

const LINES: u32 = 1000;

fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let data = folder.join(format!("engawa-outbox-bench-{}", std::process::id()));
    let figures = measure(&data);
    std::fs::remove_dir_all(&data)?;
    println!("{}", figures?);
    Ok(())
}

fn measure(data: &std::path::Path) -> anyhow::Result<serde_json::Value> {
    let queue = ClientId::from_random([1; 16]);
    let room = RoomId::from_random([2; 16]);
    let session = |last| Session { queue: queue.clone(), room: room.clone(), last, ended: false, since: None };
    let entry = |n, item| Entry { id: CommandId { client: queue.clone(), n }, item };
    let text = "あ".repeat(100);

    let (mut outbox, _) = Outbox::open(data)?;
    let began = Instant::now();
    for n in 1..=LINES {
        outbox.keep(&session(n), &entry(n, Item::Line { text: text.clone() }), None)?;
    }
    let lines = began.elapsed();
    drop(outbox);

    let began = Instant::now();
    let (mut outbox, kept) = Outbox::open(data)?;
    let queue = Queue::new(Config::default(), kept, Some(&room), || [3; 16], Instant::now());
    let start = began.elapsed();
    anyhow::ensure!(queue.waiting(&room).len() == LINES as usize, "something is lost");

    let size = limits::FILE_BYTES;
    let card = FileCard { file: "0".repeat(64).parse()?, name: "file".into(), size, media_type: String::new() };
    let contents = Contents::from(vec![7; size as usize]);
    let began = Instant::now();
    outbox.keep(&session(LINES + 1), &entry(LINES + 1, Item::File(card)), Some(&contents))?;
    let file = began.elapsed();
    Ok(serde_json::json!({
        "outbox_lines_per_second": f64::from(LINES) / lines.as_secs_f64(),
        "outbox_start_with_1000_ms": start.as_secs_f64() * 1000.0,
        "outbox_file_5mib_ms": file.as_secs_f64() * 1000.0,
    }))
}
