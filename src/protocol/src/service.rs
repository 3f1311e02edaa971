//! What the service sends.

use crate::{
    AccountId, Booking, BoothId, ClientId, CompanyId, Fault, FloorBooth, FloorKnock, InterviewKind, Locale, Localized,
    Millis, Peer, Recorded, Refusal, Ring, RoomId, Seq, Signal, Slot, TicketRefusal,
};
use serde::{Deserialize, Serialize};

/// A message from the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServiceMessage {
    /// Answers hello.
    Welcome {
        /// [`crate::PROTOCOL`].
        protocol: u32,
        /// Who the service takes the client for.
        you: You,
        /// The event's name.
        event: Localized,
        /// For gathering candidates; empty on a plain network.
        ice_servers: Vec<IceServer>,
        /// The service's clock.
        now: Millis,
    },
    /// To a booth: every company of the event, whenever something of it changed.
    Directory {
        /// In the order of the event.
        companies: Vec<CompanyState>,
    },
    /// To a host: the company's rooms of today and the event's booths, whenever something changed.
    Lobby {
        /// Open rooms first by time of knock, then the latest ended ones.
        rooms: Vec<RoomSummary>,
        /// Every booth.
        booths: Vec<BoothState>,
    },
    /// To a waiting booth: where the knock stands among the company's.
    Queue {
        /// The room.
        room: RoomId,
        /// 1 is next.
        place: u32,
    },
    /// Events of a followed room, without gaps after the last ones sent.
    Events {
        /// The room.
        room: RoomId,
        /// In order; empty when a follower has all of them already.
        events: Vec<Recorded>,
        /// The log's last number at this moment: a follower that has it is up to date.
        last: Seq,
    },
    /// A command was carried out, now or earlier.
    Done {
        /// The room.
        room: RoomId,
        /// The command's count.
        n: u32,
        /// The queue that the command named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        queue: Option<ClientId>,
    },
    /// A command was not carried out.
    Refused {
        /// The room.
        room: RoomId,
        /// The command's count.
        n: u32,
        /// Why.
        reason: Refusal,
        /// The queue that the command named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        queue: Option<ClientId>,
    },
    /// The ticket opens this interview; its room may be followed and knocked on from here.
    Invited {
        /// The redeeming's count.
        n: u32,
        /// The room.
        room: RoomId,
        /// What is booked.
        booking: Booking,
        /// The interview has begun: it goes on here where its log stands, without a new knock.
        goes_on: bool,
        /// The service's clock.
        now: Millis,
    },
    /// The ticket opens nothing.
    NotInvited {
        /// The redeeming's count.
        n: u32,
        /// Why.
        reason: TicketRefusal,
    },
    /// From a peer.
    Signal {
        /// The room.
        room: RoomId,
        /// Whose.
        from: Peer,
        /// Which presence of the receiver it was meant for.
        to: Peer,
        /// Which of the connections between the two.
        attempt: u32,
        /// What.
        signal: Signal,
    },
    /// To a host: the knocker's picture.
    Still {
        /// The room.
        room: RoomId,
        /// JPEG in base64.
        jpeg: String,
    },
    /// To staff of the fair: every booth, and the knocks that nobody of a company answered, as a whole,
    /// whenever something changed.
    Floor {
        /// In the order of the configuration.
        booths: Vec<FloorBooth>,
        /// Standing ones first, the oldest first; then today's latest missed ones.
        knocks: Vec<FloorKnock>,
    },
    /// To a booth: how its call for a person stands.
    StaffCall {
        /// It stands.
        called: bool,
        /// Shown name of whoever is on the way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        attended_by: Option<String>,
    },
    /// Answers ping.
    Pong {
        /// The ping's number.
        n: u32,
        /// The service's clock.
        now: Millis,
    },
    /// A message could not be taken; the connection goes on unless a close follows.
    Fault {
        /// What kind of fault.
        fault: Fault,
        /// For a log: names the message and field, never their content.
        text: String,
    },
}

/// Who a connection belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum You {
    /// A booth.
    Booth {
        /// Its id.
        booth: BoothId,
        /// Its shown name, such as `A-03`.
        name: String,
    },
    /// A host.
    Host {
        /// The account.
        account: AccountId,
        /// Shown name.
        name: String,
        /// Title.
        title: String,
        /// The company the account belongs to.
        company: CompanyId,
    },
    /// Staff of the fair.
    Staff {
        /// The account.
        account: AccountId,
        /// Shown name.
        name: String,
    },
}

/// A STUN or TURN server (W3C `RTCIceServer`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` URLs.
    pub urls: Vec<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub username: Option<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub credential: Option<String>,
}

/// A company as a booth shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CompanyState {
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub name: Localized,
    /// Hosts signed in at this moment (W15).
    pub hosts: Vec<HostCard>,
    /// Knocks that stand.
    pub waiting: u32,
    /// Anyone may knock; otherwise only people with a booking (policy `walk_up`).
    pub walk_up: bool,
}

/// A host as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HostCard {
    /// Shown name.
    pub name: String,
    /// Title; may be empty.
    pub title: String,
}

/// A room in a host's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RoomSummary {
    /// The room.
    pub room: RoomId,
    /// The booth's shown name.
    pub booth: String,
    /// The guest's shown name.
    pub guest: String,
    /// The language the guest reads.
    pub locale: Locale,
    /// How far it is.
    pub progress: Progress,
    /// Since when it stands there.
    pub since: Millis,
    /// When the guest first knocked.
    pub opened: Millis,
    /// Shown names of the hosts present.
    pub hosts: Vec<String>,
    /// The guest's line is lost at the moment.
    pub lost: bool,
    /// What a booked interview is for; none for a walk-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub kind: Option<InterviewKind>,
    /// When a booked interview is held, as extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub slot: Option<Slot>,
    /// It is on hold.
    pub held: bool,
    /// Who is told of the standing knock.
    pub ring: Ring,
}

/// How far an interview is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Booked, and nobody has come yet.
    Booked,
    /// The guest is at the ready screen, without a knock.
    Open,
    /// A knock stands.
    Knocking,
    /// Let in.
    InCall,
    /// Turned away.
    Refused,
    /// Nobody answered.
    Missed,
    /// Over.
    Ended,
    /// The booking was cancelled.
    Cancelled,
}

/// A booth in a host's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BoothState {
    /// The booth.
    pub booth: BoothId,
    /// Shown name.
    pub name: String,
    /// Connected at this moment.
    pub here: bool,
    /// Somebody is in it.
    pub taken: bool,
}
