//! The queue on a real disk: damaged, full, and wiped.

mod support;

use engawa_booth::store::{Outbox, Store};
use engawa_session::outbox::KeepFault;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use support::{Small, check, entry, file, line, session};

fn filled(data: &Path, entries: u32) {
    let (mut outbox, _) = Outbox::open(data).expect("open");
    for n in 1..=entries {
        let (entry, contents) = entry(n);
        outbox.keep(&session(n), &entry, contents.as_ref()).expect("kept");
    }
}

// T8
#[test]
fn what_was_kept_comes_back_and_what_was_forgotten_does_not() {
    let data = tempfile::tempdir().expect("a folder");
    filled(data.path(), 20);
    let (mut outbox, kept) = Outbox::open(data.path()).expect("open");
    assert_eq!(check(&kept, &outbox), 20);
    for n in 1..=7 {
        outbox.forget(&entry(n).0.id).expect("forgotten");
    }
    drop(outbox);
    let (outbox, kept) = Outbox::open(data.path()).expect("open");
    assert_eq!(kept[0].entries.len(), 13);
    assert_eq!(kept[0].session, session(20));
    assert!(outbox.file(&entry(7).0.id).is_err(), "the file outlives its entry");
    assert!(outbox.file(&entry(14).0.id).is_ok());
}

// X9
#[test]
fn a_wiped_queue_leaves_no_byte_on_the_disk() {
    let data = tempfile::tempdir().expect("a folder");
    filled(data.path(), 20);
    let words = "柱柱".as_bytes();
    assert!(found(data.path(), words), "this test looks in the wrong place");
    let (mut outbox, _) = Outbox::open(data.path()).expect("open");
    for n in 1..=20 {
        outbox.forget(&entry(n).0.id).expect("forgotten");
    }
    outbox.forget_session(&session(0).queue).expect("forgotten");
    outbox.wipe().expect("wiped");
    assert!(!found(data.path(), words), "forgotten and still on the disk");
    outbox.keep(&session(1), &line(1), None).expect("it goes on after a wipe");
}

fn found(folder: &Path, words: &[u8]) -> bool {
    fs::read_dir(folder).expect("a folder").any(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            return found(&path, words);
        }
        let bytes = fs::read(&path).expect("a file");
        bytes.windows(words.len()).any(|window| window == words)
    })
}

#[test]
fn a_damaged_queue_is_put_aside_and_the_booth_starts() {
    for damage in 0..12 {
        let data = tempfile::tempdir().expect("a folder");
        filled(data.path(), 60);
        Store::open(data.path()).expect("open");
        for store in ["outbox/queue", "booth"] {
            hurt(&data.path().join(store), damage);
        }
        let (mut outbox, _) = Outbox::open(data.path()).expect("a booth that starts");
        outbox.keep(&session(1000), &line(1000), None).expect("and takes something");
        Store::open(data.path()).expect("the same for the interview's store").forget().expect("and is written");
        drop(outbox);
        let (_, kept) = Outbox::open(data.path()).expect("open");
        assert!(kept.iter().flat_map(|kept| &kept.entries).any(|found| *found == line(1000)));
    }
}

fn hurt(store: &Path, damage: u64) {
    let log = fs::File::options().write(true).open(store.join("db")).expect("sled's log");
    let length = log.metadata().expect("its length").len();
    match damage {
        0 => log.set_len(0).expect("cut"),
        1 => log.set_len(length / 2).expect("cut"),
        2 => fs::write(store.join("conf"), "nonsense").expect("written"),
        3 => log.write_all_at(&vec![0xff; length as usize], 0).expect("written"),
        damage => {
            let at = length * (damage - 4) / 8;
            log.write_all_at(&[0xa5; 300], at).expect("written");
        }
    }
}

// T8
#[test]
fn a_damaged_file_is_dropped_alone() {
    let data = tempfile::tempdir().expect("a folder");
    filled(data.path(), 20);
    let id = entry(7).0.id;
    fs::write(data.path().join(format!("outbox/files/{}-{}", id.client, id.n)), "short").expect("written");
    let (_, kept) = Outbox::open(data.path()).expect("open");
    assert_eq!(kept[0].entries.len(), 19);
}

// T8
#[test]
fn a_full_disk_is_told_loses_nothing_and_is_taken_again_when_there_is_space() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(small) = Small::mount(folder.path()) else {
        println!("SKIPPED: this machine does not permit mounting a small file system");
        return;
    };
    let ballast = small.0.join("ballast");
    fs::write(&ballast, vec![1; 2 * 1024 * 1024]).expect("there is room for the ballast");
    let (mut outbox, _) = Outbox::open(&small.0).expect("open");
    let mut n = 1;
    let error = loop {
        assert!(n < 100_000, "it never gets full");
        let (entry, contents) = entry(n);
        match outbox.keep(&session(n), &entry, contents.as_ref()) {
            Ok(()) => n += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.fault(), KeepFault::Full, "{error:?}");
    let (too_large, bytes) = file(n, 5 * 1024 * 1024);
    assert_eq!(outbox.keep(&session(n), &too_large, Some(&bytes)).expect_err("full").fault(), KeepFault::Full);
    drop(outbox);
    let (mut outbox, kept) = Outbox::open(&small.0).expect("a booth with a full disk starts");
    assert_eq!(check(&kept, &outbox), n - 1, "what was kept is not what is there");
    assert_eq!(outbox.keep(&session(n), &too_large, Some(&bytes)).expect_err("full").fault(), KeepFault::Full);
    fs::remove_file(&ballast).expect("space again");
    let (next, contents) = entry(n);
    outbox.keep(&session(n), &next, contents.as_ref()).expect("taken again");
    drop(outbox);
    let (outbox, kept) = Outbox::open(&small.0).expect("open");
    assert_eq!(check(&kept, &outbox), n);
}
