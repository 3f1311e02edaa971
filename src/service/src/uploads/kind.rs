//! What a file is, by its content alone: neither its name nor what its sender says counts.

/// Types that a receiver may be told, as `infer` names them. Whatever a browser could run is not among them.
const KNOWN: [&str; 18] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/bmp",
    "image/tiff",
    "image/heif",
    "application/pdf",
    "application/zip",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "audio/mpeg",
    "video/mp4",
    "video/webm",
];
const TEXT: &str = "text/plain";
const BYTES: &str = "application/octet-stream";

/// The media type of a file's bytes.
pub fn media_type(bytes: &[u8]) -> &'static str {
    if is_text(bytes) {
        // HTML, SVG and scripts are texts that are read and never run.
        return TEXT;
    }
    let found = infer::get(bytes).map(|kind| kind.mime_type());
    found.and_then(|found| KNOWN.into_iter().find(|known| *known == found)).unwrap_or(BYTES)
}

/// Well-formed UTF-8 without control characters but line ends, tabs and form feeds.
fn is_text(bytes: &[u8]) -> bool {
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    !bytes.starts_with(b"%PDF-") && std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    // T2
    #[test]
    fn a_type_is_found_by_content_and_nothing_can_run() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(media_type(png), "image/png");
        assert_eq!(media_type(b"%PDF-1.7\n1 0 obj"), "application/pdf");
        assert_eq!(media_type("履歴書\n氏名\t佐藤".as_bytes()), "text/plain");
        for script in [&b"<!DOCTYPE html><script>alert(1)</script>"[..], b"<svg onload='x'/>", b"#!/bin/sh\nrm"] {
            assert_eq!(media_type(script), "text/plain");
        }
        assert_eq!(media_type(b"\x7fELF\x02\x01\x01\0"), "application/octet-stream");
        assert_eq!(media_type(b"MZ\x90\0\x03\0\0\0"), "application/octet-stream");
        assert_eq!(media_type(b"\0\x01\x02"), "application/octet-stream");
        // A picture that is a script as well is a picture, and is told so to the browser with `nosniff`.
        assert_eq!(media_type(b"GIF89a\x01=0;/*\0\0*/alert(1)//"), "image/gif");
    }
}
