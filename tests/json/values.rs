//! How the arguments of a call stand in its line.

use sockscope::event::Ret;
use sockscope::internals::value::layout;
use sockscope::internals::xlat;
use sockscope::value::{Array, Bytes, Const, Fd, Flags, Length, PollFd, Record, SockType, Tail, Timeout, Value};

use crate::{check, event_of, inet, line};

/// The arguments of a call as they stand in its line, after all readers agreed on it.
fn args(name: &str, args: Vec<Value>) -> String {
    let event = event_of(name, args, Ret::Ok(1));
    check(&event).unwrap();
    let line = line(&event);
    let (_, rest) = line.split_once("\"args\":").unwrap();
    rest.split_once(",\"ret\"").unwrap().0.to_owned()
}

#[test]
fn types_carry_their_flags_beside_them() {
    let kind = |raw| Const { table: &xlat::socket::SOCK_TYPE, raw };
    let flags = |raw| Flags { table: &xlat::socket::SOCK_FLAGS, raw };
    let domain = |raw| Value::Const(Const { table: &xlat::socket::ADDRESS_FAMILY, raw });
    let protocol = Value::Const(Const { table: &xlat::protocol::IPPROTO, raw: 6 });
    let tcp = Value::SockType(SockType { kind: kind(1), flags: flags(libc::SOCK_CLOEXEC as u64) });
    assert_eq!(
        args("socket", vec![domain(2), tcp, protocol]),
        r#"{"domain":"AF_INET","type":"SOCK_STREAM","type_flags":["SOCK_CLOEXEC"],"protocol":"IPPROTO_TCP"}"#
    );
    let odd = Value::SockType(SockType { kind: kind(15), flags: flags(0x100) });
    assert_eq!(
        args("socket", vec![domain(0xff), odd, Value::Uint(0)]),
        r#"{"domain":"0xff","type":"0xf","type_flags":["0x100"],"protocol":"0"}"#
    );
}

#[test]
fn pointers_stand_beside_what_they_should_have_led_to() {
    let fd = Value::Fd(Fd::new(3));
    let length = Value::Length(Length { entry: 128, exit: Some(16) });
    assert_eq!(
        args("accept", vec![fd.clone(), inet(80), length]),
        r#"{"sockfd":3,"addr":{"family":"AF_INET","ip":"127.0.0.1","port":80},"addrlen":16,"addrlen_in":128}"#
    );
    assert_eq!(
        args("accept", vec![fd, Value::Pointer(0), Value::Pointer(0x7fff_0000_0001)]),
        r#"{"sockfd":3,"addr":null,"addrlen":null,"addrlen_ptr":"0x7fff00000001"}"#
    );
}

#[test]
fn buffers_are_text_where_they_are_text() {
    let buffer = |data: &[u8], truncated| Value::Bytes(Bytes { data: data.into(), truncated });
    let write = |value| args("write", vec![Value::Fd(Fd::new(1)), value, Value::Uint(5)]);
    assert!(write(buffer(b"a\"\0\n", true)).contains(r#""buf":{"text":"a\"\u0000\n","truncated":true}"#));
    assert!(write(buffer(b"\xff\xfe", false)).contains(r#""buf":{"base64":"//4=","truncated":false}"#));
}

#[test]
fn options_say_what_kind_of_value_they_have() {
    let option = |name, value| {
        let level = Value::Const(Const { table: &xlat::socket::SOL, raw: 1 });
        let name = Value::Const(Const { table: &xlat::sockopt::SO, raw: name });
        args("setsockopt", vec![Value::Fd(Fd::new(3)), level, name, value, Value::Int(4)])
    };
    assert!(option(2, Value::Ref(Box::new(Value::Int(1)))).contains(r#""optname":"SO_REUSEADDR","optval":{"int":1}"#));
    let cut = Record::read(&layout::LINGER, &[1, 0, 0, 0, 0xdf, 0x4f]);
    assert!(
        option(13, Value::Record(cut)).contains(r#""optval":{"linger":{"l_onoff":1,"cut":"df:4f"}}"#),
        "a structure that was cut keeps its bytes"
    );
    assert!(
        option(0xbeef, Value::Pointer(1))
            .contains(r#""optname":"0xbeef","optname_set":"SO_???","optval":null,"optval_ptr":"0x1""#)
    );
}

#[test]
fn a_name_tells_its_set_where_it_usually_stands() {
    let level = || Value::Const(Const { table: &xlat::socket::SOL, raw: 1 });
    let option = |table| Value::Const(Const { table, raw: 4 });
    let length = Value::Length(Length { entry: 4, exit: None });
    let value = || Value::Ref(Box::new(Value::Int(0)));
    let fd = || Value::Fd(Fd::new(3));
    for (name, table, length) in
        [("getsockopt", &xlat::sockopt::SO_GET, length), ("setsockopt", &xlat::sockopt::SO, Value::Int(4))]
    {
        let args = args(name, vec![fd(), level(), option(table), value(), length]);
        assert!(args.contains(r#""optname":"SO_ERROR","optval""#), "{args}");
    }
}

#[test]
fn waiting_calls() {
    let entry = PollFd { fd: Fd::new(5), events: Some(1), revents: Some(0x11) };
    let fds = Value::Array(Array { items: vec![Value::PollFd(entry)], tail: Tail::Elided });
    assert_eq!(
        args("poll", vec![fds, Value::Uint(2), Value::Int(-1)]),
        r#"{"fds":[{"fd":5,"events":["POLLIN"],"revents":["POLLIN","POLLHUP"]}],"fds_elided":true,"nfds":2,"timeout_ms":-1}"#
    );
    let time = |s: i64| Record { layout: &layout::TIMEVAL, fields: vec![Value::Int(s), Value::Int(0)], cut: None };
    let set = Value::FdSet(Box::new(sockscope::value::FdSet {
        entry: vec![Fd::new(3), Fd::new(4)],
        exit: Some(vec![Fd::new(4)]),
    }));
    let timeout = Value::Timeout(Box::new(Timeout { entry: time(5), left: Some(time(4)) }));
    assert_eq!(
        args("select", vec![Value::Int(5), set, Value::Pointer(0), Value::Pointer(0), timeout]),
        concat!(
            r#"{"nfds":5,"readfds":[3,4],"readfds_ready":[4],"writefds":null,"exceptfds":null,"#,
            r#""timeout":{"tv_sec":5,"tv_usec":0},"timeout_left":{"tv_sec":4,"tv_usec":0}}"#
        )
    );
}
