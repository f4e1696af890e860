//! http-get, as in `http_get_server.py` and `http_get_client.py`.

use super::flow::linger_for_nothing;
use super::repr;
use super::stage::{Halt, Stage, print};
use crate::event::Errno;
use crate::pysocket::{Error, Socket};

/// Serves one page to one client, in place of the document's site.
pub(super) fn server(stage: &mut Stage) -> Result<(), Halt> {
    let body = format!("<!DOCTYPE html>\n<title>sockscope</title>\n{}", "<p>0123456789abcdef</p>\n".repeat(100));
    let mut header = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}", body.len());
    if stage.case("keep-alive") {
        header += "\r\nConnection: keep-alive";
    }
    let response = if stage.case("no-blank-line") {
        header + "\r\n"
    } else if stage.case("reset") {
        header + "\r\n\r\n" + &body[..100]
    } else {
        header + "\r\n\r\n" + &body
    };

    let mut connection;
    let mut s;

    s = Socket::tcp(&stage.net)?;
    s.bind(&stage.address("127.0.0.1", 80))?;
    s.listen(5)?;
    (connection, _) = s.accept()?;
    let request = repr::decode(&connection.recv(1024)?)?;
    print(request.lines().next().unwrap_or_default())?;
    connection.sendall(response.as_bytes())?;
    if stage.case("keep-alive") {
        connection.recv(1024)?; // waits for the next request, as a real server would
    }
    if stage.case("reset") {
        connection.setsockopt_bytes(libc::SOL_SOCKET, libc::SO_LINGER, &linger_for_nothing())?;
    }
    connection.close()?;
    s.close()?;
    Ok(())
}

/// Fetches a page, prints its header, saves its body.
pub(super) fn client(stage: &mut Stage) -> Result<(), Halt> {
    let mut s = Socket::tcp(&stage.net)?;
    s.connect(&stage.address("127.0.0.1", 80))?;
    s.send(b"GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\nConnection: close\r\n\r\n")?;
    let mut data = Vec::new();
    loop {
        let d = s.recv(1024)?;
        if d.is_empty() {
            break;
        }
        data.extend(d);
    }
    s.close()?;
    const BLANK_LINE: &[u8] = b"\r\n\r\n";
    let Some(at) = data.windows(BLANK_LINE.len()).position(|window| window == BLANK_LINE) else {
        let text = "the answer has no blank line between header and body; nothing was saved";
        return Err(Halt::Message(text.to_owned()));
    };
    print(repr::decode(&data[..at])?)?;
    let html = &data[at + BLANK_LINE.len()..];
    std::fs::write("sina.html", html).map_err(|error| {
        let error = Errno::try_from(error).map_or_else(|error| error.to_string(), |errno| Error::Os(errno).to_string());
        Halt::Message(format!("{error}: 'sina.html'"))
    })
}
