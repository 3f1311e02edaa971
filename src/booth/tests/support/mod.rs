//! Entries for a real queue on a real disk.
#![allow(dead_code, reason = "each program of tests uses its part of it")]

use engawa_protocol::{ClientId, CommandId, FileCard, Millis, RoomId};
use engawa_session::outbox::{Contents, Entry, Item, Kept, Session};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One in so many entries is a file.
pub const FILES: u32 = 7;

pub fn session(last: u32) -> Session {
    let room = RoomId::from_random([2; 16]);
    Session { queue: ClientId::from_random([1; 16]), room, last, ended: false, since: Some(Millis(1)) }
}

fn id(n: u32) -> CommandId {
    CommandId { client: session(n).queue, n }
}

pub fn line(n: u32) -> Entry {
    Entry { id: id(n), item: Item::Line { text: format!("line {n}: {}", "柱".repeat(80)) } }
}

pub fn file(n: u32, size: u32) -> (Entry, Contents) {
    let card = FileCard {
        file: format!("{n:064}").parse().expect("a hash"),
        name: format!("file {n}"),
        size,
        media_type: "application/octet-stream".to_owned(),
    };
    (Entry { id: id(n), item: Item::File(card) }, Contents::from(vec![n as u8; size as usize]))
}

/// The `n`-th entry of every queue here.
pub fn entry(n: u32) -> (Entry, Option<Contents>) {
    if n.is_multiple_of(FILES) {
        let (entry, contents) = file(n, 1000 * (n % 40));
        (entry, Some(contents))
    } else {
        (line(n), None)
    }
}

/// How many entries wait; fails unless they are the first ones, whole and in order.
pub fn check(kept: &[Kept], outbox: &engawa_booth::store::Outbox) -> u32 {
    use std::io::Read;
    let entries: Vec<_> = kept.iter().flat_map(|kept| &kept.entries).collect();
    for (n, found) in (1..).zip(&entries) {
        let (expected, contents) = entry(n);
        assert_eq!(found.id, expected.id, "a gap, or out of order");
        assert!(**found == expected, "entry {n} is another one");
        if let Some(contents) = contents {
            let mut bytes = Vec::new();
            outbox.file(&found.id).and_then(|mut file| file.read_to_end(&mut bytes)).expect("the file is there");
            assert!(bytes == contents.bytes(), "the bytes of {n} are others");
        }
    }
    entries.len() as u32
}

/// A small file system in memory, gone with this value.
pub struct Small(pub PathBuf);

impl Small {
    /// None where this machine does not permit it.
    pub fn mount(at: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        Command::new("umount").arg("--lazy").arg(&self.0).status().ok();
    }
}
