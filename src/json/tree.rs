//! A line as a tree that borrows from it.
//!
//! Keys may come in any order, so a line is taken apart before it is understood. The parts are a flat list of places in
//! the line, whose memory the next line uses again: text is copied only where a value is kept, or has escapes.

/// How deep values may lie in each other, as serde_json has it.
const MAX_DEPTH: u32 = 127;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NodeKind {
    Null,
    True,
    False,
    Number,
    /// A string as it stands in the line.
    Plain,
    /// A string that had escapes; its place is in the unescaped text.
    Unescaped,
    /// Followed by its items.
    Array,
    /// Followed by the marks of its keys and these, each before its value.
    Object,
    /// The marks of an object's keys as a set, in two halves: most keys that are looked for are not there.
    Marks,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    kind: NodeKind,
    /// That of a key.
    mark: Mark,
    /// Where its text begins and ends; that of a string is without quotes.
    start: u32,
    end: u32,
    /// The node behind everything in it.
    next: u32,
}

/// A key's length, first and last byte: what distinguishes most keys without a look at the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(u16);

impl Mark {
    const NONE: Self = Self(0);

    #[inline]
    fn new(len: usize, first: u8, last: u8) -> Self {
        Self(
            (len as u16).wrapping_mul(0x1f35)
                ^ u16::from(first).wrapping_mul(0x0b1d)
                ^ u16::from(last).wrapping_mul(0x6d4b),
        )
    }

    fn of(key: &[u8]) -> Self {
        match key {
            [] => Self::NONE,
            [first, .., last] => Self::new(key.len(), *first, *last),
            [only] => Self::new(1, *only, *only),
        }
    }

    /// Itself as a set.
    #[inline]
    fn bit(self) -> u64 {
        1 << ((self.0 ^ self.0 >> 7) % 64)
    }
}

/// The memory of trees, used again for each line.
#[derive(Debug, Default)]
pub(super) struct Arena {
    nodes: Vec<Node>,
    unescaped: String,
}

/// The nodes of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tree<'a> {
    line: &'a str,
    memory: &'a Arena,
}

/// A value in a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    tree: Tree<'a>,
    at: usize,
}

/// An object in a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object<'a>(Item<'a>);

/// A key to look for: a name, or one and its suffix.
pub(super) trait Key: Copy {
    /// Its mark.
    fn mark(self) -> Mark;

    /// Whether this is it.
    fn is(self, key: &[u8]) -> bool;

    /// The key as a text.
    fn name(self) -> String;
}

impl Key for &str {
    #[inline]
    fn mark(self) -> Mark {
        Mark::of(self.as_bytes())
    }

    fn is(self, key: &[u8]) -> bool {
        self.as_bytes() == key
    }

    fn name(self) -> String {
        self.to_owned()
    }
}

impl Key for (&str, &str) {
    #[inline]
    fn mark(self) -> Mark {
        let (front, back) = (self.0.as_bytes(), self.1.as_bytes());
        match (front.first().or(back.first()), back.last().or(front.last())) {
            (Some(first), Some(last)) => Mark::new(front.len() + back.len(), *first, *last),
            _ => Mark::NONE,
        }
    }

    fn is(self, key: &[u8]) -> bool {
        key.strip_prefix(self.0.as_bytes()) == Some(self.1.as_bytes())
    }

    fn name(self) -> String {
        [self.0, self.1].concat()
    }
}

impl Arena {
    /// Takes a line apart.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub(super) fn tree<'a>(&'a mut self, line: &'a str) -> Result<Tree<'a>, String> {
        self.nodes.clear();
        self.unescaped.clear();
        let mut parser =
            Parser { text: line.as_bytes(), line, at: 0, nodes: &mut self.nodes, unescaped: &mut self.unescaped };
        let is_whole = u32::try_from(line.len()).is_ok() && parser.value(MAX_DEPTH).is_some() && parser.is_at_end();
        match is_whole {
            true => Ok(Tree { line, memory: self }),
            false => Err(fault(line)),
        }
    }
}

/// What is wrong with a line, in the words of a parser that knows.
#[cold]
fn fault(line: &str) -> String {
    let read = serde_json::from_str::<serde_json::Value>(line);
    read.map_or_else(|error| error.to_string(), |_| "it is too long".to_owned())
}

impl<'a> Tree<'a> {
    /// The outermost value.
    pub(super) fn root(self) -> Item<'a> {
        Item { tree: self, at: 0 }
    }
}

impl<'a> Item<'a> {
    fn node(self) -> Node {
        self.tree.memory.nodes[self.at]
    }

    /// Its text in the line; that of a string with escapes is where it is unescaped.
    pub(super) fn text(self) -> &'a str {
        let Node { kind, start, end, .. } = self.node();
        let from = if kind == NodeKind::Unescaped { &self.tree.memory.unescaped } else { self.tree.line };
        &from[start as usize..end as usize]
    }

    pub(super) fn is_null(self) -> bool {
        self.node().kind == NodeKind::Null
    }

    pub(super) fn as_bool(self) -> Option<bool> {
        match self.node().kind {
            NodeKind::True => Some(true),
            NodeKind::False => Some(false),
            _ => None,
        }
    }

    pub(super) fn as_str(self) -> Option<&'a str> {
        matches!(self.node().kind, NodeKind::Plain | NodeKind::Unescaped).then(|| self.text())
    }

    pub(super) fn as_i64(self) -> Option<i64> {
        let Node { kind, start, end, .. } = self.node();
        if kind != NodeKind::Number {
            return None;
        }
        match &self.tree.line.as_bytes()[start as usize..end as usize] {
            [b'-', digits @ ..] => 0i64.checked_sub_unsigned(whole(digits)?),
            digits => i64::try_from(whole(digits)?).ok(),
        }
    }

    pub(super) fn as_u64(self) -> Option<u64> {
        let Node { kind, start, end, .. } = self.node();
        (kind == NodeKind::Number).then(|| whole(&self.tree.line.as_bytes()[start as usize..end as usize]))?
    }

    pub(super) fn as_f64(self) -> Option<f64> {
        (self.node().kind == NodeKind::Number).then(|| self.text().parse().ok())?
    }

    pub(super) fn as_object(self) -> Option<Object<'a>> {
        (self.node().kind == NodeKind::Object).then_some(Object(self))
    }

    /// The items of a list.
    pub(super) fn as_array(self) -> Option<impl Iterator<Item = Self> + Clone> {
        (self.node().kind == NodeKind::Array).then(|| self.inside())
    }

    /// The values in it, and the keys before those of an object.
    fn inside(self) -> impl Iterator<Item = Self> + Clone {
        let Node { kind, next: end, .. } = self.node();
        let (first, end) = (self.at + 1 + usize::from(kind == NodeKind::Object), end as usize);
        let item = move |at: usize| (at < end).then_some(Self { tree: self.tree, at });
        std::iter::successors(item(first), move |before| item(before.node().next as usize))
    }
}

impl<'a> Object<'a> {
    /// Its keys and values.
    pub(super) fn iter(self) -> impl Iterator<Item = (&'a str, Item<'a>)> + Clone {
        let mut inside = self.0.inside();
        std::iter::from_fn(move || {
            let key = inside.next()?;
            Some((key.text(), inside.next()?))
        })
    }

    /// The keys whose value is null.
    pub(super) fn nulls(self) -> impl Iterator<Item = &'a str> {
        let mut inside = self.0.inside();
        std::iter::from_fn(move || Some((inside.next()?, inside.next()?)))
            .filter(|(_, value)| value.is_null())
            .map(|(key, _)| key.text())
    }

    /// The value of a key.
    #[inline]
    pub(super) fn get(self, key: impl Key) -> Option<Item<'a>> {
        let (mark, marks) = (key.mark(), self.0.tree.memory.nodes[self.0.at + 1]);
        let marks = u64::from(marks.end) << 32 | u64::from(marks.start);
        (marks & mark.bit() != 0).then(|| self.find(mark, key))?
    }

    /// The value of a key that has this mark.
    fn find(self, mark: Mark, key: impl Key) -> Option<Item<'a>> {
        let Tree { memory: Arena { nodes, unescaped }, line } = self.0.tree;
        let (mut at, end) = (self.0.at + 2, self.0.node().next as usize);
        while at < end {
            let Node { kind, start, end, mark: found, .. } = nodes[at];
            if found == mark {
                let from = if kind == NodeKind::Unescaped { unescaped } else { line };
                if key.is(&from.as_bytes()[start as usize..end as usize]) {
                    return Some(Item { at: at + 1, ..self.0 });
                }
            }
            at = nodes[at + 1].next as usize;
        }
        None
    }

    pub(super) fn contains_key(self, key: impl Key) -> bool {
        self.get(key).is_some()
    }
}

/// Takes a line apart from left to right. `None` where it is no JSON.
struct Parser<'a> {
    text: &'a [u8],
    line: &'a str,
    at: usize,
    nodes: &'a mut Vec<Node>,
    unescaped: &'a mut String,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// The next byte that is no white space.
    fn token(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    fn is_at_end(&mut self) -> bool {
        self.token().is_none()
    }

    fn push(&mut self, kind: NodeKind, start: usize, end: usize) {
        let next = self.nodes.len() as u32 + 1;
        self.nodes.push(Node { kind, mark: Mark::NONE, start: start as u32, end: end as u32, next });
    }

    fn value(&mut self, depth: u32) -> Option<()> {
        match self.token()? {
            b'"' => self.string(),
            b'{' => self.several(depth.checked_sub(1)?, NodeKind::Object, b'}'),
            b'[' => self.several(depth.checked_sub(1)?, NodeKind::Array, b']'),
            b'n' => self.word(b"null", NodeKind::Null),
            b't' => self.word(b"true", NodeKind::True),
            b'f' => self.word(b"false", NodeKind::False),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &[u8], kind: NodeKind) -> Option<()> {
        let start = self.at;
        self.at += word.len();
        self.push(kind, start, self.at);
        (self.text.get(start..self.at)? == word).then_some(())
    }

    /// An object or a list.
    fn several(&mut self, depth: u32, kind: NodeKind, close: u8) -> Option<()> {
        let (start, node) = (self.at, self.nodes.len());
        self.push(kind, start, start);
        if kind == NodeKind::Object {
            self.push(NodeKind::Marks, 0, 0);
        }
        self.at += 1;
        let mut marks = 0;
        if self.token()? != close {
            loop {
                if kind == NodeKind::Object {
                    if self.token()? != b'"' {
                        return None;
                    }
                    marks |= self.key()?.bit();
                    if self.token()? != b':' {
                        return None;
                    }
                    self.at += 1;
                }
                self.value(depth)?;
                match self.token()? {
                    b',' => self.at += 1,
                    end if end == close => break,
                    _ => return None,
                }
            }
        }
        self.at += 1;
        let next = self.nodes.len() as u32;
        self.nodes[node].end = self.at as u32;
        self.nodes[node].next = next;
        if kind == NodeKind::Object {
            self.nodes[node + 1].start = marks as u32;
            self.nodes[node + 1].end = (marks >> 32) as u32;
        }
        Some(())
    }

    fn key(&mut self) -> Option<Mark> {
        let node = self.nodes.len();
        self.string()?;
        let Node { kind, start, end, .. } = self.nodes[node];
        let from = if kind == NodeKind::Unescaped { self.unescaped.as_bytes() } else { self.text };
        let mark = Mark::of(&from[start as usize..end as usize]);
        self.nodes[node].mark = mark;
        Some(mark)
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        // A number of several digits does not begin with 0.
        match self.peek()? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        let mut is_whole = true;
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
            is_whole = false;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
            is_whole = false;
        }
        self.push(NodeKind::Number, start, self.at);
        // As serde_json, which has no infinity.
        let is_finite = |text: &str| text.parse().is_ok_and(f64::is_finite);
        (is_whole && self.at - start < 300 || is_finite(&self.line[start..self.at])).then_some(())
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        let start = self.at;
        self.at += plain(&self.text[start..]);
        if self.peek()? == b'"' {
            self.push(NodeKind::Plain, start, self.at);
            self.at += 1;
            return Some(());
        }
        let (mut from, unescaped) = (start, self.unescaped.len());
        while self.peek()? == b'\\' {
            self.unescaped.push_str(&self.line[from..self.at]);
            let escaped = self.escape()?;
            self.unescaped.push(escaped);
            from = self.at;
            self.at += plain(&self.text[from..]);
        }
        // The rest are control characters.
        if self.peek()? != b'"' {
            return None;
        }
        self.unescaped.push_str(&self.line[from..self.at]);
        self.push(NodeKind::Unescaped, unescaped, self.unescaped.len());
        self.at += 1;
        Some(())
    }

    fn escape(&mut self) -> Option<char> {
        self.at += 2;
        Some(match self.text.get(self.at - 1)? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first);
                }
                if self.text.get(self.at..self.at + 2)? != b"\\u" {
                    return None;
                }
                self.at += 2;
                let second = self.unit()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                char::from_u32(0x10000 + ((first - 0xd800) << 10 | second))?
            }
            _ => return None,
        })
    }

    /// Four hex digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
    }
}

/// A number without sign, fraction and exponent, if it has 64 bits.
fn whole(digits: &[u8]) -> Option<u64> {
    let digit = |digit: &u8| Some(digit.wrapping_sub(b'0')).filter(|digit| *digit < 10).map(u64::from);
    match digits {
        [] => None,
        // So many cannot overflow.
        _ if digits.len() < 20 => digits.iter().try_fold(0, |number, at| Some(number * 10 + digit(at)?)),
        _ => digits.iter().try_fold(0u64, |number, at| number.checked_mul(10)?.checked_add(digit(at)?)),
    }
}

/// How many bytes from here on are text of a string that stands for itself.
fn plain(text: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGH: u64 = ONES * 0x80;
    let (chunks, rest) = text.as_chunks::<8>();
    for (at, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found =
            (is_zero(word ^ (ONES * u64::from(b'"'))) | is_zero(word ^ (ONES * u64::from(b'\\'))) | control) & HIGH;
        if found != 0 {
            // The lowest mark is right; those above may be carried into.
            return at * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let tail = rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count();
    chunks.len() * 8 + tail
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Number, Value};

    use super::*;

    /// The same value as serde_json has it.
    fn value(item: Item<'_>) -> Value {
        if let Some(object) = item.as_object() {
            return Value::Object(
                object.iter().map(|(key, item)| (key.to_owned(), value(item))).collect::<Map<_, _>>(),
            );
        }
        if let Some(items) = item.as_array() {
            return Value::Array(items.map(value).collect());
        }
        let number = || {
            // The other parser takes -0 for a fraction.
            let below = || item.as_i64().filter(|n| *n < 0).map(Number::from);
            let whole = item.as_u64().map(Number::from).or_else(below);
            whole.or_else(|| Number::from_f64(item.as_f64()?)).map(Value::Number)
        };
        let text = || item.as_str().map(|text| Value::String(text.to_owned()));
        item.as_bool().map(Value::Bool).or_else(text).or_else(number).unwrap_or(Value::Null)
    }

    /// Whether both parsers make the same of a text, errors included.
    fn agrees(text: &str) {
        let ours = Arena::default().tree(text).map(|tree| value(tree.root()));
        let theirs = serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
        assert_eq!(ours, theirs, "{text}");
    }

    #[test]
    fn a_line_is_what_another_parser_makes_of_it() {
        for text in [
            r#"{"a":1,"b":[true,false,null,-7,2.5,1e3,-0.5E-2,18446744073709551615,-9223372036854775808]}"#,
            r#" [ "" , "plain text of more than eight bytes" , "\"\\\/\b\f\n\r\tü\ud83d\ude00 ü😀" , { } , [ ] ] "#,
            "{\"\u{7f}\":\"0123456\\n89\"}",
            "0",
            "-1",
            "01",
            "-",
            "1.",
            ".5",
            "1e",
            "1e999",
            "nul",
            "truth",
            "tru",
            "[1,]",
            "{\"a\":}",
            "{\"a\" 1}",
            "{a:1}",
            "\"open",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"\\udc00\"",
            "\"tab\there\"",
            "\"0123456\u{1}8\"",
            "",
            " ",
            "[",
            "{",
            "{}}",
            "1 2",
            "[1 2]",
            "[\"a\":1]",
            "{\"a\",1}",
            "nullx",
            "99999999999999999999999999",
        ] {
            agrees(text);
        }
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        for depth in [1, 100, 127, 128, 129, 100_000] {
            agrees(&deep(depth));
        }
    }

    #[test]
    fn a_key_is_found_whole_and_with_its_suffix() {
        let mut memory = Arena::default();
        let tree = memory.tree(r#"{"fd":{"fd_in":7},"fd_in":1,"fd_in_x":2,"\u0061b":3}"#).unwrap();
        let object = tree.root().as_object().unwrap();
        let number = |item: Option<Item<'_>>| item.and_then(Item::as_i64);
        assert_eq!([number(object.get(("fd", "_in"))), number(object.get("fd_in_x"))], [Some(1), Some(2)]);
        assert_eq!([number(object.get("ab")), number(object.get(("f", "_in")))], [Some(3), None]);
        // Overlapping ends are not the key.
        assert!(object.get(("fd_", "_in")).is_none());
    }

    proptest! {
        #[test]
        fn any_text_is_what_another_parser_makes_of_it(text in r#"([\[\]{},:"\\ \n]|"[a-z\\"\u{0}-\u{20}é😀]{0,12}"|-?[0-9.eE+]{1,5}|null|true|\\u[0-9a-fA-F]{3,4}){0,12}"#) {
            agrees(&text);
        }

        #[test]
        fn any_string_is_read_as_it_was_written(text in any::<String>()) {
            agrees(&serde_json::to_string(&text).unwrap());
            agrees(&serde_json::to_string(&[(&text, 1)]).unwrap());
        }
    }
}
