//! Strings written as the characters they are (`--text utf8`): the reader gets the same bytes from either form, and what
//! cannot be seen for what it is stays escaped.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use regex::Regex;
use sockscope::event::{Body, Event};
use sockscope::text::{StringStyle, Style, TextWriter};

use crate::read;

/// A call with these bytes as data, as path, as file name behind a descriptor and as an abstract name.
fn lines(data: &[u8]) -> String {
    let escaped: String = data.iter().map(|b| format!("\\{b:03o}")).collect();
    let path: String = data.iter().filter(|b| **b != 0).map(|b| format!("\\{b:03o}")).collect();
    format!(
        "sendto(3, \"{escaped}\", 9, 0, NULL, 0) = 9\nbind(3, {{sa_family=AF_UNIX, sun_path=\"/{path}\"}}, 9) = \
         0\nbind(3, {{sa_family=AF_UNIX, sun_path=@\"{escaped}\"}}, 9) = 0\nread(3</tmp/{path}>, \"{escaped}\"..., 9) = \
         9\nwrite(3<UNIX-STREAM:[1->2,\"/{path}\"]>, \"\", 0) = 0\nsendmsg(3, {{msg_name=NULL, msg_namelen=0, \
         msg_iov=[{{iov_base=\"{escaped}\", iov_len=9}}], msg_iovlen=1, msg_controllen=0, msg_flags=0}}, 0) = 9\n"
    )
}

fn written(events: &[Event], strings: StringStyle) -> String {
    let mut style = Style::default();
    style.strings = strings;
    let mut writer = TextWriter::new(style);
    let mut out = String::new();
    events.iter().for_each(|event| writer.write(event, &mut out));
    out
}

fn bodies(events: Vec<Event>) -> Vec<Body> {
    events.into_iter().map(|event| event.body).collect()
}

/// Pieces of strings: text of several scripts, halves of characters, what turns a line around, quotes, digits.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
        2 => select(vec!["我是客户端", "服务器", "é", "e\u{301}", "\u{301}", "👩\u{200d}💻", "\u{202e}", "\u{2066}", "→", "]", "<", ">",
            "\"", "\\", "7", "\0", "\u{3000}", "\u{85}", ") = 0", " [CLOSED → LISTEN]", "  @ a.py:1 f"])
            .prop_map(|text| text.as_bytes().to_vec()),
        1 => any::<char>().prop_map(|c| { let mut bytes = c.to_string().into_bytes(); bytes.pop(); bytes }),
        2 => vec(any::<u8>(), 0..4),
    ]
}

proptest! {
    #[test]
    fn both_forms_are_read_as_the_same_bytes(pieces in vec(piece(), 0..6)) {
        let (events, report) = read(lines(&pieces.concat()).as_bytes());
        prop_assert_eq!(report.unread(), 0);
        let octal = written(&events, StringStyle::Octal);
        let bodies_read = bodies(events.clone());
        for strings in [StringStyle::Octal, StringStyle::Utf8] {
            let text = written(&events, strings);
            let (again, report) = read(text.as_bytes());
            prop_assert_eq!(report.unread(), 0, "{}", text);
            prop_assert_eq!(written(&again, StringStyle::Octal), &octal[..], "{}", text);
            prop_assert_eq!(&bodies(again), &bodies_read, "{}", text);
        }
    }
}

#[test]
fn a_string_is_written_as_its_characters() {
    let read = |data: &str| read(format!("write(3, {data}, 9) = 9\n").as_bytes()).0;
    for (octal, utf8) in [
        (r#""hello \346\210\221\346\230\257""#, r#""hello 我是""#),
        (r#""caf\303\251""#, r#""café""#),
        (r#""\346\210"..."#, r#""\346\210"..."#), // cut within a character
        (r#""\377\3507""#, r#""\377\3507""#),
        (r#""\0\1\33[2J""#, r#""\0\1\33[2J""#),
        (r#""\342\200\256abc""#, r#""\342\200\256abc""#), // U+202E, right to left from here
        (r#""\342\201\246abc""#, r#""\342\201\246abc""#), // U+2066, isolate
        (r#""\302\205""#, r#""\302\205""#),               // a control character of two bytes
        (r#""\355\240\200""#, r#""\355\240\200""#),       // half of a surrogate pair
        (r#""\314\201e\314\201""#, "\"\\314\\201e\u{301}\""), // nothing to combine with, and something
    ] {
        let line = written(&read(octal), StringStyle::Utf8);
        assert!(line.starts_with(&format!("write(3, {utf8}, 9) ")), "{line}");
        let line = written(&read(utf8), StringStyle::Octal);
        assert!(line.starts_with(&format!("write(3, {octal}, 9) ")), "{line}");
    }
    let events = read(r#""\346\210\221""#);
    assert_eq!(written(&events, StringStyle::HexUnprintable).find(r#""\xe6\x88\x91""#), Some(9), "-x counts more");
    assert_eq!(written(&events, StringStyle::Utf8), "write(3, \"我\", 9)                       = 9\n", "two columns");
}

#[test]
fn what_cannot_be_seen_is_never_written() {
    // Another implementation's tables: controls, formats (bidi among them), private, separators.
    let unseen = Regex::new(r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]").unwrap();
    let seen = Regex::new(r"[[\p{L}\p{N}\p{P}\p{S}]&&\p{Age=10.0}--\p{Grapheme_Extend}]").unwrap();
    let chosen: Vec<String> =
        ('\u{80}'..=char::MAX).map(String::from).filter(|text| unseen.is_match(text) || seen.is_match(text)).collect();
    assert!(chosen.len() > 100_000);
    let text: String = chosen.iter().map(|text| format!("write(3, \"{text}\", 9) = 9\n")).collect();
    let (events, report) = read(text.as_bytes());
    assert_eq!((report.unread(), events.len()), (0, chosen.len()));
    for (line, text) in written(&events, StringStyle::Utf8).lines().zip(chosen) {
        assert_eq!(line.contains(&text), !unseen.is_match(&text), "{}: {line}", text.escape_unicode());
    }
}
