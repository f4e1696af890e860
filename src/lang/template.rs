//! Templates: sentences with holes, and finding the one that a sentence was made from.
//!
//! A hole of the English template stands in the translation by its name or, where it is `{}`, by its place from 0, and says
//! there what fills it: `{fd}` a value, which stays as it stands; `{what+}` a part of the sentence that has a translation of
//! its own; `{since*}` such a part or nothing; `{at?}` a part or a value, such as an address or the words for a missing one.
//!
//! Where a sentence fits several templates, or one in several ways, the one counts that explains most of it: values are
//! not words, so a command called `listens` remains one, and the most words are covered where every word is one of ours.

use rustc_hash::{FxBuildHasher, FxHashMap};

/// Where words stand: it distinguishes most templates at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Position {
    /// As a whole sentence, or on their own.
    Alone,
    /// Between the words of a sentence.
    Within,
    /// Behind something, with the space or the sign that separates them from it; where there is nothing to say, there is nothing.
    Behind,
}

/// With one of these begins what stands behind something.
const SEPARATORS: [char; 4] = [' ', ',', ';', ':'];

/// What fills a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filling {
    /// A value: it stays.
    Value,
    /// Words that have a translation.
    Words,
    /// Such words, or nothing.
    WordsOrNothing,
    /// Words where they have a translation, otherwise a value.
    Either,
}

/// A template that is cut at its holes.
#[derive(Debug, PartialEq, Eq)]
pub struct Template<'a> {
    /// The text before each hole, and behind the last one.
    texts: Vec<String>,
    /// The name of each hole, as it is written.
    holes: Vec<&'a str>,
}

impl<'a> Template<'a> {
    /// Cuts a template; `{{` and `}}` are braces. `None` where a brace is left over.
    pub fn parse(template: &'a str) -> Option<Self> {
        let (mut texts, mut holes) = (vec![String::new()], Vec::new());
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            let text = texts.last_mut()?;
            text.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            if rest[at + 1..].starts_with(brace) {
                text.push_str(brace);
                rest = &rest[at + 2..];
                continue;
            }
            let inside = rest[at..].strip_prefix('{')?;
            let end = inside.find('}')?;
            holes.push(&inside[..end]);
            texts.push(String::new());
            rest = &inside[end + 1..];
        }
        texts.last_mut()?.push_str(rest);
        Some(Self { texts, holes })
    }

    /// The names of the holes without what belongs to the format: that of `{}` is its place.
    pub fn names(&self) -> Vec<String> {
        let name = |(at, hole): (usize, &&str)| match hole.split(':').next().unwrap_or_default() {
            "" => at.to_string(),
            name => name.trim_end_matches(['+', '*', '?']).to_owned(),
        };
        self.holes.iter().enumerate().map(name).collect()
    }
}

/// An English template and its translation.
#[derive(Debug)]
struct Entry {
    texts: Vec<String>,
    fillings: Vec<Filling>,
    /// The translation, cut at its holes, and which hole of the English stands in each of them.
    translation: Vec<String>,
    order: Vec<usize>,
}

impl Entry {
    /// Where it may stand.
    fn stands(&self, place: Position) -> bool {
        let follows = self.texts[0].starts_with(SEPARATORS);
        match place {
            Position::Alone => !follows,
            Position::Within => !follows && !self.texts.last().is_some_and(|text| text.ends_with('.')),
            Position::Behind => follows,
        }
    }

    /// What follows the text before the first hole, if all texts between the holes are there, one behind the other.
    fn begins<'a>(&self, english: &'a str) -> Option<&'a str> {
        let [first, between @ .., last] = self.texts.as_slice() else { return None };
        let rest = english.strip_prefix(first.as_str())?;
        let mut within = rest.strip_suffix(last.as_str())?;
        for text in between {
            within = &within[within.find(text.as_str())? + text.len()..];
        }
        Some(rest)
    }
}

/// All translations into one language.
#[derive(Debug)]
pub(super) struct Catalogue {
    join: fn(&mut String, &str),
    whole: FxHashMap<&'static str, &'static str>,
    entries: Vec<Entry>,
    /// Which of them a text can be made from: by its first byte and its last one, where theirs are no holes.
    ends: FxHashMap<Ends, Vec<usize>>,
}

/// The first byte of a text and its last one; of a template those that are not a hole's.
type Ends = (Option<u8>, Option<u8>);

/// Longer sentences than any template's, so that no input takes long.
const MAX_LEN: usize = 4096;
/// How many ways of filling holes are tried for one sentence.
const MAX_TRIES: usize = 100_000;

impl Catalogue {
    /// The catalogue of these tables; entries that do not fit together are left out, which the tests do not let happen.
    /// `join` appends one piece of a sentence to others.
    pub(super) fn new(tables: impl Iterator<Item = super::Translations> + Clone, join: fn(&mut String, &str)) -> Self {
        let whole = FxHashMap::with_capacity_and_hasher(tables.clone().map(<[_]>::len).sum(), FxBuildHasher);
        let mut catalogue = Self { join, whole, entries: Vec::new(), ends: FxHashMap::default() };
        for (english, translation) in tables.flatten() {
            let is_plain = |text: &str| memchr::memchr2(b'{', b'}', text.as_bytes()).is_none();
            if is_plain(english) && is_plain(translation) {
                catalogue.whole.insert(english, translation);
                continue;
            }
            let (Some(from), Some(to)) = (Template::parse(english), Template::parse(translation)) else { continue };
            if from.holes.is_empty() {
                catalogue.whole.insert(english, translation);
                continue;
            }
            let (names, wanted) = (from.names(), to.names());
            let order: Option<Vec<usize>> =
                wanted.iter().map(|name| names.iter().position(|known| known == name)).collect();
            let Some(order) = order else { continue };
            let mut fillings = vec![Filling::Value; names.len()];
            for (hole, at) in to.holes.iter().zip(&order) {
                let filling = match hole.chars().last() {
                    Some('+') => Filling::Words,
                    Some('*') => Filling::WordsOrNothing,
                    Some('?') => Filling::Either,
                    _ => Filling::Value,
                };
                // A name may stand twice.
                let same = names.iter().zip(&mut fillings).filter(|(name, _)| **name == names[*at]);
                same.for_each(|(_, of)| *of = filling);
            }
            let last = from.texts.last().and_then(|text| text.as_bytes().last().copied());
            let ends = (from.texts[0].as_bytes().first().copied(), last);
            catalogue.ends.entry(ends).or_default().push(catalogue.entries.len());
            catalogue.entries.push(Entry { texts: from.texts, fillings, translation: to.texts, order });
        }
        catalogue
    }

    /// The entries that a text may be made from, by their place.
    fn candidates(&self, english: &str) -> impl Iterator<Item = (usize, &Entry)> {
        let (first, last) = (english.as_bytes().first().copied(), english.as_bytes().last().copied());
        let ends = [(first, last), (first, None), (None, last), (None, None)];
        // An empty text has no ends.
        let different = if first.is_some() { ends.len() } else { 1 };
        let found = ends.into_iter().take(different).filter_map(|ends| self.ends.get(&ends));
        found.flatten().map(|at| (*at, &self.entries[*at]))
    }

    /// The translation of a sentence, or of a part of one.
    pub(super) fn translate(&self, english: &str) -> Option<String> {
        if english.len() > MAX_LEN {
            return None;
        }
        let (folded, calls) = fold(english);
        if calls.is_empty() || calls == [english] {
            return self.translate_whole(english);
        }
        let mut text = self.translate_whole(&folded)?;
        for (at, call) in calls.into_iter().enumerate() {
            let translated = self.translate_whole(call);
            text = text.replace(&mark(at), translated.as_deref().unwrap_or(call));
        }
        Some(text)
    }

    fn translate_whole(&self, english: &str) -> Option<String> {
        let mut search = Search { catalogue: self, known: FxHashMap::default(), tries: 0 };
        let found = search.words(english, Position::Alone).filter(|_| search.tries <= MAX_TRIES);
        found.map(|found| found.text)
    }
}

/// What stands for a call within a sentence: a character that nobody writes, and what its translation ends with, which
/// is joined to what follows accordingly.
fn mark(at: usize) -> String {
    format!("{}）", char::from_u32(0xf_0000 + at as u32).unwrap_or('\u{f0000}'))
}

fn is_mark(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c >= '\u{f0000}') && chars.as_str() == "）"
}

/// Puts a mark in place of each call with its line and its process: a call is full of words and signs of which none is
/// ours, and every one of them would be tried as the end of something.
fn fold(english: &str) -> (String, Vec<&str>) {
    let (mut folded, mut calls) = (String::new(), Vec::new());
    let mut rest = english;
    while let Some(start) = rest.find('`') {
        let behind = &rest[start + 1..];
        let call = behind.find('`').and_then(|quote| {
            let process = behind[quote..].find(" (pid ")?;
            let between = &behind[quote + 1..quote + process];
            let end = behind[quote + process..].find(')')?;
            (between.is_empty() || between.starts_with(" at ")).then_some(start + 1 + quote + process + end + 1)
        });
        let Some(end) = call else {
            folded.push_str(&rest[..=start]);
            rest = behind;
            continue;
        };
        folded.push_str(&rest[..start]);
        folded.push_str(&mark(calls.len()));
        calls.push(&rest[start..end]);
        rest = &rest[end..];
    }
    folded.push_str(rest);
    (folded, calls)
}

/// A translated text, and how many bytes of the English one are words of ours.
#[derive(Debug, Clone)]
struct Found {
    covered: usize,
    text: String,
}

/// The work on one sentence.
struct Search<'a> {
    catalogue: &'a Catalogue,
    known: FxHashMap<(Position, String), Option<Found>>,
    tries: usize,
}

impl Search<'_> {
    fn words(&mut self, english: &str, place: Position) -> Option<Found> {
        let key = (place, english.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        self.known.insert(key.clone(), None); // a part is never the whole of itself
        let mut found = self.fitting(english, place);
        // The beginning of a sentence.
        if let Some(first) = english.chars().next().filter(char::is_ascii_uppercase)
            && let Some(other) = self.words(&format!("{}{}", first.to_ascii_lowercase(), &english[1..]), place)
            && found.as_ref().is_none_or(|found| other.covered > found.covered)
        {
            found = Some(other);
        }
        self.known.insert(key, found.clone());
        found
    }

    fn fitting(&mut self, english: &str, place: Position) -> Option<Found> {
        let catalogue = self.catalogue;
        if let Some(text) = catalogue.whole.get(english) {
            return Some(Found { covered: english.len(), text: (*text).to_owned() });
        }
        if is_mark(english) {
            return Some(Found { covered: english.len(), text: english.to_owned() });
        }
        let mut best: Option<(usize, Found)> = None;
        for (at, entry) in catalogue.candidates(english).filter(|(_, entry)| entry.stands(place)) {
            let Some(filled) = entry.begins(english).and_then(|rest| self.fill(entry, 0, rest)) else { continue };
            let covered = filled.iter().map(|found| found.covered).sum::<usize>()
                + entry.texts.iter().map(String::len).sum::<usize>();
            // Of two that explain as much, the first one counts.
            if best.as_ref().is_some_and(|(first, best)| (best.covered, at) >= (covered, *first)) {
                continue;
            }
            let mut text = entry.translation[0].clone();
            for (hole, after) in entry.order.iter().zip(&entry.translation[1..]) {
                (catalogue.join)(&mut text, &filled[*hole].text);
                (catalogue.join)(&mut text, after);
            }
            best = Some((at, Found { covered, text }));
        }
        best.map(|(_, found)| found)
    }

    /// The best way to fill the holes of an entry from this one on with this text, the text behind each of them included.
    fn fill(&mut self, entry: &Entry, hole: usize, english: &str) -> Option<Vec<Found>> {
        let Some(filling) = entry.fillings.get(hole) else { return english.is_empty().then(Vec::new) };
        let behind = entry.texts[hole + 1].as_str();
        let last = hole + 1 == entry.fillings.len();
        let mut best: Option<(usize, Vec<Found>)> = None;
        let mut from = 0;
        while let Some(end) = if last && english.len() >= from + behind.len() && english.ends_with(behind) {
            Some(english.len() - behind.len())
        } else if last {
            None
        } else {
            english[from..].find(behind).map(|at| from + at)
        } {
            let rest = &english[end + behind.len()..];
            // Between two holes that touch no word is cut.
            let may_cut = match entry.fillings.get(hole + 1) {
                Some(Filling::WordsOrNothing) if behind.is_empty() => {
                    rest.starts_with(SEPARATORS) || rest.starts_with(entry.texts[hole + 2].as_str())
                }
                Some(_) if behind.is_empty() => english[..end].ends_with(' '),
                _ => true,
            };
            self.tries += usize::from(may_cut);
            if self.tries > MAX_TRIES {
                return None;
            }
            if may_cut
                && let Some(found) = self.filling(*filling, &english[..end])
                && let Some(rest) = self.fill(entry, hole + 1, rest)
            {
                let covered = found.covered + rest.iter().map(|found| found.covered).sum::<usize>();
                if best.as_ref().is_none_or(|(most, _)| covered > *most) {
                    let mut all = vec![found];
                    all.extend(rest);
                    best = Some((covered, all));
                }
            }
            let Some(step) = english[end..].chars().next().filter(|_| !last) else { break };
            from = end + step.len_utf8();
        }
        best.map(|(_, all)| all)
    }

    fn filling(&mut self, filling: Filling, english: &str) -> Option<Found> {
        let value = || Found { covered: 0, text: english.to_owned() };
        match filling {
            Filling::Value => Some(value()),
            Filling::WordsOrNothing if english.is_empty() => Some(value()),
            Filling::Words => self.words(english, Position::Within),
            Filling::WordsOrNothing => self.words(english, Position::Behind),
            Filling::Either => Some(self.words(english, Position::Within).unwrap_or_else(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: super::super::Translations = &[
        ("This socket is connected{peer} already{since}.", "套接字已连接{peer*}{since*}。"),
        (" to {peer}", "到 {peer}"),
        (" since {}", "（自 {0+} 起）"),
        ("`{call}` (pid {})", "`{call}`（进程 {1}）"),
        ("pid {} ({})", "进程 {0}（{1}）"),
        ("{} listens on {at}", "{0+}在 {at?} 监听"),
        ("no address", "没有地址"),
        ("descriptor {}{}", "描述符 {0}{1*}"),
        (" ({state})", "（{state}）"),
        ("nothing", "没有"),
        ("{n} {what}s", "{n} {what+}"),
        ("byte", "字节"),
    ];

    fn translate(english: &str) -> Option<String> {
        Catalogue::new([TABLE].into_iter(), String::push_str).translate(english)
    }

    #[test]
    fn values_move_and_parts_are_translated() {
        for (english, chinese) in [
            ("nothing", "没有"),
            ("Nothing", "没有"),
            ("This socket is connected already.", "套接字已连接。"),
            ("This socket is connected to 127.0.0.1:80 already.", "套接字已连接到 127.0.0.1:80。"),
            (
                "This socket is connected to 127.0.0.1:80 already since `connect(3) = 0` (pid 7).",
                "套接字已连接到 127.0.0.1:80（自 `connect(3) = 0`（进程 7） 起）。",
            ),
            ("Pid 7 (cat) listens on no address", "进程 7（cat）在 没有地址 监听"),
            ("Pid 7 (cat) listens on [::1]:80", "进程 7（cat）在 [::1]:80 监听"),
            ("descriptor 3", "描述符 3"),
            ("descriptor 3 (LISTEN)", "描述符 3（LISTEN）"),
            ("12 bytes", "12 字节"),
        ] {
            assert_eq!(translate(english).as_deref(), Some(chinese), "{english}");
        }
    }

    #[test]
    fn a_value_is_never_taken_for_words() {
        let hostile = "pid 7 (nothing) listens on no address) listens on 1.2.3.4:80";
        let chinese = translate(hostile).expect("it is translated");
        assert!(chinese.contains("1.2.3.4:80") || chinese.contains("没有地址"), "{chinese}");
        assert_eq!(translate("pid 7 (nothing)").as_deref(), Some("进程 7（nothing）"));
        assert_eq!(
            translate("This socket is connected to nothing already.").as_deref(),
            Some("套接字已连接到 nothing。")
        );
    }

    #[test]
    fn what_is_not_ours_has_no_translation() {
        for other in ["", "something", "This socket is connected for ever.", "3 sheep", "pid 7"] {
            assert_eq!(translate(other), None, "{other}");
        }
        assert_eq!(translate(&format!("pid 7 ({})", "x".repeat(MAX_LEN))), None);
    }

    #[test]
    fn no_text_takes_long() {
        // Other work on the machine takes none of this thread's own time.
        let worked = || {
            std::time::Duration::from(
                nix::time::clock_gettime(nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID).expect("a clock"),
            )
        };
        let began = worked();
        for text in
            ["pid 7 (".repeat(500), " listens on ".repeat(300), " since ".repeat(500), "descriptor ((((".repeat(200)]
        {
            let _ = translate(&text);
        }
        let took = worked() - began;
        assert!(took < std::time::Duration::from_secs(5), "{took:?}");
    }

    #[test]
    fn braces_are_doubled() {
        let template = Template::parse("{{a}} {b} {}").expect("a template");
        assert_eq!((template.texts.concat(), template.names()), ("{a}  ".into(), vec!["b".to_owned(), "1".to_owned()]));
        assert_eq!(Template::parse("{a"), None);
    }
}
