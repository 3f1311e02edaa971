//! Rooms on disk, as a long fair leaves them behind.

use crate::fair;
use engawa_protocol::{Actor, ClientId, Codec, Command, CommandId, Event, Locale, Millis, Recorded, RoomId};
use engawa_service::config::{Config, Flags};
use engawa_service::ledger;
use engawa_session::room::{Around, Policy, Room, Sender};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::task::JoinSet;

/// Logs that are written at a time.
const WRITING: usize = 64;
const LINES: u32 = 12;
/// One of so many is still a call.
const GOES_ON: usize = 10;
const YEAR: u128 = 2026 << 112;

pub async fn fill(folder: &Path, rooms: usize) -> anyhow::Result<()> {
    let config = Config::load(&folder.join("service.toml"), Flags::default())?;
    let ledger = ledger::open(&config.ledger).await?;
    let booths = config.booths.len();
    let (mut tasks, mut events) = (JoinSet::new(), 0);
    for at in 0..rooms {
        if tasks.len() >= WRITING {
            tasks.join_next().await.expect("one is under way")??;
        }
        let log = log(at, at % booths)?;
        events += log.len();
        let ledger = ledger.clone();
        tasks.spawn(
            async move { ledger.append(&RoomId::from_random((YEAR + at as u128).to_be_bytes()), 0, &log).await },
        );
    }
    while let Some(written) = tasks.join_next().await {
        written??;
    }
    println!("{}", serde_json::json!({ "rooms": rooms, "events": events }));
    Ok(())
}

/// An interview with some lines of chat; most are over.
fn log(at: usize, booth: usize) -> anyhow::Result<Vec<Recorded>> {
    let (company, name) = (fair::company(booth), "佐藤 花子".to_owned());
    let guest = Sender::Guest { booth: fair::booth(booth).parse()? };
    let host = Sender::Host {
        account: format!("host-{:05}", booth - booth % 8).parse()?,
        company: company.clone(),
        name: "山田".into(),
        title: String::new(),
    };
    let join = Command::Join { receives: vec![Codec::H264], take_over: false };
    let mut commands = vec![
        (&guest, Command::Knock { company, name, locale: Locale::Ja }),
        (&host, Command::Admit),
        (&host, join.clone()),
        (&guest, join),
    ];
    for n in 0..LINES {
        let who = if n % 2 == 0 { &guest } else { &host };
        commands.push((who, Command::Say { text: format!("本日はよろしくお願いいたします。{n}") }));
    }
    if !at.is_multiple_of(GOES_ON) {
        commands.push((&host, Command::End));
    }
    let now = Millis(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64);
    let (mut room, mut log) = (Room::new(Policy::default()), Vec::new());
    for (n, (sender, command)) in (1..).zip(commands) {
        let name: u128 = if sender.actor() == guest.actor() { 1 } else { 2 };
        let id = CommandId { client: ClientId::from_random((name + (at as u128) * 2).to_be_bytes()), n };
        let around = Around { walk_up: true, ..Around::at(now) };
        let decided = room.decide(sender, &id, &command, &around);
        for event in decided.map_err(|reason| anyhow::anyhow!("refused: {reason:?}"))? {
            let entry = entry(room.last() + 1, now, sender.actor(), id.clone(), event);
            room.apply(&entry);
            log.push(entry);
        }
    }
    Ok(log)
}

fn entry(seq: u32, at: Millis, by: Actor, command: CommandId, event: Event) -> Recorded {
    Recorded { seq, at, by, command: Some(command), event }
}
