//! Claims about sending and receiving.

use libc::{SO_RCVBUF, SO_SNDBUF, SO_SNDTIMEO, SOL_SOCKET};
use std::net::Shutdown;

use super::lab::{Lab, outcome};
use super::{Claim, Needs, Result};
use crate::pysocket::{Address, Error, Socket};

/// The claims of this family, in the order of the report.
pub(super) static CLAIMS: &[Claim] = &[
    Claim {
        id: "nonblocking-raises",
        documents: &["002"],
        programs: &["flow"],
        statement: "setblocking(False): accept and recv fail when there is nothing",
        depends_on: "the call",
        settings: &[],
        needs: Needs::Nothing,
        run: nonblocking_raises,
    },
    Claim {
        id: "send-short",
        documents: &["002"],
        programs: &["flow"],
        statement: "send may send fewer bytes than requested",
        depends_on: "whether send may wait for room",
        settings: &[],
        needs: Needs::Nothing,
        run: send_short,
    },
    Claim {
        id: "send-loses",
        documents: &["004"],
        programs: &["tcp-hello"],
        statement: "send loses what exceeds the buffer",
        depends_on: "whether the program checks what send returned",
        settings: &[],
        needs: Needs::Nothing,
        run: send_loses,
    },
    Claim {
        id: "sendall-recursive",
        documents: &["002", "004"],
        programs: &["flow", "tcp-hello"],
        statement: "sendall calls send again until all is out",
        depends_on: "whether the socket has a timeout: without one the kernel's first call waits until all is taken",
        settings: &[],
        needs: Needs::Nothing,
        run: sendall_recursive,
    },
    Claim {
        id: "recv-empty",
        documents: &["003"],
        programs: &["http-get"],
        statement: "an empty recv means everything has arrived",
        depends_on: "the socket's type, and who ended what",
        settings: &[],
        needs: Needs::Nothing,
        run: recv_empty,
    },
];

/// Much more than both socket buffers hold.
const MEBIBYTE: usize = 1 << 20;

/// A connection with small buffers: the client and the accepted socket.
fn narrow_connection(lab: &mut Lab) -> Result<(i32, i32)> {
    let (client, server, listener) = lab.connection()?;
    lab.close(listener)?;
    lab.set_option(client, SOL_SOCKET, SO_SNDBUF, 16 * 1024)?;
    lab.set_option(server, SOL_SOCKET, SO_RCVBUF, 16 * 1024)?;
    Ok((client, server))
}

/// Bytes in which a loss or a change of order is visible.
fn pattern() -> Vec<u8> {
    (0..MEBIBYTE).map(|n| (n % 251) as u8).collect()
}

fn nonblocking_raises(lab: &mut Lab) -> Result<()> {
    let mut listener = Socket::tcp(&lab.shared())?;
    listener.bind(&Address::new("127.0.0.1", 0))?;
    listener.listen(1)?;
    listener.setblocking(false)?;
    let accepted = listener.accept().map(drop);
    lab.mark_evidence();
    let describe = |result: &crate::pysocket::Result<()>| match result {
        Ok(()) => "succeeds".to_owned(),
        Err(error) => format!("raises {error}"),
    };
    let would_block =
        |result: &crate::pysocket::Result<()>| matches!(result, Err(Error::Os(errno)) if errno.0 == libc::EAGAIN);
    lab.trial("accept, no client", describe(&accepted), would_block(&accepted));
    let address = lab.address(listener.fileno())?;
    let mut client = Socket::tcp(&lab.shared())?;
    client.connect(&address.into())?;
    client.setblocking(false)?;
    let received = client.recv(16).map(drop);
    lab.mark_evidence();
    lab.trial("recv, no data", describe(&received), would_block(&received));
    client.close()?;
    listener.close()?;
    Ok(())
}

fn send_short(lab: &mut Lab) -> Result<()> {
    let data = pattern();
    let seen = |result: &crate::net::Result<usize>| match result {
        Ok(sent) if *sent == data.len() => format!("send takes all {sent} bytes"),
        Ok(_) => format!("send takes fewer than the {} bytes requested and returns how many", data.len()),
        Err(errno) => format!("send fails with {errno:?}"),
    };
    let short = |result: &crate::net::Result<usize>| matches!(result, Ok(sent) if *sent < data.len());

    let (client, server) = narrow_connection(lab)?;
    let sent = lab.show(|net| net.send(client, &data, libc::MSG_DONTWAIT));
    lab.trial(
        "send does not wait (MSG_DONTWAIT, as setblocking(False)), the peer does not read",
        seen(&sent),
        short(&sent),
    );
    lab.close(client)?;
    lab.close(server)?;

    let (client, server) = narrow_connection(lab)?;
    let timeout = [0i64.to_ne_bytes(), 20_000i64.to_ne_bytes()].concat();
    lab.call(|net| net.setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &timeout))?;
    let sent = lab.show(|net| net.send(client, &data, 0));
    lab.trial("send waits at most 20 ms (SO_SNDTIMEO), the peer does not read", seen(&sent), short(&sent));
    lab.close(client)?;
    lab.close(server)?;

    let (client, server) = narrow_connection(lab)?;
    let reader = lab.reader(server);
    let sent = lab.show(|net| net.send(client, &data, 0));
    lab.close(client)?;
    lab.join_reader(reader)?;
    lab.trial("send waits as long as it takes, the peer reads", seen(&sent), short(&sent));
    Ok(())
}

fn send_loses(lab: &mut Lab) -> Result<()> {
    let data = pattern();
    let (client, server) = narrow_connection(lab)?;
    let first = lab.show(|net| net.send(client, &data, libc::MSG_DONTWAIT))?;
    let reader = lab.reader(server);
    let mut sent = first;
    while sent < data.len() {
        match lab.call(|net| net.send(client, &data[sent..], libc::MSG_DONTWAIT)) {
            Ok(n) => sent += n,
            Err(errno) if errno.0 == libc::EAGAIN => _ = lab.poll(client, libc::POLLOUT, 1000)?,
            Err(errno) => return Err(errno.into()),
        }
    }
    lab.close(client)?;
    let got = lab.join_reader(reader)?;
    lab.trial(
        "1 MiB by sends that do not wait, each beginning where the last one stopped",
        format!(
            "the first send {}; {} arrives",
            if first < data.len() { "takes a part and returns its length" } else { "takes all" },
            if got == data { "every byte, in order," } else { "not everything" }
        ),
        got != data,
    );

    let (client, server) = narrow_connection(lab)?;
    let reader = lab.reader(server);
    let taken = lab.show(|net| net.send(client, &data, libc::MSG_DONTWAIT))?;
    lab.close(client)?;
    let got = lab.join_reader(reader)?;
    lab.trial(
        "one send of 1 MiB that does not wait, and no other",
        format!(
            "{} bytes arrive as the call returned: what is missing was never taken",
            if got.len() == taken { "as many" } else { "not as many" }
        ),
        got.len() < taken,
    );
    Ok(())
}

fn sendall_recursive(lab: &mut Lab) -> Result<()> {
    let data = pattern();
    for timeout in [None, Some(5.0)] {
        let (client, server) = narrow_connection(lab)?;
        let mut socket = Socket::from_fd(&lab.shared(), libc::AF_INET, libc::SOCK_STREAM, 0, client)?;
        if let Some(timeout) = timeout {
            socket.settimeout(Some(timeout))?;
        }
        let reader = lab.reader(server);
        let mark = lab.mark();
        let sent = socket.sendall(&data);
        let calls = lab.calls_since(mark, "sendto", true);
        socket.close()?;
        let got = lab.join_reader(reader)?;
        sent?;
        lab.trial(
            format!("sendall of 1 MiB, {}", if timeout.is_some() { "with a timeout" } else { "without timeout" }),
            format!(
                "{}, {} arrives",
                if calls == 1 {
                    "one sendto"
                } else {
                    "many sendtos, each for the rest (a loop; the kernel has no recursion)"
                },
                if got == data { "everything" } else { "not everything" }
            ),
            calls > 1 && got == data,
        );
    }
    Ok(())
}

fn recv_empty(lab: &mut Lab) -> Result<()> {
    let (client, server, _) = lab.connection()?;
    lab.call(|net| net.send(client, b"all there is", 0))?;
    lab.call(|net| net.close(client))?;
    let mut got = String::new();
    let end = loop {
        let piece = lab.recv(server);
        lab.mark_evidence();
        match piece {
            Ok(piece) if !piece.is_empty() => got += &piece,
            end => break end,
        }
    };
    lab.trial(
        "TCP, the peer sends and closes",
        format!("{got:?} arrives, then recv {} with 0 bytes", outcome(&end)),
        end.is_ok() && got == "all there is",
    );

    let (client, server, _) = lab.connection()?;
    lab.show(|net| net.shutdown(server, Shutdown::Read))?;
    let empty = lab.recv(server);
    lab.mark_evidence();
    lab.show(|net| net.send(client, b"there is more", 0))?;
    lab.readable(server)?;
    let more = lab.recv(server)?;
    lab.mark_evidence();
    lab.trial(
        "TCP, after our own shutdown(SHUT_RD)",
        format!("recv {} with {} bytes; then {more:?} arrives", outcome(&empty), empty.as_ref().map_or(0, String::len)),
        empty.as_deref() != Ok("") || more.is_empty(),
    );

    let (client, _) = lab.udp_bound()?;
    let (server, address) = lab.udp_bound()?;
    lab.show(|net| net.sendto(client, b"", 0, &address))?;
    lab.show(|net| net.sendto(client, b"there is more", 0, &address))?;
    lab.readable(server)?;
    let empty = lab.recv(server)?;
    lab.mark_evidence();
    lab.readable(server)?;
    let more = lab.recv(server);
    lab.mark_evidence();
    lab.trial(
        "UDP, an empty datagram",
        format!("recv returns {} bytes; the next one {} with more", empty.len(), outcome(&more)),
        !empty.is_empty() || more.is_err(),
    );
    Ok(())
}
