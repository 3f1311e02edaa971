//! The staff of the fair: who calls them, whom they see, and what they may not.

mod support;

use engawa_protocol::{
    ClientMessage, CloseCode, Command, EndCause, Event, Fault, FloorBooth, FloorKnock, Refusal, ServiceMessage, You,
};
use std::sync::Arc;
use support::client::Client;
use support::{House, fresh_room};

/// The first floor that `is` takes, of those that came since [`Client::so_far`] and will come.
async fn floor(
    staff: &mut Client,
    is: impl Fn(&[FloorBooth], &[FloorKnock]) -> bool,
) -> (Vec<FloorBooth>, Vec<FloorKnock>) {
    staff
        .until(|message| match message {
            ServiceMessage::Floor { booths, knocks } if is(booths, knocks) => Some((booths.clone(), knocks.clone())),
            _ => None,
        })
        .await
}

/// Asks for a person or takes it back; answers how the call stands then.
async fn call(booth: &mut Client, on: bool) -> bool {
    booth.send(&ClientMessage::CallStaff { on }).await;
    answered(booth).await.0
}

async fn answered(booth: &mut Client) -> (bool, Option<String>) {
    booth
        .until(|message| match message {
            ServiceMessage::StaffCall { called, attended_by } => Some((*called, attended_by.clone())),
            _ => None,
        })
        .await
}

async fn attend(staff: &mut Client, on: bool) {
    staff.send(&ClientMessage::Attend { booth: "a-01".parse().unwrap(), on }).await;
}

// W14
#[tokio::test]
async fn a_knock_that_nobody_answers_rings_the_staff_and_stays_in_their_list() {
    let house = House::open_with("", "pass_on = 1\nknock = 8").await;
    let mut staff = Client::host(house.address(), "fair").await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let (booths, knocks) = floor(&mut staff, |booths, _| booths[0].here).await;
    assert!(knocks.is_empty() && !booths[0].in_use && !booths[1].here);
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    let (booths, knocks) = floor(&mut staff, |_, knocks| !knocks.is_empty()).await;
    let [knock] = &knocks[..] else { panic!("{knocks:?}") };
    assert_eq!((&knock.room, &*knock.company.ja, &*knock.booth), (&room, "みなと精工", "A-01"));
    assert!(knock.waiting && booths[0].in_use);
    let (_, missed) =
        floor(&mut staff, |booths, knocks| !booths[0].in_use && knocks.iter().any(|knock| !knock.waiting)).await;
    assert_eq!(missed, [FloorKnock { waiting: false, ..knock.clone() }], "missed, and knocked at the same time");
    // Whoever of the staff comes later sees it too, and nobody's name.
    let mut later = Client::host(house.address(), "fair").await;
    let first = later.until(|message| matches!(message, ServiceMessage::Floor { .. }).then(|| message.clone())).await;
    let text = serde_json::to_string(&first).unwrap();
    assert!(text.contains(room.as_str()) && !text.contains("佐藤"), "{text}");
}

// W14
#[tokio::test]
async fn a_knock_that_a_host_answers_leaves_the_staff_in_peace() {
    let house = House::open_with("", "pass_on = 1").await;
    let mut staff = Client::host(house.address(), "fair").await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    floor(&mut staff, |_, knocks| knocks.iter().any(|knock| knock.waiting)).await;
    staff.so_far().await;
    host.command(&room, Command::Admit).await.unwrap();
    floor(&mut staff, |_, knocks| knocks.is_empty()).await;
}

// L15, E7
#[tokio::test]
async fn a_guest_calls_the_staff_who_say_that_they_come_and_when_they_are_done() {
    let house = House::open().await;
    let mut staff = Client::host(house.address(), "fair").await;
    let mut booth = Client::booth(house.address(), "a-01").await;
    assert!(call(&mut booth, true).await);
    let (booths, _) = floor(&mut staff, |booths, _| booths[0].called_at.is_some()).await;
    assert_eq!((&booths[0].attended_by, booths[1].called_at), (&None, None));
    attend(&mut staff, true).await;
    assert_eq!(answered(&mut booth).await, (true, Some("fairさん".to_owned())));
    let (attended, _) = floor(&mut staff, |booths, _| booths[0].attended_by.is_some()).await;
    assert_eq!(attended[0].called_at, booths[0].called_at);
    staff.so_far().await;
    attend(&mut staff, false).await;
    assert_eq!(answered(&mut booth).await, (false, None));
    floor(&mut staff, |booths, _| booths[0].called_at.is_none()).await;
    // It can be taken back, and goes with the booth.
    assert!(call(&mut booth, true).await && !call(&mut booth, false).await);
    assert!(call(&mut booth, true).await);
    floor(&mut staff, |booths, _| booths[0].called_at.is_some()).await;
    staff.so_far().await;
    booth.socket.close(None).await.unwrap();
    let (booths, _) = floor(&mut staff, |booths, _| !booths[0].here).await;
    assert_eq!(booths[0].called_at, None);
}

// L15
#[tokio::test]
async fn the_staff_on_one_node_come_to_a_booth_on_another() {
    let (mut one, mut two) = (House::furnish("", ""), House::furnish("", ""));
    one.add_host("fair", "").await;
    let ledger: Arc<dyn engawa_ledger::Ledger> = Arc::new(one.ledger());
    one.start_on(ledger.clone()).await;
    two.start_on(ledger).await;
    let mut booth = Client::booth(one.address(), "a-01").await;
    let mut staff = Client::host(two.address(), "fair").await;
    floor(&mut staff, |booths, _| booths[0].here).await;
    assert!(call(&mut booth, true).await);
    floor(&mut staff, |booths, _| booths[0].called_at.is_some()).await;
    attend(&mut staff, true).await;
    assert_eq!(answered(&mut booth).await, (true, Some("fairさん".to_owned())));
    floor(&mut staff, |booths, _| booths[0].attended_by.is_some()).await;
    staff.so_far().await;
    attend(&mut staff, false).await;
    assert_eq!(answered(&mut booth).await, (false, None));
    floor(&mut staff, |booths, _| booths[0].here && booths[0].called_at.is_none()).await;
    staff.so_far().await;
    assert!(call(&mut booth, true).await);
    floor(&mut staff, |booths, _| booths[0].called_at.is_some()).await;
    staff.so_far().await;
    one.stop().await;
    floor(&mut staff, |booths, _| !booths[0].here && booths[0].called_at.is_none()).await;
}

// R6, L15
#[tokio::test]
async fn the_staff_end_an_interview_and_neither_read_nor_join_it() {
    let house = House::open().await;
    let mut staff = Client::host(house.address(), "fair").await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    guest.command(&room, Command::Say { text: "秘密".into() }).await.unwrap();
    let mut log = guest.follow(&room, 0).await;
    staff.send(&ClientMessage::Follow { room: room.clone(), after: 0 }).await;
    assert_eq!(staff.fault().await, Fault::NotAllowed);
    for command in [Command::Admit, Command::Say { text: "a".into() }, Command::Hold { on: true }, Command::ClearChat] {
        assert_eq!(staff.command(&room, command).await, Err(Refusal::NotAllowed));
    }
    assert_eq!(staff.join(&room).await, Err(Refusal::NotAllowed));
    staff.command(&room, Command::End).await.unwrap();
    guest.events_until(&room, &mut log, |r| r.event == Event::Ended { cause: EndCause::Host }).await;
    let heard = staff.so_far().await;
    let events = heard.iter().any(|message| matches!(message, ServiceMessage::Events { .. }));
    assert!(!events && !format!("{heard:?}").contains("佐藤"), "{heard:?}");
}

// L15
#[tokio::test]
async fn only_a_booth_calls_and_only_the_staff_attend() {
    let house = House::open().await;
    let mut booth = Client::booth(house.address(), "a-01").await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let mut staff = Client::host(house.address(), "fair").await;
    assert!(call(&mut booth, true).await);
    for other in [&mut host, &mut staff] {
        other.send(&ClientMessage::CallStaff { on: true }).await;
        assert_eq!(other.fault().await, Fault::NotAllowed);
    }
    for other in [&mut host, &mut booth] {
        attend(other, false).await;
        assert_eq!(other.fault().await, Fault::NotAllowed);
    }
    staff.send(&ClientMessage::Attend { booth: "z-99".parse().unwrap(), on: true }).await;
    assert_eq!(staff.fault().await, Fault::NoSuchPeer);
    // It stands whatever they said.
    attend(&mut staff, true).await;
    assert_eq!(answered(&mut booth).await, (true, Some("fairさん".to_owned())));
    for other in [&mut host, &mut booth] {
        let heard = other.so_far().await;
        assert!(!heard.iter().any(|message| matches!(message, ServiceMessage::Floor { .. })), "{heard:?}");
    }
}

// L15
#[tokio::test]
async fn a_booth_that_calls_without_end_is_not_called_and_at_last_closed() {
    let house = House::open().await;
    let mut staff = Client::host(house.address(), "fair").await;
    let mut booth = Client::booth(house.address(), "a-01").await;
    let mut called = 0;
    for _ in 0..40 {
        called += u32::from(call(&mut booth, true).await);
        assert!(!call(&mut booth, false).await);
    }
    // Six, and what comes back meanwhile: one in ten seconds.
    assert!((6..9).contains(&called), "{called} of 40 calls were taken");
    // A new connection of the booth is the same booth.
    let mut booth = Client::booth(house.address(), "a-01").await;
    assert!(!call(&mut booth, true).await);
    let flood = serde_json::to_string(&ClientMessage::CallStaff { on: true }).unwrap();
    for _ in 0..400 {
        use futures_util::SinkExt;
        if booth.socket.send(tokio_tungstenite::tungstenite::Message::text(&flood)).await.is_err() {
            break;
        }
    }
    assert_eq!(booth.closed().await, CloseCode::Rate as u16);
    let mut other = Client::booth(house.address(), "a-02").await;
    assert!(call(&mut other, true).await);
    floor(&mut staff, |booths, _| booths[1].called_at.is_some()).await;
}

// E10
#[tokio::test]
async fn the_staff_sign_in_as_everybody_does_and_are_told_who_they_are() {
    let house = House::open().await;
    let cookie = support::web::sign_in(house.address(), "fair").await;
    let origin = format!("http://{}", house.address());
    let headers = [("cookie", cookie.as_str()), ("origin", origin.as_str())];
    let socket = support::client::open(house.address(), &headers).await.unwrap();
    let mut staff = Client::waiting(socket, support::fresh_client()).await;
    let ServiceMessage::Welcome { you, .. } = staff.next().await else { panic!("no welcome") };
    assert_eq!(you, You::Staff { account: "fair".parse().unwrap(), name: "fairさん".to_owned() });
    assert!(matches!(staff.next().await, ServiceMessage::Floor { .. }));
}
