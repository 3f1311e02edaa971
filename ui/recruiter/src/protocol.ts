// Generated from src/protocol by its test `the_page_has_todays_types`; not edited by hand.

export const PROTOCOL = 1;

export const LIMITS = { nameChars: 40, textChars: 255, hosts: 5, pingEveryMs: 5000, silenceMs: 15000 } as const;

export const CLOSE = { faults: 4000, hello: 4001, version: 4002, rate: 4003, silent: 4004, slow: 4005, signedOut: 4100, replaced: 4101, restart: 4200, internal: 4201 } as const;

export type RoomId = string;

export type ClientId = string;

export type BoothId = string;

export type CompanyId = string;

export type AccountId = string;

export type Seat = number;

export type Millis = number;

export type Locale = "ja" | "ko" | "en";

export type Localized = { 
/**
 * Japanese.
 */
ja: string, 
/**
 * Korean.
 */
ko: string, 
/**
 * English.
 */
en: string, };

export type Peer = { 
/**
 * The seat.
 */
seat: Seat, 
/**
 * Number of the `joined` event that this presence began with.
 */
since: number, };

export type Codec = "h264" | "vp8";

export type Signal = { "type": "offer", 
/**
 * SDP.
 */
sdp: string, } | { "type": "answer", 
/**
 * SDP.
 */
sdp: string, } | { "type": "candidate", 
/**
 * The `candidate:` line.
 */
candidate: string, 
/**
 * Index of its media section.
 */
line: number, } | { "type": "rebuild" };

export type Command = { "type": "knock", 
/**
 * Whom.
 */
company: CompanyId, 
/**
 * The candidate's name as shown to the others.
 */
name: string, 
/**
 * The language the candidate reads.
 */
locale: Locale, } | { "type": "cancel_knock" } | { "type": "admit" } | { "type": "wait", 
/**
 * Shown to the guest.
 */
message: string, } | { "type": "refuse", 
/**
 * Shown to the guest; may be empty.
 */
message: string, } | { "type": "join", 
/**
 * Video codecs this client can receive.
 */
receives: Array<Codec>, } | { "type": "switch", 
/**
 * Microphone on.
 */
microphone: boolean, 
/**
 * Camera on.
 */
camera: boolean, } | { "type": "leave" } | { "type": "end" };

export type ClientMessage = { "type": "hello", 
/**
 * [`crate::PROTOCOL`].
 */
protocol: number, 
/**
 * The running client; the same after a lost connection, new after a restart or reload.
 */
client: ClientId, } | { "type": "follow", 
/**
 * The room.
 */
room: RoomId, 
/**
 * The last event already known; 0 for all.
 */
after: number, } | { "type": "unfollow", 
/**
 * The room.
 */
room: RoomId, } | { "type": "command", 
/**
 * The room.
 */
room: RoomId, 
/**
 * The client's own count, rising; a number that was already done is not done again.
 */
n: number, 
/**
 * What.
 */
command: Command, } | { "type": "signal", 
/**
 * The room.
 */
room: RoomId, 
/**
 * Whom it is for.
 */
to: Peer, 
/**
 * Which of the connections between the two, counted by the lower seat from 1.
 */
attempt: number, 
/**
 * What.
 */
signal: Signal, } | { "type": "still", 
/**
 * The room.
 */
room: RoomId, 
/**
 * JPEG in base64, at most [`crate::limits::STILL_BYTES`] before encoding.
 */
jpeg: string, } | { "type": "ping", 
/**
 * Comes back in the answer.
 */
n: number, };

export type CommandId = { 
/**
 * Which client.
 */
client: ClientId, 
/**
 * Its count.
 */
n: number, };

export type Actor = { "type": "guest", 
/**
 * At which booth.
 */
booth: BoothId, } | { "type": "host", 
/**
 * Which.
 */
account: AccountId, } | { "type": "service" };

export type Role = "guest" | "host";

export type LeaveCause = "button" | "line";

export type EndCause = "host" | "host_left" | "guest" | "guest_lost" | "host_lost" | "unanswered";

export type Event = { "type": "knocked", 
/**
 * Whom.
 */
company: CompanyId, 
/**
 * The guest's shown name.
 */
name: string, 
/**
 * The language the guest reads.
 */
locale: Locale, } | { "type": "knock_cancelled" } | { "type": "asked_to_wait", 
/**
 * The host's words.
 */
message: string, 
/**
 * The host's shown name.
 */
from: string, } | { "type": "refused", 
/**
 * The host's words; may be empty.
 */
message: string, 
/**
 * The host's shown name.
 */
from: string, } | { "type": "admitted" } | { "type": "joined", 
/**
 * The seat.
 */
seat: Seat, 
/**
 * Guest or host.
 */
role: Role, 
/**
 * Shown name.
 */
name: string, 
/**
 * Title; empty for a guest.
 */
title: string, 
/**
 * Video codecs they can receive.
 */
receives: Array<Codec>, } | { "type": "switched", 
/**
 * Whose.
 */
seat: Seat, 
/**
 * Microphone on.
 */
microphone: boolean, 
/**
 * Camera on.
 */
camera: boolean, } | { "type": "lost", 
/**
 * Whose.
 */
seat: Seat, } | { "type": "back", 
/**
 * Whose.
 */
seat: Seat, } | { "type": "left", 
/**
 * Whose.
 */
seat: Seat, 
/**
 * Why.
 */
cause: LeaveCause, } | { "type": "ended", 
/**
 * Why.
 */
cause: EndCause, };

export type Recorded = { 
/**
 * Its number, without gaps.
 */
seq: number, 
/**
 * When the service appended it.
 */
at: Millis, 
/**
 * Whose doing it was.
 */
by: Actor, 
/**
 * The command it came from; none when the service decided by itself.
 */
command?: CommandId, 
/**
 * What happened.
 */
event: Event, };

export type You = { "type": "booth", 
/**
 * Its id.
 */
booth: BoothId, 
/**
 * Its shown name, such as `A-03`.
 */
name: string, } | { "type": "host", 
/**
 * The account.
 */
account: AccountId, 
/**
 * Shown name.
 */
name: string, 
/**
 * Title.
 */
title: string, 
/**
 * The company the account belongs to.
 */
company: CompanyId, };

export type IceServer = { 
/**
 * `stun:`, `turn:` or `turns:` URLs.
 */
urls: Array<string>, 
/**
 * For TURN.
 */
username?: string, 
/**
 * For TURN.
 */
credential?: string, };

export type HostCard = { 
/**
 * Shown name.
 */
name: string, 
/**
 * Title; may be empty.
 */
title: string, };

export type CompanyState = { 
/**
 * The company.
 */
company: CompanyId, 
/**
 * Its name.
 */
name: Localized, 
/**
 * Hosts signed in at this moment (W15).
 */
hosts: Array<HostCard>, 
/**
 * Knocks that stand.
 */
waiting: number, };

export type Progress = "open" | "knocking" | "in_call" | "refused" | "missed" | "ended";

export type RoomSummary = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * The booth's shown name.
 */
booth: string, 
/**
 * The guest's shown name.
 */
guest: string, 
/**
 * The language the guest reads.
 */
locale: Locale, 
/**
 * How far it is.
 */
progress: Progress, 
/**
 * Since when it stands there.
 */
since: Millis, 
/**
 * When the guest first knocked.
 */
opened: Millis, 
/**
 * Shown names of the hosts present.
 */
hosts: Array<string>, 
/**
 * The guest's line is lost at the moment.
 */
lost: boolean, };

export type BoothState = { 
/**
 * The booth.
 */
booth: BoothId, 
/**
 * Shown name.
 */
name: string, 
/**
 * Connected at this moment.
 */
here: boolean, 
/**
 * Somebody is in it.
 */
taken: boolean, };

export type Refusal = "not_allowed" | "no_such_room" | "no_such_company" | "wrong_moment" | "over" | "full" | "bad_text" | "unavailable";

export type Fault = "malformed" | "unknown_message" | "hello_expected" | "too_large" | "not_allowed" | "no_such_peer";

export type ServiceMessage = { "type": "welcome", 
/**
 * [`crate::PROTOCOL`].
 */
protocol: number, 
/**
 * Who the service takes the client for.
 */
you: You, 
/**
 * The event's name.
 */
event: Localized, 
/**
 * For gathering candidates; empty on a plain network.
 */
ice_servers: Array<IceServer>, 
/**
 * The service's clock.
 */
now: Millis, } | { "type": "directory", 
/**
 * In the order of the event.
 */
companies: Array<CompanyState>, } | { "type": "lobby", 
/**
 * Open rooms first by time of knock, then the latest ended ones.
 */
rooms: Array<RoomSummary>, 
/**
 * Every booth.
 */
booths: Array<BoothState>, } | { "type": "queue", 
/**
 * The room.
 */
room: RoomId, 
/**
 * 1 is next.
 */
place: number, } | { "type": "events", 
/**
 * The room.
 */
room: RoomId, 
/**
 * In order; empty when a follower has all of them already.
 */
events: Array<Recorded>, 
/**
 * The log's last number at this moment: a follower that has it is up to date.
 */
last: number, } | { "type": "done", 
/**
 * The room.
 */
room: RoomId, 
/**
 * The command's count.
 */
n: number, } | { "type": "refused", 
/**
 * The room.
 */
room: RoomId, 
/**
 * The command's count.
 */
n: number, 
/**
 * Why.
 */
reason: Refusal, } | { "type": "signal", 
/**
 * The room.
 */
room: RoomId, 
/**
 * Whose.
 */
from: Peer, 
/**
 * Which presence of the receiver it was meant for.
 */
to: Peer, 
/**
 * Which of the connections between the two.
 */
attempt: number, 
/**
 * What.
 */
signal: Signal, } | { "type": "still", 
/**
 * The room.
 */
room: RoomId, 
/**
 * JPEG in base64.
 */
jpeg: string, } | { "type": "pong", 
/**
 * The ping's number.
 */
n: number, 
/**
 * The service's clock.
 */
now: Millis, } | { "type": "fault", 
/**
 * What kind of fault.
 */
fault: Fault, 
/**
 * For a log: names the message and field, never their content.
 */
text: string, };

export type SignIn = { 
/**
 * The account's id.
 */
account: string, 
/**
 * Its password.
 */
password: string, };

export type Me = { 
/**
 * The account.
 */
account: AccountId, 
/**
 * Shown name.
 */
name: string, 
/**
 * Title.
 */
title: string, 
/**
 * The company.
 */
company: CompanyId, 
/**
 * The company's name.
 */
company_name: Localized, 
/**
 * The event's name.
 */
event: Localized, };
