//! File names that cannot do harm wherever they are shown or saved.

use engawa_protocol::limits;
use unicode_normalization::UnicodeNormalization;

/// Longest ending that is kept when a name is cut.
const ENDING_CHARS: usize = 12;
/// For a name of which nothing is left.
const NAMELESS: &str = "file";

/// Makes a name of at most [`limits::FILE_NAME_CHARS`] characters that no system takes for a path,
/// a device or a hidden file, and that reads the way it is.
pub fn clean_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let composed = last.nfc().filter(|c| !is_unseen(*c));
    // What Windows takes in no name (Naming Files, Paths, and Namespaces).
    let plain: String = composed.map(|c| if r#"<>:"|?*"#.contains(c) { '_' } else { c }).collect();
    let mut clean = plain.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']).to_owned();
    if clean.is_empty() {
        return NAMELESS.to_owned();
    }
    if is_device(&clean) {
        clean.insert(0, '_');
    }
    cut(&clean)
}

/// The header by which a browser saves a file under `name` and never shows it (RFC 6266, RFC 8187).
pub fn disposition(name: &str) -> String {
    let plain: String = name.chars().map(|c| if is_attr_char(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        match is_attr_char(char::from(byte)) {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

fn is_attr_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._".contains(c)
}

/// Control, direction-changing and invisible characters.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' |
            '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered =
        |port: &str| stem.strip_prefix(port).is_some_and(|n| n.chars().count() == 1 && "0123456789¹²³".contains(n));
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

fn cut(name: &str) -> String {
    if name.chars().count() <= limits::FILE_NAME_CHARS {
        return name.to_owned();
    }
    let ending =
        name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= ENDING_CHARS);
    let ending = ending.map(|ending| format!(".{ending}")).unwrap_or_default();
    let stem: String = name.chars().take(limits::FILE_NAME_CHARS - ending.chars().count()).collect();
    stem + &ending
}

#[cfg(test)]
mod tests {
    use super::*;

    // T2
    #[test]
    fn a_name_is_no_path_no_device_and_reads_the_way_it_is() {
        let cases = [
            ("履歴書.pdf", "履歴書.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\system32\\cmd.exe", "cmd.exe"),
            ("/", "file"),
            ("...", "file"),
            (".bashrc", "bashrc"),
            ("a\u{202e}fdp.exe", "afdp.exe"),
            ("a\0b\n.txt", "ab.txt"),
            ("con", "_con"),
            ("Aux.pdf", "_Aux.pdf"),
            ("COM¹.txt", "_COM¹.txt"),
            ("company.txt", "company.txt"),
            ("a<b>:c?.png", "a_b__c_.png"),
            ("end. . .", "end"),
            ("\u{304b}\u{3099}.txt", "が.txt"),
        ];
        for (given, clean) in cases {
            assert_eq!(clean_file_name(given), clean, "{given:?}");
        }
        let long = clean_file_name(&format!("{}.docx", "あ".repeat(500)));
        assert_eq!(long.chars().count(), limits::FILE_NAME_CHARS);
        assert!(long.ends_with("あ.docx"));
        assert_eq!(clean_file_name(&format!("{}.docx", "a".repeat(115))).chars().count(), 120);
    }

    #[test]
    fn a_header_bears_any_name_and_no_quote() {
        let header = disposition("履歴 \"a\";\r\n.pdf");
        assert_eq!(
            header,
            "attachment; filename=\"____a____.pdf\"; filename*=UTF-8''%E5%B1%A5%E6%AD%B4%20%22a%22%3B%0D%0A.pdf"
        );
    }
}
