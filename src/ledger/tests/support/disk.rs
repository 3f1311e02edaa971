//! A disk that forgets: what was written after its last flush is lost in part and in any order at a cut of power.
//!
//! A file of the test's own, served through FUSE and attached as a loop device, is the disk below a
//! real ext4. Every write and flush that reaches it is kept in order; a cut is any point of that
//! order, so that one run of a writer can be cut at many points.

use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo,
    LockOwner, MountOption, OpenFlags, ReplyAttr, ReplyData, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyWrite, Request,
    WriteFlags,
};
use std::ffi::OsStr;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// The smallest part that a disk writes as a whole.
const SECTOR: usize = 512;
const BLOCK: usize = 4096;
const IMAGE: INodeNo = INodeNo(2);

/// What reached the disk, in order.
#[derive(Debug, Clone)]
pub enum Step {
    /// Bytes at an offset.
    Write { at: usize, bytes: Vec<u8> },
    /// Everything before is on the platter.
    Flush,
    /// The writer's acknowledgement of something was heard.
    Acknowledged(String),
}

/// The disk's first content and everything that happened to it.
#[derive(Default)]
pub struct Record {
    first: Vec<u8>,
    now: Vec<u8>,
    pub steps: Vec<Step>,
}

impl Record {
    /// The disk after a cut behind `steps`: what was not flushed is there in part, as `chance` has it.
    pub fn cut(&self, steps: usize, mut chance: impl FnMut() -> bool) -> Vec<u8> {
        let mut image = self.first.clone();
        let steps = &self.steps[..steps];
        let flushed = steps.iter().rposition(|step| matches!(step, Step::Flush)).unwrap_or(0);
        for (number, step) in steps.iter().enumerate() {
            let Step::Write { at, bytes } = step else { continue };
            if number < flushed {
                image[*at..*at + bytes.len()].copy_from_slice(bytes);
                continue;
            }
            let whole = chance();
            for (part, sector) in bytes.chunks(SECTOR).enumerate() {
                let at = at + part * SECTOR;
                if whole || chance() {
                    image[at..at + sector.len()].copy_from_slice(sector);
                }
            }
        }
        image
    }
}

struct Served(Arc<Mutex<Record>>);

impl Served {
    fn attributes(&self, ino: INodeNo) -> FileAttr {
        let size = if ino == IMAGE { self.0.lock().unwrap().now.len() as u64 } else { 0 };
        let kind = if ino == IMAGE { FileType::RegularFile } else { FileType::Directory };
        FileAttr {
            ino,
            size,
            blocks: size / 512,
            atime: UNIX_EPOCH,
            mtime: UNIX_EPOCH,
            ctime: UNIX_EPOCH,
            crtime: UNIX_EPOCH,
            kind,
            perm: 0o700,
            nlink: 1,
            uid: 0,
            gid: 0,
            rdev: 0,
            blksize: 4096,
            flags: 0,
        }
    }
}

const KEPT: Duration = Duration::from_secs(3600);

impl Filesystem for Served {
    fn lookup(&self, _: &Request, _: INodeNo, name: &OsStr, reply: ReplyEntry) {
        if name == "disk" {
            reply.entry(&KEPT, &self.attributes(IMAGE), Generation(0));
        } else {
            reply.error(Errno::ENOENT);
        }
    }
    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        reply.attr(&KEPT, &self.attributes(ino));
    }
    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        _: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        _: Option<u64>,
        _: Option<fuser::TimeOrNow>,
        _: Option<fuser::TimeOrNow>,
        _: Option<std::time::SystemTime>,
        _: Option<FileHandle>,
        _: Option<std::time::SystemTime>,
        _: Option<std::time::SystemTime>,
        _: Option<std::time::SystemTime>,
        _: Option<fuser::BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        reply.attr(&KEPT, &self.attributes(ino));
    }
    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::empty());
    }
    fn read(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        at: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let record = self.0.lock().unwrap();
        let begin = record.now.len().min(at as usize);
        let end = record.now.len().min(begin + size as usize);
        reply.data(&record.now[begin..end]);
    }
    fn write(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        at: u64,
        bytes: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let mut record = self.0.lock().unwrap();
        let at = at as usize;
        if at + bytes.len() > record.now.len() {
            return reply.error(Errno::ENOSPC);
        }
        record.now[at..at + bytes.len()].copy_from_slice(bytes);
        record.steps.push(Step::Write { at, bytes: bytes.to_vec() });
        reply.written(bytes.len() as u32);
    }
    fn fsync(&self, _: &Request, _: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.0.lock().unwrap().steps.push(Step::Flush);
        reply.ok();
    }
}

/// An empty ext4 on a disk that forgets, mounted.
pub struct Disk {
    record: Arc<Mutex<Record>>,
    // In the order of their ends.
    mounted: Mounted,
    served: BackgroundSession,
}

impl Disk {
    /// Makes and mounts one of `size` bytes, with its files below `folder`.
    pub fn make(folder: &Path, size: u64) -> Result<Self, String> {
        let blank = folder.join("blank");
        let made = std::fs::File::create(&blank).and_then(|file| file.set_len(size));
        made.map_err(|error| error.to_string())?;
        let options = "lazy_itable_init=0,lazy_journal_init=0,nodiscard";
        run("mkfs.ext4", &["-q".as_ref(), "-E".as_ref(), options.as_ref(), blank.as_os_str()])?;
        let first = std::fs::read(&blank).map_err(|error| error.to_string())?;
        let record = Arc::new(Mutex::new(Record { now: first.clone(), first, steps: Vec::new() }));
        let at = folder.join("served");
        std::fs::create_dir_all(&at).map_err(|error| error.to_string())?;
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("engawa-test".into()), MountOption::RW];
        let served = fuser::spawn_mount(Served(record.clone()), &at, &config);
        let served = served.map_err(|error| format!("FUSE: {error}"))?;
        let mounted = Mounted::mount(&at.join("disk"), &folder.join("mounted"))?;
        Ok(Self { record, mounted, served })
    }

    /// Where it is mounted.
    pub fn root(&self) -> &Path {
        &self.mounted.folder
    }

    /// Notes what the writer was heard to have acknowledged.
    pub fn acknowledged(&self, what: &str) {
        self.record.lock().unwrap().steps.push(Step::Acknowledged(what.to_owned()));
    }

    /// Ends the recording.
    pub fn finish(self) -> Record {
        let Self { record, mounted, served } = self;
        let (first, steps) = {
            let mut record = record.lock().unwrap();
            (std::mem::take(&mut record.first), std::mem::take(&mut record.steps))
        };
        drop(mounted);
        drop(served);
        Record { first, steps, now: Vec::new() }
    }
}

/// An image file on a loop device, mounted as ext4; unmounted when dropped.
pub struct Mounted {
    pub folder: PathBuf,
    device: String,
}

impl Mounted {
    /// Mounts an image; ext4 goes through its journal.
    pub fn mount(image: &Path, folder: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let device = run("losetup", &["--find".as_ref(), "--show".as_ref(), image.as_os_str()])?;
        let mounted = Self { folder: folder.to_owned(), device };
        run("mount", &["-t".as_ref(), "ext4".as_ref(), mounted.device.as_ref(), folder.as_os_str()])?;
        Ok(mounted)
    }

    /// Writes an image, sparsely, and mounts it.
    pub fn mount_bytes(bytes: &[u8], image: &Path, folder: &Path) -> Result<Self, String> {
        let write = || -> std::io::Result<()> {
            let file = std::fs::File::create(image)?;
            file.set_len(bytes.len() as u64)?;
            let blank = [0; BLOCK];
            for (number, block) in bytes.chunks(BLOCK).enumerate() {
                if block != &blank[..block.len()] {
                    file.write_all_at(block, (number * BLOCK) as u64)?;
                }
            }
            Ok(())
        };
        write().map_err(|error| error.to_string())?;
        Self::mount(image, folder)
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A store that was just closed may hold its folder for a moment.
        let until = Instant::now() + Duration::from_secs(5);
        let unmounted = loop {
            match run("umount", &[self.folder.as_os_str()]) {
                Err(_) if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
                unmounted => break unmounted,
            }
        };
        let detached = run("losetup", &["--detach".as_ref(), self.device.as_ref()]);
        for error in [unmounted, detached].into_iter().filter_map(Result::err) {
            eprintln!("{error}");
        }
    }
}

fn run(program: &str, arguments: &[&OsStr]) -> Result<String, String> {
    let out = Command::new(program).args(arguments).output().map_err(|error| format!("{program}: {error}"))?;
    if out.status.success() {
        Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
    } else {
        Err(format!("{program}: {}", String::from_utf8_lossy(&out.stderr).trim()))
    }
}
