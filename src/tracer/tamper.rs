//! What is done to calls on purpose: strace's `-e inject=` and `-e fault=`, so that a program's paths for errors, delays
//! and signals can be tested without changing it. Calls can be selected by the line of Python that makes them too.

use super::CallSet;
use crate::event::PythonStack;
use crate::syscall::{self, Class};
use crate::xlat::errno::ERRNO;
use crate::xlat::signal::signal_number;

/// The highest number of an error.
const MAX_ERRNO: u64 = 4095;
/// What a call is replaced by that is not to be made: no call has this number.
const NO_CALL: u64 = u64::MAX;

/// What is done to which calls.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Tamper {
    /// The calls.
    pub calls: CallSet,
    /// What they return instead of being made: the result, or the negative number of an error.
    pub result: Option<Forged>,
    /// A call without effects that is made in their place.
    pub replacement: Option<u64>,
    /// The signal that is sent when they are entered, 0 for none.
    pub signal: i32,
    /// How long they wait before they are made, ns.
    pub delay_enter: Option<u64>,
    /// How long they wait after they were made, ns.
    pub delay_exit: Option<u64>,
    /// What is written, before they are made, to where an argument (from 0) points.
    pub poke_enter: Vec<(usize, Vec<u8>)>,
    /// What is written there after they were made.
    pub poke_exit: Vec<(usize, Vec<u8>)>,
    /// Which of each thread's calls of one name, counted from 1.
    pub when: Occasions,
    /// The line of Python that makes the call, or that led to it.
    pub line: Option<PythonPlace>,
}

/// What a call returns that was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forged {
    /// This error.
    Error(i32),
    /// This result.
    Success(u64),
}

impl Forged {
    /// As it stands in the register.
    pub(super) fn register(self) -> i64 {
        match self {
            Self::Error(errno) => -i64::from(errno),
            Self::Success(result) => result as i64,
        }
    }
}

/// Which of several calls: `FIRST[..LAST][+STEP]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Occasions {
    /// The first, from 1.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// How far apart they are.
    pub step: u64,
}

impl Occasions {
    const ALWAYS: Self = Self { first: 1, last: u64::MAX, step: 1 };

    /// Whether the call with this number, from 1, is one of them.
    fn include(self, number: u64) -> bool {
        (self.first..=self.last).contains(&number) && (number - self.first).is_multiple_of(self.step)
    }
}

/// A line of a Python file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PythonPlace {
    /// The file: its name, or the end of its path from a folder's name on.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

impl PythonPlace {
    /// Whether one of the frames stands there.
    fn is_in(&self, stack: &PythonStack) -> bool {
        stack.frames.iter().any(|frame| {
            let before = frame.file.strip_suffix(self.file.as_str());
            frame.line == Some(self.line) && before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
    }
}

/// Why what is to be done to calls could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TamperError(String);

impl Tamper {
    /// Reads what follows `inject=`, or with `fault` what follows `fault=`.
    pub fn parse(text: &str, fault: bool) -> Result<Self, TamperError> {
        let mut words = text.split(':').peekable();
        let calls = CallSet::parse(words.next().unwrap_or_default()).map_err(|error| TamperError(error.to_string()))?;
        let mut this = Self {
            calls,
            result: None,
            replacement: None,
            signal: 0,
            delay_enter: None,
            delay_exit: None,
            poke_enter: Vec::new(),
            poke_exit: Vec::new(),
            when: Occasions::ALWAYS,
            line: None,
        };
        let mut seen: Vec<&str> = Vec::new();
        while let Some(word) = words.next() {
            let (key, mut value) = word.split_once('=').unwrap_or((word, ""));
            let whole;
            if key == "line"
                && let Some(number) = words.next_if(|next| next.bytes().all(|b| b.is_ascii_digit()))
            {
                whole = format!("{value}:{number}");
                value = &whole;
            }
            let only_fault = matches!(key, "error" | "when" | "line");
            if seen.contains(&key) || (fault && !only_fault) {
                return Err(TamperError(match seen.contains(&key) {
                    true => format!("{key} is given twice"),
                    false => format!("fault= takes error=, when= and line=, not {key:?}; inject= takes all"),
                }));
            }
            seen.push(key);
            this.set(key, value).ok_or_else(|| wrong(key, value))?;
        }
        if seen.contains(&"error") && seen.contains(&"retval") {
            return Err(TamperError("a call returns an error or a value: give error= or retval=, not both".into()));
        }
        if fault {
            this.result.get_or_insert(Forged::Error(libc::ENOSYS));
        }
        if this.replacement.is_some() && this.result.is_none() {
            return Err(TamperError("syscall= needs error= or retval=: what the call returns".into()));
        }
        let idle = this.result.is_none() && this.signal == 0 && this.delay_enter.is_none() && this.delay_exit.is_none();
        if idle && this.poke_enter.is_empty() && this.poke_exit.is_empty() {
            let try_this = "say error=, retval=, signal=, delay_enter=, delay_exit=, poke_enter= or poke_exit=";
            return Err(TamperError(format!("nothing is to be done; {try_this}")));
        }
        Ok(this)
    }

    /// Reads one of the words behind the calls.
    fn set(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "error" => {
                let upper = value.to_ascii_uppercase();
                let number = ERRNO.value(&upper).or_else(|| value.parse().ok());
                self.result = Some(Forged::Error(number.filter(|n| (1..=MAX_ERRNO).contains(n))? as i32));
            }
            "retval" => self.result = Some(Forged::Success(wide_number(value)?)),
            "signal" => self.signal = signal(value)?,
            "syscall" => {
                let pure = syscall::by_name(value).filter(|sys| sys.class.contains(Class::PURE))?;
                self.replacement = Some(u64::try_from(pure.nr).ok()?);
            }
            "delay_enter" => self.delay_enter = Some(duration(value)?),
            "delay_exit" => self.delay_exit = Some(duration(value)?),
            "poke_enter" => self.poke_enter = pokes(value)?,
            "poke_exit" => self.poke_exit = pokes(value)?,
            "when" => self.when = occasions(value)?,
            "line" => {
                let (file, line) = value.rsplit_once(':')?;
                let line = line.parse().ok().filter(|line| *line > 0)?;
                self.line = (!file.is_empty()).then(|| PythonPlace { file: file.into(), line });
                self.line.as_ref()?;
            }
            _ => return None,
        }
        Some(())
    }

    /// Whether it is about this call, made by that Python code.
    fn concerns(&self, nr: u64, python: Option<&PythonStack>) -> bool {
        let there = self.line.as_ref().is_none_or(|line| python.is_some_and(|stack| line.is_in(stack)));
        there && self.calls.contains(nr)
    }

    /// The call that is made instead.
    pub(super) fn number(&self) -> Option<u64> {
        self.result.map(|_| self.replacement.unwrap_or(NO_CALL))
    }

    /// What strace writes behind the result of such a call.
    pub(super) fn mark(&self) -> Option<Box<str>> {
        let pokes = !self.poke_enter.is_empty() || !self.poke_exit.is_empty();
        let injected = match (pokes, self.result.is_some()) {
            (true, true) => Some("(INJECTED: args, retval)"),
            (true, false) => Some("(INJECTED: args)"),
            (false, true) => Some("(INJECTED)"),
            (false, false) => None,
        };
        let delayed = (self.delay_enter.is_some() || self.delay_exit.is_some()).then_some("(DELAYED)");
        match (injected, delayed) {
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => Some(one.into()),
            (Some(one), Some(other)) => Some(format!("{one} {other}").into()),
        }
    }
}

/// Whose calls were counted how often.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts(Vec<((usize, u64), u64)>);

impl Counts {
    /// Which of `tampers` is to be done to a thread's call, if any: of several about one call the last counts.
    pub(super) fn due<'a>(
        &mut self,
        tampers: &'a [Tamper],
        nr: u64,
        python: Option<&PythonStack>,
    ) -> Option<&'a Tamper> {
        let (at, tamper) = tampers.iter().enumerate().rfind(|(_, tamper)| tamper.concerns(nr, python))?;
        let key = (at, nr);
        let known = self.0.iter().position(|(known, _)| *known == key);
        let place = known.unwrap_or_else(|| {
            self.0.push((key, 0));
            self.0.len() - 1
        });
        let count = &mut self.0[place].1;
        *count += 1;
        tamper.when.include(*count).then_some(tamper)
    }
}

/// What is wrong with a word, and what it may be.
fn wrong(key: &str, value: &str) -> TamperError {
    let expected = match key {
        "error" => "the name of an error, or a number from 1 to 4095",
        "retval" => "a number",
        "signal" => "the name of a signal, or its number from 1 to 64",
        "syscall" => "a call without effects, such as getpid",
        "delay_enter" | "delay_exit" => "a time in microseconds, or with s, ms, us or ns behind it",
        "poke_enter" | "poke_exit" => "@arg1=HEX,@arg2=HEX with pairs of hexadecimal digits, each argument once",
        "when" => "FIRST, FIRST+, FIRST+STEP, FIRST..LAST or FIRST..LAST+STEP, counted from 1",
        "line" => "FILE:LINE",
        _ => {
            return TamperError(format!(
                "there is no {key:?}; say error, retval, signal, syscall, delay_enter, delay_exit, poke_enter, \
                 poke_exit, when or line"
            ));
        }
    };
    TamperError(format!("{key}={value}: say {expected}"))
}

fn signal(text: &str) -> Option<i32> {
    let upper = text.to_ascii_uppercase();
    let named = if upper.starts_with("SIG") { signal_number(&upper) } else { signal_number(&format!("SIG{upper}")) };
    let number = named.or_else(|| text.parse().ok())?;
    (1..=64).contains(&number).then_some(number as i32)
}

/// A number as wide as a register: decimal, octal with 0, hexadecimal with 0x; a negative one too.
fn wide_number(text: &str) -> Option<u64> {
    let (digits, negative) = text.strip_prefix('-').map_or((text, false), |digits| (digits, true));
    let number = match (digits.strip_prefix("0x"), digits.strip_prefix('0')) {
        (Some(hex), _) => u64::from_str_radix(hex, 16).ok()?,
        (None, Some(octal)) if !octal.is_empty() => u64::from_str_radix(octal, 8).ok()?,
        _ => digits.parse().ok()?,
    };
    Some(if negative { number.wrapping_neg() } else { number })
}

/// A time as strace takes it, ns: a decimal number of microseconds, or with its unit.
pub(crate) fn duration(text: &str) -> Option<u64> {
    let (number, ns) = ["ns", "us", "ms", "s"]
        .iter()
        .zip([1.0, 1e3, 1e6, 1e9])
        .find_map(|(unit, ns)| Some((text.strip_suffix(unit)?, ns)))
        .unwrap_or((text, 1e3));
    let plain = number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    let number: f64 = number.parse().ok().filter(|_| plain)?;
    (number >= 0.0).then(|| (number * ns).round() as u64)
}

fn pokes(text: &str) -> Option<Vec<(usize, Vec<u8>)>> {
    let mut all: Vec<(usize, Vec<u8>)> = Vec::new();
    for part in text.split(',') {
        let (number, hex) = part.strip_prefix("@arg")?.split_once('=')?;
        let at = number.parse::<usize>().ok().filter(|n| (1..=6).contains(n))? - 1;
        let whole = !hex.is_empty() && hex.len().is_multiple_of(2) && hex.bytes().all(|b| b.is_ascii_hexdigit());
        if !whole || all.iter().any(|(other, _)| *other == at) {
            return None;
        }
        let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok());
        all.push((at, bytes.collect::<Option<_>>()?));
    }
    Some(all)
}

fn occasions(text: &str) -> Option<Occasions> {
    let positive = |text: &str| text.parse::<u64>().ok().filter(|n| *n > 0);
    let (range, step) = text.split_once('+').map_or((text, None), |(range, step)| (range, Some(step)));
    let (first, last) = range.split_once("..").map_or((range, None), |(first, last)| (first, Some(last)));
    let first = positive(first)?;
    let last = match last {
        Some(last) => positive(last).filter(|last| *last >= first)?,
        None if step.is_some() => u64::MAX,
        None => first,
    };
    let step = match step {
        None | Some("") => 1,
        Some(step) => positive(step)?,
    };
    Some(Occasions { first, last, step })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::PythonFrame;
    use std::sync::Arc;

    /// What strace 6.1 takes, and what it refuses.
    #[test]
    fn the_grammar_is_straces() {
        let tamper =
            Tamper::parse("chdir,rmdir:error=eperm:signal=sigusr1:when=2..8+3:delay_exit=1.5ms", false).unwrap();
        assert_eq!((tamper.result, tamper.signal), (Some(Forged::Error(libc::EPERM)), libc::SIGUSR1));
        assert_eq!(tamper.delay_exit, Some(1_500_000));
        let due: Vec<u64> = (1..12).filter(|n| tamper.when.include(*n)).collect();
        assert_eq!(due, [2, 5, 8]);
        assert_eq!(tamper.mark().as_deref(), Some("(INJECTED) (DELAYED)"));
        let poked = Tamper::parse("read:poke_exit=@arg2=00ff,@arg1=41:retval=-1", false).unwrap();
        assert_eq!(poked.poke_exit, [(1, vec![0, 255]), (0, vec![0x41])]);
        assert_eq!(poked.result, Some(Forged::Success(u64::MAX)));
        assert_eq!(poked.mark().as_deref(), Some("(INJECTED: args, retval)"));
        assert_eq!(Tamper::parse("chdir", true).unwrap().result, Some(Forged::Error(libc::ENOSYS)));
        assert_eq!(Tamper::parse("chdir:signal=USR1", false).unwrap().mark(), None);
        for wrong in [
            "chdir",
            "chdir:when=1",
            "chdir:error=FOO",
            "chdir:error=4096",
            "chdir:error=EPERM:retval=1",
            "chdir:error=EPERM:error=EPERM",
            "chdir:error=EPERM:bla",
            "chdir:error=EPERM:when=0",
            "chdir:error=EPERM:when=2..1",
            "chdir:error=EPERM:when=2..",
            "chdir:error=EPERM:when=1+0",
            "chdir:signal=0",
            "chdir:signal=65",
            "chdir:syscall=chdir:retval=1",
            "chdir:syscall=getpid",
            "chdir:delay_enter=-1",
            "chdir:delay_enter=0x10",
            "chdir:delay_enter=1m",
            "chdir:delay_enter=ms",
            "chdir:poke_enter=arg1=00",
            "chdir:poke_enter=@arg8=00",
            "chdir:poke_enter=@arg1=0",
            "chdir:poke_enter=@arg1=00,@arg1=01",
            "chdir:retval=x",
            "chdir:retval=5000000000000000000000",
            "nosuch:error=EPERM",
            ":error=EPERM",
            "chdir:error=EPERM:line=12",
        ] {
            assert!(Tamper::parse(wrong, false).is_err(), "{wrong}");
        }
        for wrong in ["chdir:retval=1", "chdir:signal=USR1", "chdir:delay_enter=1"] {
            assert!(Tamper::parse(wrong, true).is_err(), "{wrong}");
        }
    }

    /// Of several about one call the last counts, and each thread counts its calls of each name.
    #[test]
    fn the_last_counts() {
        let parse = |text| Tamper::parse(text, false).unwrap();
        let all = [parse("chdir,rmdir:error=EPERM:when=2"), parse("rmdir:error=EIO:when=1")];
        let (chdir, rmdir) = (libc::SYS_chdir as u64, libc::SYS_rmdir as u64);
        let mut counts = Counts::default();
        let mut due = |nr| counts.due(&all, nr, None).map(|tamper| tamper.result.unwrap().register() as i32);
        assert_eq!(
            [due(chdir), due(rmdir), due(chdir), due(rmdir), due(chdir)],
            [None, Some(-libc::EIO), Some(-libc::EPERM), None, None]
        );
    }

    #[test]
    fn a_line_is_one_of_the_stacks() {
        let tamper = Tamper::parse("connect:error=ECONNREFUSED:line=app/client.py:12:when=1", false).unwrap();
        let stack = |file: &str, line| {
            PythonStack::new(vec![
                Arc::new(PythonFrame::new("/usr/lib/python3/socket.py", Some(3), "create_connection")),
                Arc::new(PythonFrame::new(file, Some(line), "main")),
            ])
        };
        let nr = libc::SYS_connect as u64;
        assert!(tamper.concerns(nr, Some(&stack("/src/app/client.py", 12))));
        assert!(tamper.concerns(nr, Some(&stack("app/client.py", 12))));
        assert!(!tamper.concerns(nr, Some(&stack("/src/myapp/client.py", 12))));
        assert!(!tamper.concerns(nr, Some(&stack("/src/app/client.py", 13))));
        assert!(!tamper.concerns(nr, None) && !tamper.concerns(0, Some(&stack("app/client.py", 12))));
    }
}
