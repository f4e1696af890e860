//! chat, as in `chat_server.py` and `chat_client.py`.

use super::repr;
use super::stage::{Halt, Stage, print};
use crate::pysocket::Socket;

/// Reads a line from the client, answers with one of its own.
pub(super) fn server(stage: &mut Stage) -> Result<(), Halt> {
    let sock;
    let s;

    s = Socket::tcp(&stage.net)?;
    s.setsockopt(libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)?;
    s.bind(&stage.address("127.0.0.1", 6666))?;
    s.listen(1)?;
    (sock, _) = s.accept()?;
    let mut buf = repr::decode(&sock.recv(1024)?)?;
    loop {
        if buf != "exit" {
            print(format_args!("客户端: {buf}"))?;
        }
        let data = stage.input("服务端: ")?;
        sock.send(data.as_bytes())?;
        if data == "exit" {
            return Ok(());
        }
        buf = repr::decode(&sock.recv(1024)?)?;
    }
}

/// Sends a line, prints the answer, until something fails.
pub(super) fn client(stage: &mut Stage) -> Result<(), Halt> {
    let mut s = Socket::tcp(&stage.net)?;
    s.connect(&stage.address("127.0.0.1", 6666))?;
    loop {
        // As in the document, the same for end of input, a lost peer and Ctrl-C.
        if exchange(stage, &s).is_err() {
            print("Dialogue Over")?;
            s.close()?;
            return Err(Halt::Exit(0));
        }
    }
}

fn exchange(stage: &mut Stage, s: &Socket) -> Result<(), Halt> {
    let data = stage.input("客户端:")?;
    s.send(data.as_bytes())?;
    let buf = repr::decode(&s.recv(1024)?)?;
    if buf != "exit" {
        print(format_args!("服务端: {buf}"))?;
    }
    Ok(())
}
