//! Calls one after the other leave nothing behind.

mod support;

use engawa_media::Codec;
use gst::prelude::*;
use std::collections::BTreeMap;
use std::process::Command;
use support::{Call, config, link};

/// Set in the process that is watched: GStreamer's tracer has to be there from the start.
const WATCHED: &str = "ENGAWA_WATCHED";

// S3, L18
#[test]
fn ten_calls_in_a_row_leave_nothing_behind() {
    if std::env::var_os(WATCHED).is_some() {
        return ten_calls();
    }
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "ten_calls_in_a_row_leave_nothing_behind", "--nocapture"])
        .env(WATCHED, "1")
        .env("GST_TRACERS", "leaks(filters=\"GstElement,GstPad,GstBus\")")
        .output()
        .expect("the test runs itself");
    let said = String::from_utf8_lossy(&output.stderr);
    let quiet = |line: &&str| !line.contains("Leaks") && !line.contains(" object-alive,");
    assert!(output.status.success(), "{}", said.lines().filter(quiet).collect::<Vec<_>>().join("\n"));
}

fn ten_calls() {
    let mut call = Call::start(config());
    let stays = link(1, 1);
    call.join(stays, Codec::H264);
    call.until_flowing(stays);
    // The first rounds load plugins, fill pools and make the process's key.
    for attempt in 1..=3 {
        round(&mut call, attempt);
    }
    call.until("the last link to be down", 10, |_| {
        let before = threads_and_files();
        std::thread::yield_now();
        before == threads_and_files()
    });
    let (threads, files) = threads_and_files();
    let tracer = tracer();
    let mut left = Left::default();
    tracer.emit_by_name::<()>("activity-start-tracking", &[]);
    for attempt in 4..=13 {
        round(&mut call, attempt);
    }
    call.until("threads and files to be given back", 10, |_| {
        let now = threads_and_files();
        now.0 <= threads && now.1 <= files
    });
    call.until("objects to be given back", 10, |_| {
        // Each checkpoint tells what came and went since the one before.
        left.add(&tracer.emit_by_name::<gst::Structure>("activity-get-checkpoint", &[]));
        left.kinds().is_empty()
    });
    call.until_pictures(stays, 10);
    let all = threads_and_files();
    call.peers.clear();
    call.media.stop();
    let now = threads_and_files();
    assert!(now.0 < all.0 && now.1 < all.1, "{now:?} of {all:?}");
}

fn tracer() -> gst::Tracer {
    gst::active_tracers().into_iter().find(|tracer| tracer.type_().name().contains("Leaks")).expect("the tracer is on")
}

fn threads_and_files() -> (usize, usize) {
    let count = |path| std::fs::read_dir(path).expect("proc").count();
    (count("/proc/self/task"), count("/proc/self/fd"))
}

fn round(call: &mut Call, attempt: u32) {
    let codec = if attempt.is_multiple_of(2) { Codec::Vp8 } else { Codec::H264 };
    let comes = link(2, attempt);
    call.join(comes, codec);
    call.until_flowing(comes);
    call.media.mailbox(comes).expect("a mailbox").take();
    call.leave(comes);
    let alone = |call: &Call| call.media.figures().links.len() == 1;
    call.until("the link to be forgotten", 5, alone);
    let gone = |call: &Call| call.media.figures().bitrate_vp8.is_none();
    call.until("the second encoder to rest", 5, gone);
}

/// How many objects of each kind were made and not freed.
#[derive(Debug, Default)]
struct Left(BTreeMap<String, i64>);

impl Left {
    fn add(&mut self, checkpoint: &gst::StructureRef) {
        for (list, step) in [("objects-created-list", 1), ("objects-removed-list", -1)] {
            for entry in checkpoint.get::<gst::List>(list).expect("a list").iter() {
                let entry = entry.get::<gst::Structure>().expect("a structure");
                let kind = entry.get::<String>("type-name").expect("a name");
                *self.0.entry(kind).or_default() += step;
            }
        }
    }

    fn kinds(&self) -> Vec<String> {
        self.0.iter().filter(|(_, count)| **count > 0).map(|(kind, count)| format!("{kind}: {count}")).collect()
    }
}
