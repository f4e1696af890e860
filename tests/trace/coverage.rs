//! The differential tests are only as good as what they make a program do: every call of the table must be made by the
//! subjects with good, NULL, bad, short, long and unknown arguments. What is missing is listed here.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;

use sockscope::syscall::{self, Class, Syscall, Ty};

use crate::subject;

/// Where `expect.h` puts its memory, and the unmapped page behind it.
const ARENA: u64 = 0x1000_0000_0000;
const BAD: u64 = ARENA + 0x20000;

/// What was seen of one call: of each argument its values, and how it ended.
#[derive(Debug, Default)]
struct Seen {
    arguments: Vec<BTreeSet<u64>>,
    succeeded: bool,
    failed: bool,
    unknown: bool,
}

/// Splits `name(a, b) = result`.
fn split(line: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = line.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(") = ")?;
    Some((name, arguments, result))
}

/// Whether an argument is a pointer to memory.
fn is_pointer(ty: Ty) -> bool {
    !is_number(ty)
        && !matches!(
            ty,
            Ty::Fd
                | Ty::DirFd
                | Ty::Const(_)
                | Ty::Flags(_)
                | Ty::SockType
                | Ty::Protocol { .. }
                | Ty::OptName { .. }
                | Ty::CommandArg { .. }
        )
}

/// Whether an argument is a plain number: a length, a count, a backlog, a timeout.
fn is_number(ty: Ty) -> bool {
    matches!(ty, Ty::Int | Ty::Millis | Ty::Uint | Ty::Size | Ty::Hex)
}

/// Whether the argument's values have names, some of which nobody gave.
fn is_named(ty: Ty) -> bool {
    matches!(ty, Ty::Const(_) | Ty::Flags(_) | Ty::SockType | Ty::Protocol { .. } | Ty::OptName { .. })
}

/// What nobody did with a call.
fn missing(sys: &Syscall, seen: &Seen) -> Vec<String> {
    let mut gaps = Vec::new();
    if !seen.succeeded {
        gaps.push("never succeeds".to_string());
    }
    if !seen.failed {
        gaps.push("never fails".to_string());
    }
    if sys.params().iter().any(|param| is_named(param.ty())) && !seen.unknown {
        gaps.push("never has a constant without a name".to_string());
    }
    for (at, param) in sys.params().iter().enumerate() {
        let values = seen.arguments.get(at).cloned().unwrap_or_default();
        let mut want = |what: &str, is: &dyn Fn(u64) -> bool| {
            if !values.iter().any(|value| is(*value)) {
                gaps.push(format!("{} is never {what}", param.name()));
            }
        };
        if matches!(param.ty(), Ty::Fd | Ty::DirFd) {
            want("an open descriptor", &|value| (value as i32) >= 0);
            want("no descriptor", &|value| (value as i32) < 0);
        } else if is_pointer(param.ty()) {
            want("NULL", &|value| value == 0);
            want("good", &|value| (ARENA..BAD).contains(&value));
            want("bad", &|value| (BAD..BAD + 0x1000).contains(&value));
        } else if is_number(param.ty()) {
            want("small", &|value| (value as i32) <= 0);
            want("usual", &|value| (1..1 << 20).contains(&value));
            want("absurdly large", &|value| value as u32 >= 0x7fff_ffff);
        }
    }
    gaps
}

#[test]
fn every_call_of_the_table_is_made_in_every_way() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tracer: Vec<_> = [env!("CARGO_BIN_EXE_sockscope"), "trace"].iter().chain(crate::WAY).map(OsStr::new).collect();
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    for subject in subject::all() {
        if subject.namespace {
            continue; // what it adds is not counted, so that the answer is the same where namespaces are forbidden
        }
        let program = subject::compile(&subject, folder.path());
        let plain = subject::run(&subject, &program, &tracer, &[]).trace;
        let raw = subject::run(&subject, &program, &tracer, &["-e", "raw=!dup"]).trace;
        assert_eq!(plain.len(), raw.len(), "{}", subject.name);
        for (plain, raw) in plain.iter().zip(&raw) {
            let Some((name, arguments, result)) = split(raw) else { continue };
            let seen = seen.entry(name.to_string()).or_default();
            // The marks are calls of dup, which therefore stays as it is.
            let number = |word: &str| match word.strip_prefix("0x") {
                Some(digits) => u64::from_str_radix(digits, 16).ok(),
                None => word.parse::<i64>().ok().map(|value| value as u64),
            };
            let values: Vec<u64> = arguments.split(", ").flat_map(number).collect();
            seen.arguments.resize(values.len().max(seen.arguments.len()), BTreeSet::new());
            for (all, value) in seen.arguments.iter_mut().zip(values) {
                all.insert(value);
            }
            let failed = result.starts_with("-1 ");
            seen.failed |= failed;
            seen.succeeded |= !failed;
            seen.unknown |= plain.contains(" /* ") || plain.contains("|0x") || plain.contains("_IOC(");
        }
    }
    let nothing = Seen::default();
    let mut gaps = Vec::new();
    // The calls that no socket needs are made in every way by number: `tests/subjects/every_sweep.c`.
    let by_hand = |sys: &&Syscall| sys.class().contains(Class::SOCKETS) || sys.name() == "openat";
    // A call that only other machines have cannot be made here.
    for sys in syscall::table().filter(by_hand).filter(|sys| sys.nr() >= 0) {
        let seen = seen.get(sys.name()).unwrap_or(&nothing);
        gaps.extend(missing(sys, seen).into_iter().map(|gap| format!("{}: {gap}", sys.name())));
    }
    assert!(gaps.is_empty(), "tests/subjects leaves out:\n{}", gaps.join("\n"));
}
