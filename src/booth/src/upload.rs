//! A file's bytes to the service over HTTP, from where it stands, in pieces.
//!
//! `POST /api/rooms/{room}/files` tells the upload's name and how much of it is there already,
//! `PATCH /api/rooms/{room}/files/{upload}` with `Upload-Offset` brings the next piece, and `HEAD`
//! asks after a break how far it came (as tus 1.0 does). One upload runs at a time, each request has
//! a time of its own, and every upload is answered by one `Uploaded` or `UploadFailed`.
//!
//! The other way, [`Uploads::fetch`] brings a file of the chat here for the screen.

mod request;

use crate::access::Access;
use crate::service::Service;
use engawa_protocol::{CommandId, FileCard, RoomId, Seq};
use engawa_session::outbox::{Input, UploadFault};
use request::{Requests, Upload};
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use tokio::sync::mpsc;

/// Bytes of one request.
const PIECE: u32 = 256 * 1024;
/// Breaks without a byte between them, until the upload rests.
const BREAKS: u32 = 3;
const AFTER_BREAK: Duration = Duration::from_millis(300);

/// A file to bring to the service.
#[derive(Debug)]
pub struct Job {
    /// The queue's entry.
    pub id: CommandId,
    /// For which room.
    pub room: RoomId,
    /// Name, size and hash.
    pub card: FileCard,
    /// The bytes.
    pub file: File,
}

/// Takes what an upload has to tell; it never waits.
pub type Tell = Arc<dyn Fn(Input) + Send + Sync>;

/// The way to the uploads' task.
#[derive(Clone)]
pub struct Uploads {
    jobs: mpsc::Sender<Job>,
    wishes: mpsc::Sender<Wish>,
    tell: Tell,
}

/// A file of the chat that is to be shown.
struct Wish {
    room: RoomId,
    post: Seq,
    answer: Box<dyn FnOnce(Option<Vec<u8>>) + Send>,
}

impl Uploads {
    /// The way and the task, which runs until the way is dropped.
    pub fn new(service: Service, access: Access, tell: Tell) -> (Self, impl Future<Output = ()> + use<>) {
        let requests = Requests { service, access };
        let (jobs, mut waiting) = mpsc::channel::<Job>(1);
        let (wishes, mut wished) = mpsc::channel::<Wish>(1);
        let answer = tell.clone();
        let requests = Arc::new(requests);
        let other = requests.clone();
        let bring_here = async move {
            while let Some(Wish { room, post, answer }) = wished.recv().await {
                answer(other.file(&room, post).await.ok().map(Into::into));
            }
        };
        let bring_there = async move {
            while let Some(job) = waiting.recv().await {
                let id = job.id.clone();
                answer(match bring(&requests, job, &*answer).await {
                    Ok(()) => Input::Uploaded(id),
                    Err(Broken { sent, fault }) => Input::UploadFailed { id, sent, fault },
                });
            }
        };
        let run = async move {
            tokio::join!(bring_here, bring_there);
        };
        (Self { jobs, wishes, tell }, run)
    }

    /// Begins an upload. The queue asks for one at a time; one too many is answered at once.
    pub fn start(&self, job: Job) {
        if let Err(refused) = self.jobs.try_send(job) {
            let id = refused.into_inner().id;
            (self.tell)(Input::UploadFailed { id, sent: 0, fault: UploadFault::Away });
        }
    }
}

impl Uploads {
    /// Brings a file of the chat here and answers its bytes; none when it cannot be had, or another
    /// one is still on its way.
    pub fn fetch(&self, room: RoomId, post: Seq, answer: impl FnOnce(Option<Vec<u8>>) + Send + 'static) {
        let wish = Wish { room, post, answer: Box::new(answer) };
        if let Err(refused) = self.wishes.try_send(wish) {
            (refused.into_inner().answer)(None);
        }
    }
}

impl std::fmt::Debug for Uploads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uploads").finish_non_exhaustive()
    }
}

struct Broken {
    sent: u32,
    fault: UploadFault,
}

async fn bring(requests: &Requests, job: Job, tell: &(dyn Fn(Input) + Send + Sync)) -> Result<(), Broken> {
    let Job { id, room, card, file } = job;
    let failed = |sent| move |fault| Broken { sent, fault };
    let Upload { path, mut sent } = requests.create(&room, &card).await.map_err(failed(0))?;
    let mut file = tokio::fs::File::from_std(file);
    let mut breaks = 0;
    while sent < card.size {
        tell(Input::Uploading { id: id.clone(), sent });
        let piece = read(&mut file, sent, PIECE.min(card.size - sent)).await.map_err(|error| {
            tracing::error!(%error, "a file of the queue cannot be read");
            Broken { sent, fault: UploadFault::Away }
        })?;
        match requests.append(&path, sent, piece).await {
            Ok(now) if now > sent && now <= card.size => (sent, breaks) = (now, 0),
            Err(UploadFault::Refused(reason)) => return Err(Broken { sent, fault: UploadFault::Refused(reason) }),
            // It may have taken a part, or all of it: only the service knows.
            Ok(_) | Err(UploadFault::Away) => {
                breaks += 1;
                if breaks > BREAKS {
                    return Err(Broken { sent, fault: UploadFault::Away });
                }
                tokio::time::sleep(AFTER_BREAK).await;
                let stands = requests.offset(&path).await.map_err(failed(sent))?;
                if stands > card.size {
                    return Err(Broken { sent, fault: UploadFault::Away });
                }
                if stands > sent {
                    breaks = 0;
                }
                sent = stands;
            }
        }
    }
    Ok(())
}

async fn read(file: &mut tokio::fs::File, from: u32, bytes: u32) -> std::io::Result<Vec<u8>> {
    let mut piece = vec![0; bytes as usize];
    file.seek(SeekFrom::Start(from.into())).await?;
    file.read_exact(&mut piece).await?;
    Ok(piece)
}
