//! Arbitrary events over the call table: values of the type each parameter has, as a decoder might make them, with
//! unknown constants, bad pointers, cut structures and odd bytes among them.
//!
//! A strategy picks a call of the table and, for each parameter, a value that its type allows; so a new call is covered
//! by being in the table. What a type allows is only in [`argument`].

use std::sync::Arc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use sockscope::event::{
    Body, Call, CallText, CountRow, Errno, Event, Exit, LinePrefix, PythonColumns, PythonFrame, PythonStack, Ret,
    Signal, SocketChange, SocketChanges, SocketState, SocketUse, State, StateSource, Unread,
};
use sockscope::internals::value::{ipc, layout, perf, process, ring, siginfo, stat};
use sockscope::internals::xlat::{self, Xlat};
use sockscope::syscall::{self, Scalar, Syscall, Ty};
use sockscope::value::{
    Array, Bytes, Cmsg, Const, Device, Fd, FdSet, FdTarget, Flags, Kind, Layout, Length, MmsgHdr, MsgHdr, PathTarget,
    PollFd, Record, Scope, SockAddr, SockType, SocketEnds, SocketTarget, Tail, Timeout, UnixName, Value,
};

type Values = BoxedStrategy<Value>;

/// A value with these fields set: what grows cannot be written as a literal here.
macro_rules! with {
    ($base:expr => { $($field:ident $(: $value:expr)?),* $(,)? }) => {{
        let mut made = $base;
        $(made.$field = with!(@ $field $($value)?);)*
        made
    }};
    (@ $field:ident) => { $field };
    (@ $field:ident $value:expr) => { $value };
}
#[allow(unused_imports, reason = "not every test that has this file makes such values itself")]
pub(crate) use with;

/// Structures a value may be, wherever a type leaves that open.
static STRUCTURES: &[&Layout] = &[&layout::LINGER, &layout::TIMEVAL, &layout::EPOLL_EVENT, &layout::TIMESPEC];

/// Sets whose members may be anything's name.
static SETS: &[&Xlat] = &[&xlat::sockopt::SO, &xlat::protocol::IPPROTO, &xlat::socket::SOL, &xlat::errno::ERRNO];

/// Any event.
pub fn event() -> impl Strategy<Value = Event> {
    let body = prop_oneof![
        12 => call().prop_map(Body::Call),
        1 => (1u32..70, option::of(siginfo())).prop_map(|(number, info)| {
            let mut signal = Signal::new(number);
            signal.info = info;
            Body::Signal(signal)
        }),
        1 => (1u32..65).prop_map(|signal| Body::Stopped { signal }),
        1 => any::<i32>().prop_map(|status| Body::Exit(Exit::Status(status))),
        1 => (1u32..65, any::<bool>()).prop_map(|(signal, core)| Body::Exit(Exit::Killed { signal, core })),
        1 => any::<String>().prop_map(Body::Note),
        1 => (any::<String>(), any::<[u64; 4]>(), any::<u32>()).prop_map(|(name, numbers, share)| {
            let mut row = CountRow::default();
            (row.syscall, [row.calls, row.errors, row.total_ns, row.mean_ns], row.share) = (name.into(), numbers, share);
            Body::Count(row)
        }),
        1 => (vec(any::<u8>(), 0..40), any::<u64>(), any::<u32>(), any::<bool>())
            .prop_map(|(raw, line, column, more)| {
                let mut unread = Unread::default();
                (unread.raw, unread.line, unread.column, unread.more) = (raw, line, column, more);
                Body::Unread(unread)
            }),
    ];
    let place = (any::<u64>(), any::<u64>(), any::<u32>(), any::<u32>());
    let role = option::weighted(0.2, select(vec!["server", "client"]));
    (place, role, body, option::weighted(0.2, line_prefix())).prop_map(
        |((seq, ts_ns, pid, tid), role, body, prefix)| {
            // Remarks and lines that were not read are whole lines.
            let whole = matches!(body, Body::Note(_) | Body::Count(_) | Body::Unread(_));
            let mut event = Event::new(pid, body);
            (event.seq, event.ts_ns, event.tid, event.role) = (seq, ts_ns, tid, role);
            event.prefix = prefix.filter(|prefix| **prefix != LinePrefix::default() && !whole);
            event
        },
    )
}

/// What came with a signal: as the kernel hands it over, of any signal and for any reason.
fn siginfo() -> impl Strategy<Value = Record> {
    let raw = vec(any::<u8>(), siginfo::SIZE).prop_map(|raw| <[u8; siginfo::SIZE]>::try_from(raw).expect("its size"));
    let code = prop_oneof![-7i32..8, any::<i32>()];
    (raw, 1i32..70, code, any::<bool>()).prop_map(|(mut raw, signo, code, clean)| {
        raw[0..4].copy_from_slice(&signo.to_ne_bytes());
        raw[8..12].copy_from_slice(&code.to_ne_bytes());
        if clean {
            raw[4..8].fill(0);
            raw[16..].fill(0);
        }
        siginfo::decode(&raw)
    })
}

fn line_prefix() -> impl Strategy<Value = Box<LinePrefix>> {
    let since = option::of((any::<u64>(), 0..10u8));
    (option::of(any::<u64>()), option::of(any::<u32>()), since).prop_map(|(ip, number, since)| {
        let mut prefix = LinePrefix::default();
        (prefix.ip, prefix.number, prefix.since) = (ip, number, since);
        prefix.comm = number.map(|_| "python3");
        Box::new(prefix)
    })
}

/// Any call: one of the table mostly, now and then one it does not have.
pub fn call() -> impl Strategy<Value = Call> {
    let table: Vec<&'static Syscall> = syscall::table().flat_map(|sys| sys.forms()).collect();
    let sys = prop_oneof![
        20 => select(table),
        1 => Just(syscall::other("made_up", 4242).expect("few other calls are known")),
    ];
    let result = prop_oneof![
        3 => any::<i64>().prop_map(Ret::Ok),
        1 => (0i64..9).prop_map(Ret::Ok),
        2 => select(vec![1, 11, 13, 98, 111, 512, 516, 4095, -7]).prop_map(|n| Ret::Err(Errno(n))),
        1 => Just(Ret::Unfinished),
    ];
    (sys, result).prop_flat_map(|(sys, ret)| {
        let args: Vec<Values> = sys.params().iter().map(|param| argument(param.ty())).collect();
        let via = select(vec![None, Some("send"), Some("recv"), Some("accept")]);
        (
            args,
            0..=sys.params().len(),
            option::of(any::<u64>()),
            via,
            target(),
            (
                option::weighted(0.1, call_text()),
                option::weighted(0.2, python()),
                option::weighted(0.2, sockets()),
                option::weighted(0.3, socket_use()),
            ),
        )
            .prop_map(move |(mut args, known, dur_ns, via, ret_target, (text, python, sockets, socket))| {
                let sys = of_an_operation(sys, &mut args);
                if ret == Ret::Unfinished {
                    args.truncate(known);
                }
                let (python, sockets) = (python.map(Arc::new), sockets.map(Box::new));
                let mut call = Call::new(sys, args, ret);
                (call.dur_ns, call.via, call.ret_target, call.text) = (dur_ns, via, ret_target, text);
                (call.python, call.sockets, call.socket) = (python, sockets, socket.map(Box::new));
                call
            })
    })
}

/// The row that a call has whose arguments are these: the arguments that select an operation have to be the operation's,
/// and those that select none must not be another's.
fn of_an_operation(sys: &'static Syscall, args: &mut Vec<Value>) -> &'static Syscall {
    let mut row = syscall::by_name(sys.name()).unwrap_or(sys);
    while let Some(operations) = row.operations {
        let wanted = |row: &'static Syscall| row.forms().iter().any(|form| std::ptr::eq(*form, sys));
        let chosen = operations.rows.iter().find(|(_, row)| wanted(row)).map_or(0xfedc, |(value, _)| *value);
        let by =
            (0..row.params().len()).find(|at| row.params()[*at].register().map_or(*at, usize::from) == operations.by);
        match by.and_then(|at| args.get_mut(at)) {
            Some(Value::Const(constant)) => constant.raw = chosen,
            Some(Value::Flags(flags)) => flags.raw = chosen,
            _ => return row,
        }
        match operations.row(chosen) {
            Some(next) => {
                row = next;
                args.truncate(row.params().len());
            }
            None => break,
        }
    }
    row
}

/// Any Python stack, with names and source lines of any text.
fn python() -> impl Strategy<Value = PythonStack> {
    let text = || any::<String>().prop_map(Arc::<str>::from);
    let columns = (any::<u32>(), any::<u32>(), any::<u32>()).prop_map(|(start, end_line, end)| PythonColumns {
        start,
        end_line,
        end,
    });
    let place = (text(), option::of(any::<u32>()), text(), option::of(columns));
    let frame = (place, option::of(text()), option::of(text()), any::<bool>()).prop_map(
        |((file, line, function, columns), source, expression, library)| {
            with!(PythonFrame::new(file, line, function) => { columns, source, expression, library })
        },
    );
    (vec(frame.prop_map(Arc::new), 0..4), any::<bool>())
        .prop_map(|(frames, truncated)| with!(PythonStack::new(frames) => { truncated }))
}

/// Any socket that a call is about.
fn socket_use() -> BoxedStrategy<SocketUse> {
    let number = || option::of(any::<u64>());
    let address = || option::of(sockaddr().boxed()).boxed();
    let protocol = option::of(any::<String>().prop_map(Arc::<str>::from));
    let one = (any::<u64>(), option::of(0i32..60), protocol, (address(), address()), (number(), number()));
    (vec(any::<u64>(), 0..4), option::of(one))
        .prop_filter("one or several", |(others, one)| one.is_some() || !others.is_empty())
        .prop_map(|(others, one)| {
            let Some((sock, family, protocol, (local, peer), (peer_sock, offset))) = one else {
                return with!(SocketUse::default() => { others });
            };
            let sock = Some(sock);
            with!(SocketUse::default() => { sock, others, family, protocol, local, peer, peer_sock, offset })
        })
        .boxed()
}

/// Any states of a call's sockets.
fn sockets() -> BoxedStrategy<SocketChanges> {
    let change = (any::<i32>(), option::of(socket_state()), option::of(socket_state()))
        .prop_map(|(fd, before, after)| SocketChange { fd, before, after });
    (vec(change, 0..3), any::<bool>()).prop_map(|(changes, truncated)| SocketChanges { changes, truncated }).boxed()
}

/// A socket in any state, known or not, with anything known of it.
pub fn socket_state() -> BoxedStrategy<SocketState> {
    let state = prop_oneof![4 => 1u16..13, 2 => 0x100u16..0x102, 1 => any::<u16>()].prop_map(State);
    let source = option::of(select(StateSource::NAMES.map(|(source, _)| source).to_vec()));
    let number = || option::of(any::<u64>());
    let flag = || option::of(any::<bool>());
    let address = || option::of(sockaddr().boxed()).boxed();
    (
        (state, source, option::of(any::<String>()), number(), number(), address(), address()),
        (option::of(any::<u32>()), option::of(any::<u32>()), number(), number(), number(), number(), number()),
        (flag(), flag(), flag(), flag()),
        (number(), number()),
    )
        .prop_map(|(who, queues, flags, (retransmissions, rtt_us))| {
            let (state, source, protocol, inode, peer_inode, local, peer) = who;
            let (accept_queue, backlog, recv_queue, next_datagram, send_queue, drops, expires_ms) = queues;
            let (error_pending, read_shut, hung_up, held) = flags;
            with!(SocketState::new(state) => {
                source,
                protocol: protocol.map(Into::into),
                inode,
                local,
                peer,
                peer_inode,
                accept_queue,
                backlog,
                recv_queue,
                next_datagram,
                send_queue,
                retransmissions,
                rtt_us,
                error_pending,
                read_shut,
                hung_up,
                drops,
                expires_ms,
                held,
            })
        })
        .boxed()
}

fn call_text() -> impl Strategy<Value = Box<CallText>> {
    // A line without content of its own is not one.
    (option::of(any::<String>()), any::<bool>(), any::<bool>()).prop_map(|(result, cut, detached)| {
        let cut = cut || (result.is_none() && !detached);
        let mut text = CallText::default();
        (text.result, text.cut, text.detached) = (result.map(Into::into), cut, detached);
        Box::new(text)
    })
}

/// Any value an argument of this type may have; where it is a pointer, now and then one that could not be followed.
pub fn argument(ty: Ty) -> Values {
    match ty {
        Ty::Fd => fd().prop_map(Value::Fd).boxed(),
        Ty::DirFd => prop_oneof![fd(), Just(Fd::new(libc::AT_FDCWD))].prop_map(Value::Fd).boxed(),
        Ty::Int | Ty::Millis => any::<i32>().prop_map(|n| Value::Int(n.into())).boxed(),
        Ty::Uint => any::<u32>().prop_map(|n| Value::Uint(n.into())).boxed(),
        Ty::Size => any::<u64>().prop_map(Value::Uint).boxed(),
        Ty::Hex32 => any::<u32>().prop_map(|n| Value::Hex(n.into())).boxed(),
        Ty::Hex => any::<u64>().prop_map(Value::Hex).boxed(),
        Ty::Const(table) => constant(table, 4).prop_map(Value::Const).boxed(),
        Ty::Flags(table) => {
            flags(table, if table == &xlat::file::PERMISSIONS { 2 } else { 4 }).prop_map(Value::Flags).boxed()
        }
        Ty::SockType => (constant(&xlat::socket::SOCK_TYPE, 1), flags(&xlat::socket::SOCK_FLAGS, 4))
            .prop_map(|(kind, flags)| Value::SockType(SockType { kind, flags }))
            .boxed(),
        Ty::Protocol { .. } => prop_oneof![
            constant(&xlat::protocol::IPPROTO, 4).prop_map(Value::Const),
            any::<u32>().prop_map(|n| Value::Uint(n.into())),
        ]
        .boxed(),
        Ty::OptName { .. } => prop_oneof![
            constant(&xlat::sockopt::SO, 4).prop_map(Value::Const),
            any::<u32>().prop_map(|n| Value::Hex(n.into())),
        ]
        .boxed(),
        Ty::Bytes(_) => or_pointer(bytes().prop_map(Value::Bytes)),
        Ty::SockAddr(_) => or_pointer(sockaddr().prop_map(Value::SockAddr)),
        Ty::SockLen => or_pointer(length().prop_map(Value::Length)),
        Ty::MsgHdr => or_pointer(msghdr().prop_map(|msg| Value::MsgHdr(Box::new(msg)))),
        Ty::MmsgHdrs { .. } => array(
            (msghdr(), option::of(any::<u32>())).prop_map(|(hdr, len)| Value::MmsgHdr(Box::new(MmsgHdr { hdr, len }))),
        ),
        Ty::IoVecs { .. } => iovecs(),
        Ty::OptVal { .. } | Ty::CommandArg { .. } => open(),
        Ty::FdPair => array(fd().prop_map(Value::Fd)),
        Ty::PollFds { .. } => array(pollfd().prop_map(Value::PollFd)),
        Ty::FdSet { .. } => or_pointer(
            (vec(fd(), 0..4), option::of(vec(fd(), 0..4)))
                .prop_map(|(entry, exit)| Value::FdSet(Box::new(FdSet { entry, exit }))),
        ),
        Ty::Timeout(layout) => or_pointer(
            (record(layout), option::of(record(layout)))
                .prop_map(|(entry, left)| Value::Timeout(Box::new(Timeout { entry, left }))),
        ),
        Ty::SigSet { .. } | Ty::SigSetArg => or_pointer(any::<u64>().prop_map(Value::SigSet)),
        Ty::EpollEvent { .. } => or_pointer(record(&layout::EPOLL_EVENT).prop_map(Value::Record)),
        Ty::EpollEvents { .. } => array(record(&layout::EPOLL_EVENT).prop_map(Value::Record)),
        Ty::Offset => or_pointer(length().prop_map(Value::Offset)),
        Ty::Address => prop_oneof![Just(0), any::<u64>()].prop_map(Value::Pointer).boxed(),
        Ty::Long => any::<i64>().prop_map(Value::Int).boxed(),
        Ty::Place => any::<u64>().prop_map(Value::Uint).boxed(),
        Ty::Pid | Ty::Id => any::<i32>().prop_map(|n| Value::Int(n.into())).boxed(),
        Ty::Signal => (0u32..70).prop_map(Value::Signal).boxed(),
        Ty::WideFlags(table) => flags(table, 8).prop_map(Value::Flags).boxed(),
        Ty::Device => record(&stat::DEVICE).prop_map(Value::Record).boxed(),
        Ty::Struct(layout) | Ty::Remaining(layout) => or_pointer(record(layout).prop_map(Value::Record)),
        Ty::Forms(forms) => or_pointer(select(forms.all).prop_flat_map(whole).prop_map(Value::Record)),
        Ty::Structs { layout, .. } => array(record(layout).prop_map(Value::Record)),
        Ty::WideConst(table) => constant(table, 8).prop_map(Value::Const).boxed(),
        Ty::Packed(packed) => vec(any::<u8>(), 4)
            .prop_map(move |raw| {
                Value::Record(packed.read(u32::from_ne_bytes(raw.try_into().expect("four bytes")).into()))
            })
            .boxed(),
        Ty::Message { .. } => or_pointer((any::<i64>(), bytes()).prop_map(|(kind, text)| {
            Value::Record(Record {
                layout: &ipc::MSGBUF,
                fields: vec![Value::Int(kind), Value::Bytes(text)],
                cut: None,
            })
        })),
        Ty::Attr { layout, .. } => or_pointer(whole(layout).prop_map(Value::Record)),
        Ty::PerfAttr => or_pointer(select(perf::PERF_ATTR.all).prop_flat_map(whole).prop_map(Value::Record)),
        Ty::Requests { .. } => array(whole(&ring::IOCB).prop_map(Value::Record)),
        Ty::RingParams => {
            or_pointer(select(vec![&ring::RING_PARAMS, &ring::RING_ASKED]).prop_flat_map(whole).prop_map(Value::Record))
        }
        Ty::Probe { .. } => or_pointer(whole(&ring::RING_PROBE).prop_map(Value::Record)),
        Ty::Interrupted => constant(&xlat::signal::SYSCALL_NR, 4).prop_map(Value::Const).boxed(),
        Ty::Sized { forms, .. } => or_pointer(select(forms).prop_flat_map(whole).prop_map(Value::Record)),
        Ty::FileHandle => {
            or_pointer((length(), any::<i32>(), vec(any::<u8>(), 1..20)).prop_map(|(len, kind, handle)| {
                let fields = vec![Value::Length(len), Value::Int(kind.into()), Value::Octets(handle)];
                Value::Record(Record { layout: &ipc::FILE_HANDLE, fields, cut: None })
            }))
        }
        Ty::Numbers { each: Scalar::Mask, .. } => array(any::<u64>().prop_map(Value::Hex)),
        Ty::CloneArgs { .. } => or_pointer(whole(&process::CLONE_ARGS).prop_map(Value::Record)),
        Ty::Number(Scalar::Fd) => or_pointer(fd().prop_map(|fd| Value::Ref(Box::new(Value::Fd(fd))))),
        Ty::Number(Scalar::Signal) => or_pointer((0u32..70).prop_map(|n| Value::Ref(Box::new(Value::Signal(n))))),
        Ty::Number(Scalar::Const(table)) => {
            or_pointer(constant(table, 4).prop_map(|c| Value::Ref(Box::new(Value::Const(c)))))
        }
        Ty::Number(Scalar::Address) => or_pointer(any::<u64>().prop_map(|n| Value::Ref(Box::new(Value::Pointer(n))))),
        Ty::Number(_) => or_pointer(any::<i64>().prop_map(|n| Value::Ref(Box::new(Value::Int(n))))),
        Ty::Numbers { .. } | Ty::CpuSet { .. } => array(any::<i32>().prop_map(|n| Value::Int(n.into()))),
        Ty::WaitStatus => or_pointer(
            select(vec![&process::EXITED, &process::KILLED, &process::CONTINUED])
                .prop_flat_map(whole)
                .prop_map(Value::Record),
        ),
        Ty::SigInfo => or_pointer(any::<[u8; 32]>().prop_map(|head| {
            let mut raw = [0; siginfo::SIZE];
            raw[..32].copy_from_slice(&head);
            Value::Record(siginfo::decode(&raw))
        })),
        Ty::Strings => array(bytes().prop_map(Value::Bytes)),
        Ty::Environment => prop_oneof![array(bytes().prop_map(Value::Bytes)), counted()].boxed(),
        Ty::Dirents(layout) => prop_oneof![array(record(layout).prop_map(Value::Record)), counted()].boxed(),
        Ty::Random { .. } => or_pointer(bytes().prop_map(Value::Bytes)),
        ty => panic!("say in tests/support/arbitrary.rs which values an argument {ty:?} may have"),
    }
}

/// A list of which only the number of elements is known.
fn counted() -> Values {
    (any::<u64>(), any::<u32>())
        .prop_map(|(at, count)| Value::Array(Array { items: Vec::new(), tail: Tail::Counted { at, count } }))
        .boxed()
}

/// Any value of any kind: what may stand where the type does not settle the kind.
pub fn open() -> Values {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::Int),
        any::<u64>().prop_map(Value::Uint),
        any::<u64>().prop_map(Value::Hex),
        any::<u64>().prop_map(Value::Pointer),
        fd().prop_map(Value::Fd),
        select(SETS).prop_flat_map(|set| constant(set, 4)).prop_map(Value::Const),
        select(SETS).prop_flat_map(|set| flags(set, 4)).prop_map(Value::Flags),
        argument(Ty::SockType),
        bytes().prop_map(Value::Bytes),
        sockaddr().prop_map(Value::SockAddr),
        length().prop_map(Value::Length),
        length().prop_map(Value::Offset),
        select(STRUCTURES).prop_flat_map(record).prop_map(Value::Record),
        pollfd().prop_map(Value::PollFd),
        argument(Ty::FdSet { count: 0 }),
        argument(Ty::Timeout(&layout::TIMEVAL)),
        any::<u64>().prop_map(Value::SigSet),
        any::<u16>().prop_map(Value::Port),
        any::<u32>().prop_map(Value::Be32),
        any::<[u8; 4]>().prop_map(|ip| Value::Ipv4(ip.into())),
        any::<[u8; 16]>().prop_map(|ip| Value::Ipv6(ip.into())),
        (any::<u32>(), option::of(any::<String>())).prop_map(|(index, name)| Value::Interface { index, name }),
        vec(any::<u8>(), 0..9).prop_map(Value::Octets),
        any::<String>().prop_map(|text| Value::Verbatim(text.into())),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|value| Value::Ref(Box::new(value))),
            (vec(inner.clone(), 0..3), tail()).prop_map(|(items, tail)| Value::Array(Array { items, tail })),
            cmsg(inner).prop_map(|cmsg| Value::Cmsg(Box::new(cmsg))),
        ]
    })
    .boxed()
}

/// Mostly this, sometimes NULL or an address.
fn or_pointer(value: impl Strategy<Value = Value> + 'static) -> Values {
    prop_oneof![6 => value, 1 => Just(Value::Pointer(0)), 1 => any::<u64>().prop_map(Value::Pointer)].boxed()
}

fn array(item: impl Strategy<Value = Value> + 'static) -> Values {
    or_pointer((vec(item, 0..4), tail()).prop_map(|(items, tail)| Value::Array(Array { items, tail })))
}

fn tail() -> impl Strategy<Value = Tail> {
    prop_oneof![3 => Just(Tail::End), 1 => Just(Tail::Elided), 1 => any::<u64>().prop_map(Tail::Fault)]
}

/// What a descriptor may refer to, now and then.
fn target() -> BoxedStrategy<Option<Arc<FdTarget>>> {
    let path = |path: &[u8], deleted, device| FdTarget::Path(PathTarget { path: path.into(), deleted, device });
    let socket = |protocol: &str, inode, ends| {
        FdTarget::Socket(SocketTarget { protocol: Some(protocol.into()), number: None, inode, ends })
    };
    let (local, peer) = ("127.0.0.1:80".parse().unwrap(), "127.0.0.1:50000".parse().ok());
    let name = Some(UnixName::Abstract(b"x\"\xff".to_vec()));
    let known = [
        path(b"/tmp/\"odd\"<\n\xff", false, None),
        path(b"/dev/shm/y (deleted)", true, Some(Device { is_block: true, major: 8, minor: 1 })),
        FdTarget::Socket(SocketTarget { inode: Some(17), ..SocketTarget::default() }),
        socket("TCP", None, Some(SocketEnds::Inet { local, peer })),
        socket("UNIX-STREAM", Some(3), Some(SocketEnds::Unix { peer: Some(4), name, peer_name: None })),
        FdTarget::Inode { kind: "pipe".into(), inode: 5 },
        FdTarget::Anonymous(b"[eventpoll]"[..].into()),
        FdTarget::Process(7),
        FdTarget::Verbatim { text: "something unknown (deleted)".into(), deleted: false },
    ];
    prop_oneof![3 => Just(None), 1 => select(known.map(Arc::new).to_vec()).prop_map(Some)].boxed()
}

/// Any descriptor.
pub fn fd() -> impl Strategy<Value = Fd> + Clone {
    (prop_oneof![0..9i32, any::<i32>()], target()).prop_map(|(raw, target)| Fd { raw, target })
}

/// A constant of a set, named or not, in a field of so many bytes.
pub fn constant(table: &'static Xlat, width: usize) -> impl Strategy<Value = Const> {
    prop_oneof![3 => select(members(table)).prop_map(|(_, value)| value), 1 => any::<u64>()]
        .prop_map(move |raw| Const { table, raw: raw & mask(width) })
}

/// Flags of a set, named or not, in a field of so many bytes.
pub fn flags(table: &'static Xlat, width: usize) -> impl Strategy<Value = Flags> {
    let named =
        vec(select(members(table)), 0..4).prop_map(|names| names.iter().fold(0, |bits, (_, value)| bits | value));
    prop_oneof![3 => named, 1 => any::<u64>()].prop_map(move |raw| Flags { table, raw: raw & mask(width) })
}

/// The members of a set; of one without any, the nameless zero.
fn members(table: &'static Xlat) -> Vec<(&'static str, u64)> {
    let members: Vec<_> = table.iter().collect();
    if members.is_empty() { vec![("", 0)] } else { members }
}

fn mask(width: usize) -> u64 {
    u64::MAX >> (64 - 8 * width.clamp(1, 8))
}

/// A buffer: text, or anything.
pub fn bytes() -> impl Strategy<Value = Bytes> {
    (prop_oneof![any::<String>().prop_map(String::into_bytes), vec(any::<u8>(), 0..40)], any::<bool>())
        .prop_map(|(data, truncated)| Bytes { data: data.into(), truncated })
}

fn length() -> impl Strategy<Value = Length> {
    // An `exit` that equals `entry` is not a change, and a decoder makes none.
    (any::<i32>(), option::of(any::<i32>())).prop_map(|(entry, exit)| Length {
        entry: entry.into(),
        exit: exit.filter(|exit| *exit != entry).map(i64::from),
    })
}

/// Any address.
pub fn sockaddr() -> impl Strategy<Value = SockAddr> {
    let scope = (any::<u32>(), option::of(any::<String>())).prop_map(|(id, name)| Scope::new(id, name));
    let name = || prop_oneof![any::<String>().prop_map(String::into_bytes), vec(any::<u8>(), 0..20)];
    prop_oneof![
        (any::<u16>(), any::<[u8; 4]>()).prop_map(|(port, ip)| SockAddr::Inet { port, ip: ip.into() }),
        (any::<u16>(), any::<u32>(), any::<[u8; 16]>(), option::of(scope))
            .prop_map(|(port, flowinfo, ip, scope)| { SockAddr::Inet6 { port, flowinfo, ip: ip.into(), scope } }),
        Just(SockAddr::Unix(UnixName::Unnamed)),
        name().prop_map(|path| SockAddr::Unix(UnixName::Path(path))),
        name().prop_map(|name| SockAddr::Unix(UnixName::Abstract(name))),
        (16u16..50, record(&layout::LINGER))
            .prop_map(|(family, record)| SockAddr::Family { family, record: Box::new(record) }),
        (any::<u16>(), vec(any::<u8>(), 0..126)).prop_map(|(family, data)| SockAddr::Raw { family, data }),
    ]
}

fn iovecs() -> Values {
    let base = or_pointer(bytes().prop_map(Value::Bytes));
    let iovec = (base, any::<u64>()).prop_map(|(base, len)| Record {
        layout: &layout::IOVEC,
        fields: vec![base, Value::Uint(len)],
        cut: None,
    });
    array(iovec.prop_map(Value::Record))
}

/// Any message.
pub fn msghdr() -> BoxedStrategy<MsgHdr> {
    let name = or_pointer(sockaddr().prop_map(Value::SockAddr));
    let data = prop_oneof![
        vec(fd().prop_map(Value::Fd), 0..3).prop_map(|items| Value::Array(Array { items, tail: Tail::End })),
        bytes().prop_map(Value::Bytes),
        record(&layout::TIMEVAL).prop_map(Value::Record),
    ];
    let control = array(cmsg(data.boxed()).prop_map(|cmsg| Value::Cmsg(Box::new(cmsg))));
    (name, length(), iovecs(), any::<u64>(), option::of(control), any::<u64>(), flags(&xlat::socket::MSG, 4))
        .prop_map(|(name, namelen, iov, iovlen, control, controllen, flags)| MsgHdr {
            name,
            namelen,
            iov,
            iovlen,
            control,
            controllen,
            flags,
        })
        .boxed()
}

fn cmsg(data: Values) -> impl Strategy<Value = Cmsg> {
    let level = constant(&xlat::socket::SOL, 4);
    let kind = select(SETS).prop_flat_map(|set| constant(set, 4));
    (any::<u64>(), level, kind, option::of(data)).prop_map(|(len, level, kind, data)| Cmsg {
        len,
        level,
        kind,
        data: data.map(Box::new),
    })
}

fn pollfd() -> impl Strategy<Value = PollFd> {
    (fd(), option::of(any::<u16>()), option::of(any::<u16>())).prop_map(|(fd, events, revents)| PollFd {
        fd,
        events,
        revents,
    })
}

/// Any structure of a layout that is never cut: it is written in several forms, which its bytes tell apart.
fn whole(layout: &'static Layout) -> impl Strategy<Value = Record> {
    let end = layout.fields.iter().map(|field| field.offset + field.kind.size()).max();
    vec(any::<u8>(), end.unwrap_or(0).max(layout.size) + 32).prop_map(move |bytes| Record::read(layout, &bytes))
}

/// Any structure of a layout, whole or cut anywhere.
pub fn record(layout: &'static Layout) -> impl Strategy<Value = Record> {
    let whole: Vec<Values> = (0..layout.fields.len()).map(|at| field(layout, at)).collect();
    (whole, 0..=layout.size * 2, vec(any::<u8>(), layout.size)).prop_map(move |(fields, len, bytes)| {
        if len < layout.size { Record::read(layout, &bytes[..len]) } else { Record { layout, fields, cut: None } }
    })
}

/// Any value of a structure's field, read from any bytes of the structure unless it needs more than the bytes.
fn field(layout: &'static Layout, at: usize) -> Values {
    match layout.fields[at].kind {
        Kind::Interface => (any::<u32>(), option::of(any::<String>()))
            .prop_map(|(index, name)| Value::Interface { index, name })
            .boxed(),
        Kind::Const(table, width) => constant(table, width).prop_map(Value::Const).boxed(),
        Kind::Flags(table, width) => flags(table, width).prop_map(Value::Flags).boxed(),
        _ => {
            vec(any::<u8>(), layout.size).prop_map(move |bytes| Record::read(layout, &bytes).fields.remove(at)).boxed()
        }
    }
}
