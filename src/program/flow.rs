//! flow, as in `flow_server.py` and `flow_client.py`.

use super::repr;
use super::stage::{Halt, Stage, print};
use crate::pysocket::{Address, Mode, Socket, python_name};
use crate::value::SockAddr;

/// `struct linger` that makes close reset the connection: on, for 0 seconds.
pub(super) fn linger_for_nothing() -> Vec<u8> {
    [1i32, 0].iter().flat_map(|n| n.to_ne_bytes()).collect()
}

/// What Python prints for a bool.
fn truth(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// `gettimeout()` as Python prints it.
fn seconds(timeout: Option<f64>) -> String {
    timeout.map_or_else(|| "None".to_owned(), |seconds| format!("{seconds:?}"))
}

/// `peer == address`, where the address is `(host, port)`.
fn same(peer: &Option<SockAddr>, address: &Address) -> bool {
    match (peer, address) {
        (Some(SockAddr::Inet { ip, port }), Address::Host(host, wanted)) => {
            ip.to_string() == *host && i64::from(*port) == *wanted
        }
        _ => false,
    }
}

/// The server's half of the document's twelve steps.
pub(super) fn server(stage: &mut Stage) -> Result<(), Halt> {
    let mut connection;
    let mut sk;

    print("1 服务器创建socket")?;
    sk = Socket::tcp(&stage.net)?;
    print("2 服务器绑定ip地址和端口号")?;
    sk.bind(&stage.address("127.0.0.1", 8200))?;
    print("3 服务器监听")?;
    sk.listen(if stage.case("full-queue") { 1 } else { 5 })?;
    print(format_args!("{} {}", sk.fileno(), python_name(&sk.getsockname()?)))?;

    if stage.case("accept-nothing") {
        sk.setblocking(false)?;
        sk.accept()?;
    }
    if stage.case("full-queue") {
        stage.input("")?; // accepts no connection until a line comes
        sk.close()?;
        return Ok(());
    }

    sk.settimeout(Some(60.0))?;
    print("6 服务器阻塞在accept")?;
    let address;
    (connection, address) = sk.accept()?;
    print("8 服务器accept返回")?;
    let same = connection.getpeername()? == address;
    print(format_args!("{} {} {}", connection.fileno(), truth(same), seconds(sk.gettimeout())))?;
    let data = connection.recv(1024)?;
    print("10 服务器读取信息")?;
    print(repr::bytes(&data))?;

    if stage.case("peer-reset") {
        connection.setsockopt_bytes(libc::SOL_SOCKET, libc::SO_LINGER, &linger_for_nothing())?;
    } else if !data.is_empty() && !stage.case("peer-gone") {
        connection.send(b"send")?;
        let (data, address) = connection.recvfrom(1024)?;
        print(format_args!("({}, {})", repr::bytes(&data), python_name(&address)))?;
        connection.sendall(b"sendall\nlast line\n")?;
        connection.recv(1024)?; // b'': the client has closed
    }
    print("12 服务器端关闭")?;
    connection.close()?;
    sk.close()?;
    Ok(())
}

/// The client's half of the twelve steps, and calls that must fail.
pub(super) fn client(stage: &mut Stage) -> Result<(), Halt> {
    let address = stage.address("127.0.0.1", 8200);

    if stage.case("wrong-protocol") {
        Socket::new(&stage.net, libc::AF_INET, libc::SOCK_STREAM, libc::IPPROTO_UDP)?; // EPROTONOSUPPORT
    }
    if stage.case("not-a-socket") {
        let f = std::fs::File::open("/etc/passwd").map_err(|error| Halt::Message(error.to_string()))?;
        Socket::from_fileno(&stage.net, std::os::fd::AsRawFd::as_raw_fd(&f))?; // ENOTSOCK
    }
    if stage.case("no-destination") {
        Socket::udp(&stage.net)?.send(b"to whom?")?; // EDESTADDRREQ
    }
    if stage.case("full-queue") {
        // A backlog of 1 takes two; the third gets no answer.
        let mut waiting = Vec::new();
        for _number in [1, 2, 3] {
            let mut sk = Socket::tcp(&stage.net)?;
            sk.settimeout(Some(0.5))?;
            print(sk.connect_ex(&address)?)?;
            waiting.push(sk);
        }
        for mut sk in waiting {
            sk.close()?;
        }
        return Ok(());
    }

    print("4 客户端创建socket")?;
    let mut sk = Socket::tcp(&stage.net)?;
    if stage.case("recv-unconnected") {
        sk.recv(1024)?; // ENOTCONN
    }
    if stage.case("closed-descriptor") {
        sk.close()?;
        sk.send(b"too late")?; // EBADF
    }
    if stage.case("connect-twice") {
        // After a connect that did not block it would be the third that fails.
        sk.connect(&address)?;
        sk.connect(&address)?; // EISCONN
    }
    if stage.case("connect-ex-code") {
        print(sk.connect_ex(&address)?)?; // no server listens: a number, no exception
        sk.close()?;
        return Ok(());
    }

    print("5 客户端试图连接服务器")?;
    sk.settimeout(Some(60.0))?;
    print(format_args!("{} {}", sk.connect_ex(&address)?, seconds(sk.gettimeout())))?;
    print("7 客户端连接成功")?;
    print(format_args!("{} {}", sk.fileno(), truth(same(&sk.getpeername()?, &address))))?;
    sk.setblocking(false)?;
    if stage.case("recv-nothing") {
        sk.recv(1024)?; // EAGAIN: the server has not written yet
    }
    sk.setblocking(true)?;
    print("9 客户端写入信息")?;
    sk.sendto(b"sendto", &address)?; // a connected TCP socket ignores the address

    if stage.case("peer-reset") {
        sk.recv(1024)?; // ECONNRESET
    }
    if stage.case("peer-gone") {
        // b'', a send that seems to work, then EPIPE
        print(repr::bytes(&sk.recv(1024)?))?;
        sk.send(b"into the void")?;
        sk.poll(0)?; // no events requested: only the reset ends the wait
        sk.send(b"once more")?;
    }

    let (data, from) = sk.recvfrom(1024)?;
    print(format_args!("({}, {})", repr::bytes(&data), python_name(&from)))?;
    sk.sendall(b"sendall")?;
    let mut f = sk.makefile(Mode::Read);
    let lines = [f.readline()?, f.readline()?].concat();
    print(repr::decode(&lines)?.trim_end_matches('\n'))?;
    print(sk.getsockopt(libc::SOL_SOCKET, libc::SO_ERROR)?)?;
    f.close()?;
    print("11 客户端关闭")?;
    sk.close()?;
    Ok(())
}
