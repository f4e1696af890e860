//! Compares two traces, call by call.
//!
//! Processes are matched by what they do (which binds, which connects), then their threads, and each pair of threads is
//! aligned (`align`). Numbers that the kernel hands out are mapped along the alignment: where the left made descriptor
//! 3 and the right 5, every later 3 on the left must be a 5 on the right.

use std::collections::HashMap;

use crate::event::Event;
use crate::normalize::{Handle, Normalizer, Token, TokenPart, same_time};
use crate::syscall::Change;

pub(crate) mod align;
#[cfg(feature = "files")]
mod page;
mod roles;
mod show;
mod times;
mod twins;

pub use crate::normalize::Keep;
pub(crate) use align::Aligned;
#[cfg(feature = "files")]
pub(crate) use page::html;
#[cfg(feature = "cli")]
pub(crate) use show::column;
pub use show::{json, side_by_side, unified};
pub use times::times;
pub(crate) use twins::{Twins, twins};

/// What is compared, and how strictly.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CompareOptions {
    /// The accidental differences that count.
    pub keep: Keep,
    /// The calls to compare, by name; if empty, all calls, signals and exits.
    pub only: Vec<String>,
    /// Ports that were chosen at random, but not by the kernel.
    pub chosen: Vec<u16>,
}

/// The result of comparing one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Both sides made it, with the same result.
    Same,
    /// Both made it, with different arguments.
    Argument,
    /// Both made it with the same arguments, and it returned different values.
    Result,
    /// It failed on one side only, or with different errors.
    Errno,
    /// Only the left made it.
    OnlyLeft,
    /// Only the right made it.
    OnlyRight,
    /// Both made it, but at different points; the other side's row is elsewhere.
    Order,
}

impl Verdict {
    /// Its name in every output format.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Argument => "argument differs",
            Self::Result => "result differs",
            Self::Errno => "errno differs",
            Self::OnlyLeft => "only left",
            Self::OnlyRight => "only right",
            Self::Order => "order differs",
        }
    }
}

/// One difference between two calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The argument's name; `ret` and `errno` for the result.
    pub(crate) part: &'static str,
    /// The left's value, as compared.
    pub(crate) left: String,
    /// The right's.
    pub(crate) right: String,
}

/// One row of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The result of a comparison.
    pub(crate) verdict: Verdict,
    /// The event's index in the left trace.
    pub(crate) left: Option<usize>,
    /// The event's index in the right trace.
    pub(crate) right: Option<usize>,
    /// The parts that differ.
    pub(crate) differences: Vec<Difference>,
}

/// Two threads that were compared; one is `None` where the other has no partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Thread on the left.
    pub(crate) left: Option<u32>,
    /// Thread on the right.
    pub(crate) right: Option<u32>,
    /// Their calls, in an order that agrees with both sides.
    pub(crate) rows: Vec<Row>,
}

/// The result of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Thread by thread.
    pub(crate) pairs: Vec<Pair>,
}

impl Difference {
    /// The argument's name; `ret` and `errno` for the result.
    pub fn part(&self) -> &'static str {
        self.part
    }

    /// The left's value, as compared.
    pub fn left(&self) -> &str {
        &self.left
    }

    /// The right's.
    pub fn right(&self) -> &str {
        &self.right
    }
}

impl Row {
    /// The result of comparing them.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The event's index in the left trace.
    pub fn left(&self) -> Option<usize> {
        self.left
    }

    /// The event's index in the right trace.
    pub fn right(&self) -> Option<usize> {
        self.right
    }

    /// The parts that differ.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }
}

impl Pair {
    /// Thread on the left; `None` where the right's has no partner.
    pub fn left(&self) -> Option<u32> {
        self.left
    }

    /// Thread on the right.
    pub fn right(&self) -> Option<u32> {
        self.right
    }

    /// Their calls, in an order that agrees with both sides.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}

impl Comparison {
    /// Thread by thread.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// Whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.rows().all(|row| row.verdict == Verdict::Same)
    }

    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.pairs.iter().flat_map(|pair| &pair.rows)
    }

    /// How many rows have each verdict, in the order of [`Verdict`].
    pub fn counts(&self) -> Vec<(&'static str, usize)> {
        use Verdict::{Argument, Errno, OnlyLeft, OnlyRight, Order, Result, Same};
        let verdicts = [Same, Argument, Result, Errno, OnlyLeft, OnlyRight, Order];
        let count = |verdict: &Verdict| self.rows().filter(|row| row.verdict == *verdict).count();
        verdicts.iter().map(|verdict| (verdict.name(), count(verdict))).collect()
    }
}

/// Compares two traces.
pub fn compare(left: &[Event], right: &[Event], options: &CompareOptions) -> Comparison {
    let (left, right) = (Tokens::of(left, options), Tokens::of(right, options));
    let (lefts, rights) = (roles::threads(&left), roles::threads(&right));
    let pairs = roles::pair(&lefts, &rights);
    let mut known = HandleMap::default();
    let pairs = pairs.into_iter().map(|(l, r)| {
        let (l, r) = (l.map(|l| &lefts[l]), r.map(|r| &rights[r]));
        let (calls, signals) = l.map(|l| l.tokens(&left)).unwrap_or_default();
        let (other_calls, other_signals) = r.map(|r| r.tokens(&right)).unwrap_or_default();
        let calls = thread(&calls, &other_calls, &mut known);
        let rows = interleaved(calls, thread(&signals, &other_signals, &mut known));
        Pair { left: l.map(|l| l.tid), right: r.map(|r| r.tid), rows }
    });
    Comparison { pairs: pairs.filter(|pair| !pair.rows.is_empty()).collect() }
}

/// What is compared of a trace.
pub(crate) struct Tokens<'a> {
    events: &'a [Event],
    normalizer: Normalizer,
    only: &'a [String],
}

impl<'a> Tokens<'a> {
    /// Of these events.
    pub(crate) fn of(events: &'a [Event], options: &'a CompareOptions) -> Self {
        Self { events, normalizer: Normalizer::new(events, options.keep, &options.chosen), only: &options.only }
    }

    /// What is compared of the event at a place.
    pub(crate) fn token(&self, at: usize) -> Option<Token> {
        let token = self.normalizer.token(at, self.events.get(at)?)?;
        (self.only.is_empty() || self.only.iter().any(|only| only == token.name)).then_some(token)
    }

    /// All of it.
    pub(crate) fn all(&self) -> impl Iterator<Item = Token> {
        (0..self.events.len()).filter_map(|at| self.token(at))
    }
}

/// Which number on the left corresponds to which on the right.
#[derive(Debug, Default)]
struct HandleMap {
    right_of: HashMap<Handle, Handle>,
    left_of: HashMap<Handle, Handle>,
}

impl HandleMap {
    /// Whether two numbers may correspond. Two that are both new do, from now on.
    fn same(&mut self, left: Handle, right: Handle) -> bool {
        if let (Handle::Time(left), Handle::Time(right)) = (left, right) {
            return same_time(left, right);
        }
        match (self.right_of.get(&left), self.left_of.get(&right)) {
            (Some(known), _) => *known == right,
            (None, Some(_)) => false,
            (None, None) => {
                self.bind(left, right);
                true
            }
        }
    }

    /// The two correspond from now on, whatever they did before.
    fn bind(&mut self, left: Handle, right: Handle) {
        if let Some(old) = self.right_of.insert(left, right) {
            self.left_of.remove(&old);
        }
        if let Some(old) = self.left_of.insert(right, left)
            && old != left
        {
            self.right_of.remove(&old);
        }
    }

    /// A number was released, or made on one side only.
    fn forget_left(&mut self, left: Handle) {
        if let Some(right) = self.right_of.remove(&left) {
            self.left_of.remove(&right);
        }
    }

    fn forget_right(&mut self, right: Handle) {
        if let Some(left) = self.left_of.remove(&right) {
            self.right_of.remove(&left);
        }
    }

    /// Both sides made a call that closes this. (A descriptor that replaces a closed one is bound where it is seen.)
    fn close(&mut self, left: Change, right: Change) {
        let closed = |change: Change, known: &HashMap<Handle, Handle>| match change {
            Change::Closes(fd) => vec![Handle::Fd(fd)],
            Change::ClosesRange(..) => {
                let closes = |handle: &&Handle| matches!(handle, Handle::Fd(fd) if change.closes(*fd, true));
                known.keys().filter(closes).copied().collect()
            }
            _ => Vec::new(),
        };
        closed(left, &self.right_of).into_iter().for_each(|handle| self.forget_left(handle));
        closed(right, &self.left_of).into_iter().for_each(|handle| self.forget_right(handle));
    }
}

/// Compares two threads.
fn thread(left: &[Token], right: &[Token], known: &mut HandleMap) -> Vec<Row> {
    let mut rows = Vec::new();
    for step in align::align(left, right) {
        rows.push(match step {
            Aligned::Both(l, r) => both(&left[l], &right[r], known),
            Aligned::Left(l) => {
                left[l].made.iter().for_each(|fd| known.forget_left(Handle::Fd(*fd)));
                Row { verdict: Verdict::OnlyLeft, left: Some(left[l].at), right: None, differences: Vec::new() }
            }
            Aligned::Right(r) => {
                right[r].made.iter().for_each(|fd| known.forget_right(Handle::Fd(*fd)));
                Row { verdict: Verdict::OnlyRight, left: None, right: Some(right[r].at), differences: Vec::new() }
            }
        });
    }
    moved(&mut rows, left, right);
    rows
}

/// The rows of a thread with those of its process's signals, each where it was on the left or else on the right.
fn interleaved(rows: Vec<Row>, signals: Vec<Row>) -> Vec<Row> {
    let before = |signal: &Row, row: &Row| match (signal.left, row.left) {
        (Some(signal), Some(row)) => signal < row,
        _ => signal.right.zip(row.right).is_some_and(|(signal, row)| signal < row),
    };
    let mut all = Vec::with_capacity(rows.len() + signals.len());
    let mut signals = signals.into_iter().peekable();
    for row in rows {
        while let Some(signal) = signals.next_if(|signal| before(signal, &row)) {
            all.push(signal);
        }
        all.push(row);
    }
    all.extend(signals);
    all
}

/// Compares two calls that were aligned.
fn both(left: &Token, right: &Token, known: &mut HandleMap) -> Row {
    for (l, r) in left.made.iter().zip(&right.made) {
        known.bind(Handle::Fd(*l), Handle::Fd(*r));
    }
    let mut differences = Vec::new();
    let mut verdict = Verdict::Same;
    for at in 0..left.parts.len().max(right.parts.len()) {
        // The result is last on both sides, regardless of the number of arguments.
        let (l, r) = if at + 1 == left.parts.len().max(right.parts.len()) {
            (left.parts.last(), right.parts.last())
        } else {
            (argument(left, at), argument(right, at))
        };
        let Some(difference) = differ(l, r, known) else { continue };
        let found = match (difference.part, left.failed || right.failed) {
            ("errno", _) => Verdict::Errno,
            ("ret", true) => Verdict::Errno,
            ("ret", false) => Verdict::Result,
            _ => Verdict::Argument,
        };
        let first = verdict == Verdict::Same;
        if first || found == Verdict::Errno {
            verdict = found;
        }
        differences.push(difference);
    }
    // Closed descriptors may be reused.
    if !left.failed && !right.failed {
        known.close(left.change, right.change);
    }
    Row { verdict, left: Some(left.at), right: Some(right.at), differences }
}

fn argument(token: &Token, at: usize) -> Option<&TokenPart> {
    token.parts.get(at).filter(|_| at + 1 < token.parts.len())
}

fn differ(left: Option<&TokenPart>, right: Option<&TokenPart>, known: &mut HandleMap) -> Option<Difference> {
    let show = |part: Option<&TokenPart>| match part {
        None => String::new(),
        Some(part) if part.handles.is_empty() => part.text.clone(),
        Some(part) => {
            let number = |handle: &Handle| match handle {
                Handle::Fd(fd) => fd.to_string(),
                Handle::Port(port) => port.to_string(),
                Handle::Time(ns) => format!("{} ms", ns / 1_000_000),
            };
            let numbers: Vec<_> = part.handles.iter().map(number).collect();
            format!("{} ({})", part.text, numbers.join(" "))
        }
    };
    if let (Some(l), Some(r)) = (left, right)
        && l.name == r.name
        && l.text == r.text
        && l.handles.len() == r.handles.len()
    {
        let mut same = true;
        for (l, r) in l.handles.iter().zip(&r.handles) {
            same &= known.same(*l, *r);
        }
        if same {
            return None;
        }
    }
    let name = match (left, right) {
        (Some(l), Some(r)) if l.name != r.name => "errno",
        (Some(part), _) | (None, Some(part)) => part.name,
        (None, None) => return None,
    };
    Some(Difference { part: name, left: show(left), right: show(right) })
}

/// Marks calls that both sides made at different points as moved, on both rows.
fn moved(rows: &mut [Row], left: &[Token], right: &[Token]) {
    let mut waiting: HashMap<Vec<&str>, Vec<usize>> = HashMap::new();
    let token = |side: &'_ [Token], at: usize| side.binary_search_by_key(&at, |token| token.at).ok();
    for (at, row) in rows.iter().enumerate() {
        if row.verdict == Verdict::OnlyLeft
            && let Some(token) = row.left.and_then(|event| token(left, event))
        {
            waiting.entry(left[token].key().collect()).or_default().push(at);
        }
    }
    for at in 0..rows.len() {
        if rows[at].verdict != Verdict::OnlyRight {
            continue;
        }
        let Some(token) = rows[at].right.and_then(|event| token(right, event)) else { continue };
        let key: Vec<_> = right[token].key().collect();
        if let Some(partners) = waiting.get_mut(&key)
            && !partners.is_empty()
        {
            let partner = partners.remove(0);
            rows[at].verdict = Verdict::Order;
            rows[partner].verdict = Verdict::Order;
        }
    }
}
