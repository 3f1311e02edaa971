// Generated from src/protocol by its test `the_page_has_todays_types`; not edited by hand.

export const PROTOCOL = 1;

export const LIMITS = { nameChars: 40, textChars: 255, hosts: 5, fileBytes: 5242880, fileNameChars: 120, extendMinutes: 60, bookingHosts: 16, slotMs: 28800000, pingEveryMs: 5000, silenceMs: 15000 } as const;

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

export type Slot = { 
/**
 * Its first moment.
 */
starts: Millis, 
/**
 * Its end, as booked; extensions are events of the room.
 */
ends: Millis, };

export type InterviewKind = "interview" | "further_interview" | "consulting";

export type Reentry = "always" | "network_only";

export type NameRule = "required" | "optional";

export type Booking = { 
/**
 * With whom.
 */
company: CompanyId, 
/**
 * What for.
 */
kind: InterviewKind, 
/**
 * When.
 */
slot: Slot, 
/**
 * The guest's name; may be empty until the guest types it.
 */
guest: string, 
/**
 * The language the guest reads, where it is known.
 */
locale?: Locale, 
/**
 * The hosts in the order in which they are rung; empty means all of the company.
 */
hosts: Array<AccountId>, 
/**
 * At this booth only; any booth when none.
 */
booth?: BoothId, 
/**
 * Whether the guest may come back after leaving.
 */
reentry: Reentry, 
/**
 * Whether the guest must give a name.
 */
name: NameRule, };

export type Ring = { "type": "all" } | { "type": "host", 
/**
 * Which.
 */
account: AccountId, } | { "type": "staff" } | { "type": "none" };

export type FileId = string;

export type FileCard = { 
/**
 * The hash of its bytes.
 */
file: FileId, 
/**
 * Its shown name, cleaned, at most [`crate::limits::FILE_NAME_CHARS`] characters.
 */
name: string, 
/**
 * Bytes, at most [`crate::limits::FILE_BYTES`].
 */
size: number, 
/**
 * Its media type, found by its content.
 */
media_type: string, };

export type Ticket = { "type": "number", 
/**
 * Four digits.
 */
number: string, } | { "type": "code", 
/**
 * Its text, at most [`crate::limits::CODE_CHARS`] characters.
 */
code: string, };

export type TicketRefusal = { "type": "unknown" } | { "type": "expired" } | { "type": "used" } | { "type": "other_booth" } | { "type": "already_here" } | { "type": "too_many_tries", 
/**
 * The next try is heard after this.
 */
retry_after_ms: number, } | { "type": "unavailable" };

export type Fallback = { 
/**
 * The version that was given up.
 */
version: string, 
/**
 * Why: the parts that failed its check, or that it did not come to one.
 */
reason: string, };

export type Device = { 
/**
 * The running image's version (`IMAGE_VERSION` of os-release); empty when the booth is no appliance.
 */
version: string, 
/**
 * The slot that it was started from, as RAUC's boot name: `A` or `B`.
 */
slot?: string, 
/**
 * Parts that its last check found not to work, such as `camera`; none when it is healthy.
 */
faults?: Array<string>, 
/**
 * The last update that was given up.
 */
fallback?: Fallback, };

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
receives: Array<Codec>, 
/**
 * Ends one's own presence elsewhere (E8); without it a host is told `already_here`.
 */
take_over: boolean, } | { "type": "switch", 
/**
 * Microphone on.
 */
microphone: boolean, 
/**
 * Camera on.
 */
camera: boolean, } | { "type": "leave" } | { "type": "end" } | { "type": "say", 
/**
 * At most [`crate::limits::TEXT_CHARS`] scalar values after NFC.
 */
text: string, } | { "type": "send_file", 
/**
 * Which.
 */
file: FileId, } | { "type": "delete_post", 
/**
 * Number of the event that posted it.
 */
post: number, } | { "type": "clear_chat" } | { "type": "raise_hand", 
/**
 * Raised.
 */
up: boolean, } | { "type": "hold", 
/**
 * Begins it.
 */
on: boolean, } | { "type": "mute_all" } | { "type": "cameras_off" } | { "type": "preset", 
/**
 * Microphones on.
 */
microphone: boolean, 
/**
 * Cameras on.
 */
camera: boolean, 
/**
 * Names shown.
 */
names: boolean, } | { "type": "extend", 
/**
 * By how much, 1 to [`crate::limits::EXTEND_MINUTES`].
 */
minutes: number, } | { "type": "book", 
/**
 * The whole booking.
 */
booking: Booking, } | { "type": "cancel_booking" };

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
 * The client's or the queue's own count, rising; a number that was already done is not done again.
 */
n: number, 
/**
 * What.
 */
command: Command, 
/**
 * The queue on disk whose count `n` is; without one it is the running client's.
 */
queue?: ClientId, } | { "type": "signal", 
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
jpeg: string, } | { "type": "redeem", 
/**
 * Comes back in the answer.
 */
n: number, 
/**
 * What was typed or held to the camera.
 */
ticket: Ticket, 
/**
 * Goes on here though the guest is connected at another booth (E8); without it that is told.
 */
take_over: boolean, } | { "type": "call_staff", 
/**
 * Asks.
 */
on: boolean, } | { "type": "attend", 
/**
 * Whose.
 */
booth: BoothId, 
/**
 * On the way; otherwise done, and the call is over.
 */
on: boolean, } | { "type": "device", 
/**
 * All of it.
 */
device: Device, } | { "type": "ping", 
/**
 * Comes back in the answer.
 */
n: number, };

export type CommandId = { 
/**
 * Which client, or which queue on a client's disk.
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
account: AccountId, } | { "type": "staff", 
/**
 * Which.
 */
account: AccountId, } | { "type": "service" };

export type Role = "guest" | "host";

export type LeaveCause = "button" | "line" | "restart" | "taken_over";

export type EndCause = "host" | "host_left" | "guest" | "guest_lost" | "host_lost" | "unanswered" | "slot_over" | "cancelled";

export type Event = { "type": "booked", 
/**
 * The whole booking.
 */
booking: Booking, } | { "type": "booking_cancelled" } | { "type": "knocked", 
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
locale: Locale, } | { "type": "knock_cancelled" } | { "type": "rang", 
/**
 * To this host; to the staff when none.
 */
account?: AccountId, } | { "type": "asked_to_wait", 
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
receives: Array<Codec>, 
/**
 * Why the seat had been empty, or whose presence this one replaces; none the first time.
 */
returns?: LeaveCause, } | { "type": "switched", 
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
cause: LeaveCause, } | { "type": "guest_moved" } | { "type": "held" } | { "type": "resumed" } | { "type": "silenced", 
/**
 * The microphones.
 */
microphones: boolean, 
/**
 * The cameras.
 */
cameras: boolean, 
/**
 * Who is left out: the host whose doing it was.
 */
except: Seat, } | { "type": "preset", 
/**
 * Microphones on.
 */
microphone: boolean, 
/**
 * Cameras on.
 */
camera: boolean, 
/**
 * Names shown.
 */
names: boolean, } | { "type": "extended", 
/**
 * Its new end.
 */
ends: Millis, } | { "type": "ends_soon", 
/**
 * When it ends.
 */
ends: Millis, } | { "type": "said", 
/**
 * The words; empty in what is read after a deletion.
 */
text: string, 
/**
 * It was written before the end, or before the guest moved, and came after it.
 */
late?: boolean, } | { "type": "file_sent", 
/**
 * Which.
 */
file: FileCard, 
/**
 * It was sent before the end, or before the guest moved, and came after it.
 */
late?: boolean, } | { "type": "post_deleted", 
/**
 * Number of the event that posted it.
 */
post: number, } | { "type": "chat_cleared" } | { "type": "hand_raised", 
/**
 * Who.
 */
seat: Seat, } | { "type": "hand_lowered", 
/**
 * Who.
 */
seat: Seat, } | { "type": "ended", 
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
company: CompanyId, } | { "type": "staff", 
/**
 * The account.
 */
account: AccountId, 
/**
 * Shown name.
 */
name: string, };

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
waiting: number, 
/**
 * Anyone may knock; otherwise only people with a booking (policy `walk_up`).
 */
walk_up: boolean, };

export type Progress = "booked" | "open" | "knocking" | "in_call" | "refused" | "missed" | "ended" | "cancelled";

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
lost: boolean, 
/**
 * What a booked interview is for; none for a walk-up.
 */
kind?: InterviewKind, 
/**
 * When a booked interview is held, as extended.
 */
slot?: Slot, 
/**
 * It is on hold.
 */
held: boolean, 
/**
 * Who is told of the standing knock.
 */
ring: Ring, };

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

export type Refusal = "not_allowed" | "no_such_room" | "no_such_company" | "wrong_moment" | "over" | "full" | "bad_text" | "unavailable" | "too_early" | "too_late" | "already_here" | "next_slot" | "no_such_file" | "no_such_post" | "booked";

export type Fault = "malformed" | "unknown_message" | "hello_expected" | "too_large" | "not_allowed" | "no_such_peer";

export type FloorBooth = { 
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
 * An interview that is not over is in it.
 */
in_use: boolean, 
/**
 * Since when its guest asks for a person; none when nobody does.
 */
called_at?: Millis, 
/**
 * Shown name of whoever is on the way.
 */
attended_by?: string, };

export type FloorKnock = { 
/**
 * The room.
 */
room: RoomId, 
/**
 * The company's name.
 */
company: Localized, 
/**
 * The booth's shown name.
 */
booth: string, 
/**
 * When the guest knocked.
 */
at: Millis, 
/**
 * The knock still stands; otherwise nobody answered it.
 */
waiting: boolean, };

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
n: number, 
/**
 * The queue that the command named.
 */
queue?: ClientId, } | { "type": "refused", 
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
reason: Refusal, 
/**
 * The queue that the command named.
 */
queue?: ClientId, } | { "type": "invited", 
/**
 * The redeeming's count.
 */
n: number, 
/**
 * The room.
 */
room: RoomId, 
/**
 * What is booked.
 */
booking: Booking, 
/**
 * The interview has begun: it goes on here where its log stands, without a new knock.
 */
goes_on: boolean, 
/**
 * The service's clock.
 */
now: Millis, } | { "type": "not_invited", 
/**
 * The redeeming's count.
 */
n: number, 
/**
 * Why.
 */
reason: TicketRefusal, } | { "type": "signal", 
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
jpeg: string, } | { "type": "floor", 
/**
 * In the order of the configuration.
 */
booths: Array<FloorBooth>, 
/**
 * Standing ones first, the oldest first; then today's latest missed ones.
 */
knocks: Array<FloorKnock>, } | { "type": "staff_call", 
/**
 * It stands.
 */
called: boolean, 
/**
 * Shown name of whoever is on the way.
 */
attended_by?: string, } | { "type": "pong", 
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

export type AccountRole = "host" | "admin" | "staff";

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
 * What the account may do.
 */
role: AccountRole, 
/**
 * The company; none for staff.
 */
company?: CompanyId, 
/**
 * The company's name; none for staff.
 */
company_name?: Localized, 
/**
 * The event's name.
 */
event: Localized, };
