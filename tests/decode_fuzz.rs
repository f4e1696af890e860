//! Whatever a program passes and whatever its memory holds, decoding and writing never panic and always end.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and says why on standard error"
)]

use proptest::prelude::*;
use sockscope::decode::{self, Context, Limits, NoNames};
use sockscope::event::{Body, Call, Errno, Event, Ret};
use sockscope::memory::Lent;
use sockscope::syscall;
use sockscope::text::{self, ConstStyle, HexStrings, Style};
use sockscope::value::siginfo;

/// Where the lent memory lies.
const BASE: u64 = 0x1000;

/// Registers: small numbers, known constants, pointers into the memory and past it, and anything.
fn register() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0..300u64,
        4 => BASE - 8..BASE + 600,
        1 => Just(0u64),
        1 => Just(u64::MAX),
        1 => Just(u64::from(u32::MAX)),
        1 => 0x8900..0x8a00u64,
        1 => 0x5400..0x5460u64,
        1 => 1020..1040u64,
        1 => any::<u64>(),
    ]
}

/// Memory: random bytes, or words that are themselves small numbers or pointers.
fn memory() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..512),
        proptest::collection::vec(register(), 0..64)
            .prop_map(|words| words.into_iter().flat_map(u64::to_ne_bytes).collect()),
        proptest::collection::vec(0..64u32, 0..128)
            .prop_map(|words| words.into_iter().flat_map(u32::to_ne_bytes).collect()),
    ]
}

fn returned() -> impl Strategy<Value = Ret> {
    prop_oneof![
        (0..300i64).prop_map(Ret::Ok),
        any::<i64>().prop_map(Ret::Ok),
        (-10..600i32).prop_map(|n| Ret::Err(Errno(n))),
        Just(Ret::Unfinished),
    ]
}

fn style() -> impl Strategy<Value = Style> {
    let hex = prop_oneof![Just(HexStrings::Never), Just(HexStrings::NonPrintable), Just(HexStrings::Always)];
    let names = prop_oneof![Just(ConstStyle::Abbrev), Just(ConstStyle::Raw), Just(ConstStyle::Verbose)];
    (hex, names, any::<bool>()).prop_map(|(hex, names, verbose)| Style { hex, names, verbose, ..Style::default() })
}

fn written(call: Call, style: &Style) -> String {
    let mut line = String::new();
    let event = Event { seq: 0, ts_ns: 0, pid: 1, tid: 1, body: Body::Call(call) };
    text::write(&event, style, &mut line);
    line
}

/// What was decoded and written is read as the same.
fn assert_comes_back(call: Call) -> Result<(), TestCaseError> {
    let line = written(call.clone(), &Style::default());
    let read = text::parse::line(&line);
    let Body::Call(read) = read else { return Err(TestCaseError::fail(format!("not a call: {line}"))) };
    let again = written(read.clone(), &Style::default());
    prop_assert_eq!(&again, &line, "written otherwise");
    prop_assert_eq!(read, call, "{}", line);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Every entry of the table, with the same registers and memory (which differs at exit).
    #[test]
    fn any_call_is_decoded_and_written(
        regs in proptest::array::uniform6(register()),
        before in memory(),
        after in memory(),
        ret in returned(),
        style in style(),
        strings in 0..40usize,
        abbreviate in any::<bool>(),
    ) {
        let names = NoNames;
        let cx = Context { limits: Limits { strings, abbreviate }, names: &names };
        let (before, after) = ([(BASE, before.as_slice())], [(BASE, after.as_slice())]);
        for sys in syscall::table() {
            let pending = decode::enter(sys, regs, &Lent::new(&before), &cx);
            let shown = pending.shown();
            prop_assert!(shown.len() <= sys.params.len());
            let call = pending.exit(ret, &Lent::new(&after), &cx);
            prop_assert!(call.args.len() <= sys.params.len());
            if ret != Ret::Unfinished {
                // What was told before the call returned is how the whole line begins.
                let early = Call { args: shown, ret: Ret::Unfinished, ..call.clone() };
                let (early, line) = (written(early, &style), written(call.clone(), &style));
                let early = early.trim_end_matches(" <unfinished ...>").trim_end_matches(',');
                prop_assert!(line.starts_with(early), "{early}\n{line}");
                prop_assert!(line.is_ascii() && !line.contains('\n'), "{line}");
            }
            assert_comes_back(call)?;
        }
    }

    #[test]
    fn any_siginfo_is_decoded(bytes in proptest::collection::vec(any::<u8>(), siginfo::SIZE), signo in 0..70i32, code in -10..140i32) {
        let mut raw = [0; siginfo::SIZE];
        raw.copy_from_slice(&bytes);
        raw[..4].copy_from_slice(&signo.to_ne_bytes());
        raw[8..12].copy_from_slice(&code.to_ne_bytes());
        let record = siginfo::decode(&raw);
        prop_assert_eq!(record.cut, None);
        prop_assert!(siginfo::LAYOUTS.contains(&record.layout));
    }
}
