//! What a finger does.

use super::QuickAnswer;
use crate::keyboard;
use engawa_protocol::{CommandId, CompanyId, Locale, Seat, Seq};

/// What a finger did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    /// A dark screen was touched.
    Wake,
    /// A language, on any page.
    Language(Locale),
    /// Start, on the first page.
    Start,
    /// One page back.
    Back,
    /// A company's tile.
    Company(CompanyId),
    /// The next six companies.
    NextTiles,
    /// The six before.
    PreviousTiles,
    /// "I have a connection number", on the first two pages.
    Number,
    /// A digit of the number or the PIN, 0 to 9.
    Digit(u8),
    /// The last digit away.
    EraseDigit,
    /// Calls the staff, or takes the call back.
    CallStaff,
    /// A key of the keyboard.
    Key(keyboard::Key),
    /// The name is complete.
    NameDone,
    /// Microphone on or off.
    Microphone,
    /// Camera on or off.
    Camera,
    /// Noise suppression on or off.
    Noise,
    /// Plays the test sound.
    TestSound,
    /// All is set up; the request can be made (W16).
    Ready,
    /// Asks to join.
    Ask,
    /// Takes the request back.
    Cancel,
    /// After being turned away: other companies.
    OtherCompanies,
    /// Finished: back to the first page, wiped.
    Finish,
    /// Leave the call: asks first.
    Leave,
    /// Yes, leave.
    ConfirmLeave,
    /// No: stay, or leave it where it is.
    Stay,
    /// Yes, the interview goes on at this booth (E8).
    TakeOver,
    /// Raises or lowers one's hand.
    Hand,
    /// Back into an interview that was left (X7).
    Return,
    /// Opens or closes the chat.
    Chat(bool),
    /// A key of the chat's keyboard.
    ChatKey(keyboard::Key),
    /// Sends what was typed.
    Send,
    /// Sends a ready answer.
    Quick(QuickAnswer),
    /// Takes one's own post back.
    DeletePost(Seq),
    /// Shows a file of the chat.
    Show(Seq),
    /// Closes it.
    CloseDocument,
    /// The notice of a line that was not delivered was read.
    Dismiss(CommandId),
    /// A recruiter's tile.
    Enlarge(Seat),
    /// All tiles alike.
    Tiles,
    /// A finger went down on the booth's name, or left it: held, it asks for the staff's PIN.
    StaffHold(bool),
    /// Looks at every part, in the staff's menu.
    Check,
    /// Lets the lamp blink, in the staff's menu.
    Identify,
    /// Starts the booth's program anew, in the staff's menu.
    Restart,
}
