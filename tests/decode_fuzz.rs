//! Whatever a program passes and whatever its memory holds, decoding and writing never panic and always end.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, with the reason on standard error"
)]

#[path = "support/netlink.rs"]
mod netlink;

use netlink::Netlink;
use proptest::prelude::*;
use sockscope::event::{Body, Call, Errno, Event, Ret};
use sockscope::internals::decode::{self, Context, Limits, NoNames};
use sockscope::internals::value::layout::HWADDR;
use sockscope::internals::value::siginfo;
use sockscope::memory::Lent;
use sockscope::syscall;
use sockscope::text::{self, ConstStyle, StringStyle, Style};
use sockscope::value::{Scope, SockAddr, Value as Shown};

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
    let strings = prop_oneof![
        Just(StringStyle::Octal),
        Just(StringStyle::Utf8),
        Just(StringStyle::HexUnprintable),
        Just(StringStyle::Hex)
    ];
    let names = prop_oneof![Just(ConstStyle::Abbrev), Just(ConstStyle::Raw), Just(ConstStyle::Verbose)];
    (strings, names, any::<bool>()).prop_map(|(strings, names, verbose)| {
        let mut style = Style::default();
        (style.strings, style.names, style.verbose) = (strings, names, verbose);
        style
    })
}

fn written(call: Call, style: &Style) -> String {
    let mut line = String::new();
    let event = Event::new(1, Body::Call(call));
    text::write(&event, style, &mut line);
    line
}

/// What was decoded and written is read as the same.
fn assert_comes_back(call: Call) -> Result<(), TestCaseError> {
    let line = written(call.clone(), &Style::default());
    let read = sockscope::read::text::line(&line);
    let Body::Call(read) = read else { return Err(TestCaseError::fail(format!("not a call: {line}"))) };
    let again = written(read.clone(), &Style::default());
    prop_assert_eq!(&again, &line, "written otherwise");
    let (shown, mut read) = (printed(call), printed(read));
    prop_assert_eq!(shown.args.len(), read.args.len(), "{}", line);
    for (shown, read) in shown.args.iter().zip(&mut read.args) {
        // Structures whose layout their text does not determine are kept as that text, which is the same as shown above.
        let kept = ["{sa_family=AF_", "{ifc_len=", "{ifr_"];
        if matches!(read, Shown::Verbatim(text) if kept.iter().any(|front| text.starts_with(front))) {
            *read = shown.clone();
        }
    }
    prop_assert_eq!(&shown, &read, "{}", line);
    Ok(())
}

/// A call without what strace's notation does not show: events of descriptors that are skipped, and what a waiting call
/// left in memory although it found nothing; and the numbers of interfaces that have names.
fn printed(mut call: Call) -> Call {
    let found = matches!(call.ret, Ret::Ok(1..));
    for value in &mut call.args {
        match value {
            Shown::Array(array) => {
                let fds: Vec<_> = array
                    .items
                    .iter()
                    .filter_map(|item| if let Shown::PollFd(pollfd) = item { Some(pollfd.fd.raw) } else { None })
                    .collect();
                for item in &mut array.items {
                    let Shown::PollFd(pollfd) = item else { continue };
                    if pollfd.fd.raw < 0 && pollfd.events.is_some() {
                        pollfd.events = Some(0);
                    }
                    // Of several elements with one descriptor it is not shown which was ready.
                    let alone = fds.iter().filter(|fd| **fd == pollfd.fd.raw).count() == 1;
                    pollfd.revents = pollfd.revents.filter(|_| found && alone).or(Some(0));
                }
            }
            Shown::FdSet(set) => set.exit = set.exit.take().filter(|_| found).or(Some(Vec::new())),
            Shown::Timeout(timeout) => timeout.left = timeout.left.take().filter(|_| found),
            other => without_interfaces(other),
        }
    }
    call
}

/// Removes the numbers of interfaces that are shown by name, and the octets of hardware addresses beyond those that
/// are shown.
fn without_interfaces(value: &mut Shown) {
    match value {
        Shown::Record(record) if record.layout == &HWADDR => {
            let mut text = String::new();
            text::write_value(&Shown::Record(record.clone()), &Style::default(), &mut text);
            let shown = text.split_once("sa_data=").map_or(0, |(_, octets)| octets.split(':').count());
            if let Some(Shown::Octets(octets)) = record.fields.get_mut(1) {
                octets.iter_mut().skip(shown).for_each(|octet| *octet = 0);
            }
        }
        Shown::Interface { index, name: Some(_) } => *index = 0,
        Shown::SockAddr(SockAddr::Inet6 { scope: Some(scope), .. }) if scope.name().is_some() => {
            *scope = Scope::new(0, scope.name().map(str::to_owned));
        }
        Shown::SockAddr(SockAddr::Family { record, .. }) => record.fields.iter_mut().for_each(without_interfaces),
        Shown::Record(record) => record.fields.iter_mut().for_each(without_interfaces),
        Shown::Row(list) => list.items.iter_mut().for_each(without_interfaces),
        Shown::Array(list) => list.items.iter_mut().for_each(without_interfaces),
        Shown::NlMsg(message) => message.payload.iter_mut().for_each(without_interfaces),
        Shown::NlAttr(attribute) => attribute.value.iter_mut().for_each(without_interfaces),
        _ => {}
    }
}

/// Levels of socket options that have tables.
const LEVELS: &[u64] = &[0, 1, 6, 17, 41, 58, 132, 255, 263, 270, 271, 277, 281, 282, 283];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

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
        let cx = Context { limits: Limits::of_strings(strings).abbreviating(abbreviate), names: &names };
        let (before, after) = ([(BASE, before.as_slice())], [(BASE, after.as_slice())]);
        for sys in syscall::table() {
            let pending = decode::enter(sys, regs, &Lent::new(&before), &cx);
            let shown = pending.shown();
            prop_assert!(shown.len() <= 6);
            let call = pending.exit(ret, &Lent::new(&after), &cx);
            prop_assert!(call.args.len() <= call.sys.params().len());
            if ret != Ret::Unfinished {
                // The line begins with what was shown before the call returned.
                let mut early = call.clone();
                (early.args, early.ret) = (shown, Ret::Unfinished);
                let (early, line) = (written(early, &style), written(call.clone(), &style));
                let early = early.trim_end_matches(" <unfinished ...>").trim_end_matches(',');
                prop_assert!(line.starts_with(early), "{early}\n{line}");
                prop_assert!((line.is_ascii() || style.strings == StringStyle::Utf8) && !line.contains(char::is_control), "{line}");
            }
            assert_comes_back(call)?;
        }
    }

    /// Options of levels that have tables, with any value.
    #[test]
    fn any_option_comes_back(
        level in proptest::sample::select(LEVELS),
        option in 0..90u64,
        memory in memory(),
        len in 0..140u32,
    ) {
        let cx = Context { limits: Limits::default(), names: &NoNames };
        let lengths = len.to_ne_bytes();
        let lent = [(BASE, memory.as_slice()), (0x9000, &lengths[..])];
        for (sys, length) in [(syscall::by_name("setsockopt").unwrap(), u64::from(len)), (syscall::by_name("getsockopt").unwrap(), 0x9000)] {
            let regs = [3, level, option, BASE, length, 0];
            let call = decode::enter(sys, regs, &Lent::new(&lent), &cx).exit(Ret::Ok(0), &Lent::new(&lent), &cx);
            assert_comes_back(call)?;
        }
    }

    /// Addresses of every family, with any bytes.
    #[test]
    fn any_address_comes_back(family in 0..48u16, bytes in proptest::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..140)) {
        let cx = Context { limits: Limits::default(), names: &NoNames };
        let bytes = [&family.to_ne_bytes(), &bytes[..]].concat();
        let lent = [(BASE, bytes.as_slice())];
        let regs = [3, BASE, bytes.len() as u64, 0, 0, 0];
        let call = decode::enter(syscall::by_name("bind").unwrap(), regs, &Lent::new(&lent), &cx).exit(Ret::Ok(0), &Lent::new(&lent), &cx);
        assert_comes_back(call)?;
    }

    /// Netlink messages of every kind, cut off anywhere.
    #[test]
    fn any_netlink_message_comes_back(
        bytes in netlink::buffer(),
        protocol in proptest::sample::select(vec![Some(0u64), Some(0), None, Some(4), Some(9), Some(12), Some(16), Some(21)]),
        strings in prop_oneof![Just(32usize), 1..40usize],
        abbreviate in any::<bool>(),
    ) {
        let names = Netlink(protocol);
        let cx = Context { limits: Limits::of_strings(strings).abbreviating(abbreviate), names: &names };
        let lent = [(BASE, bytes.as_slice())];
        let regs = [3, BASE, bytes.len() as u64, 0, 0, 0];
        let call = decode::enter(syscall::by_name("sendto").unwrap(), regs, &Lent::new(&lent), &cx);
        assert_comes_back(call.exit(Ret::Ok(0), &Lent::new(&lent), &cx))?;
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

/// What is known of a signal: its members depend on the signal and on why it came.
#[test]
fn what_is_known_of_any_signal_comes_back() {
    let cx = Context { limits: Limits::default(), names: &NoNames };
    let sys = syscall::by_name("rt_sigtimedwait").unwrap();
    for signal in 0..=65i32 {
        for code in [-60i32, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 0x80, 0x81] {
            for fill in [0u8, 1, 0xff] {
                let mut info = [fill; 128];
                info[..4].copy_from_slice(&signal.to_ne_bytes());
                info[8..12].copy_from_slice(&code.to_ne_bytes());
                let lent = [(BASE, &info[..])];
                let call = decode::enter(sys, [0, BASE, 0, 8, 0, 0], &Lent::new(&lent), &cx);
                assert_comes_back(call.exit(Ret::Ok(0), &Lent::new(&lent), &cx)).unwrap();
            }
        }
    }
}
