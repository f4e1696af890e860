//! Claims about the protocols above: what HTTP and FTP are to the kernel.

use std::fs;
use std::os::fd::RawFd;

use libc::{SO_PROTOCOL, SOL_SOCKET};
use std::net::Shutdown;

use super::lab::Lab;
use super::{Claim, Needs, Result};
use crate::sys::proc::{Proc, net};

/// The family's claims.
pub(super) static CLAIMS: &[Claim] = &[
    Claim {
        id: "http-short",
        documents: &["001"],
        says: "an HTTP connection ends after one request, closed by the client",
        depends_on: "the two programs: HTTP's Connection header says who may close, and when; the kernel asks neither",
        settings: &[],
        needs: Needs::Nothing,
        run: http_short,
    },
    Claim {
        id: "ftp-is-transport",
        documents: &["000"],
        says: "FTP is a transport-layer protocol",
        depends_on: "what the kernel was built with",
        settings: &[],
        needs: Needs::Nothing,
        run: ftp_is_transport,
    },
];

const RESPONSE_KEPT: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi";
const RESPONSE_LAST: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";

/// One request and its response; false when the connection has ended instead.
fn request(lab: &mut Lab, client: RawFd, server: RawFd, request: &[u8], response: &[u8]) -> Result<bool> {
    if lab.show(|net| net.send(client, request, libc::MSG_NOSIGNAL)).is_err() {
        return Ok(false);
    }
    lab.readable(server)?;
    if lab.recv(server)?.is_empty() || lab.call(|net| net.send(server, response, libc::MSG_NOSIGNAL)).is_err() {
        return Ok(false);
    }
    lab.readable(client)?;
    let got = lab.recv(client)?;
    lab.decisive();
    Ok(got.starts_with("HTTP/1.1 200"))
}

/// Plays HTTP in the three ways connections end in practice.
fn http_short(lab: &mut Lab) -> Result<()> {
    const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const GET_LAST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    let (client, server, _) = lab.connection()?;
    let mut served = 0;
    for _ in 0..3 {
        served += u32::from(request(lab, client, server, GET, RESPONSE_KEPT)?);
    }
    lab.trial(
        "HTTP/1.1 as it is by default (keep-alive)",
        format!("{served} requests are answered on one connection"),
        served <= 1,
    );
    lab.close(client)?;
    lab.close(server)?;

    let (client, server, _) = lab.connection()?;
    request(lab, client, server, GET_LAST, RESPONSE_LAST)?;
    lab.show(|net| net.close(server))?;
    lab.readable(client)?;
    let end = lab.recv(client)?;
    lab.decisive();
    lab.trial(
        "Connection: close, as the document's own client asks",
        format!(
            "one request; {}",
            if end.is_empty() { "the server closes and the client's recv gives 0 bytes" } else { "the server goes on" }
        ),
        !end.is_empty(),
    );
    lab.close(client)?;

    let (client, server, _) = lab.connection()?;
    request(lab, client, server, GET, RESPONSE_KEPT)?;
    lab.show(|net| net.shutdown(client, Shutdown::Both))?;
    lab.call(|net| net.close(client))?;
    lab.readable(server)?;
    let end = lab.recv(server)?;
    lab.decisive();
    lab.trial(
        "a client that closes as soon as it has its answer",
        format!(
            "one request; {}",
            if end.is_empty() { "the server's recv gives 0 bytes" } else { "the connection goes on" }
        ),
        end.is_empty(),
    );
    lab.note("client and server are ours and both ends were played: HTTP is nothing the kernel knows of");
    Ok(())
}

/// Looks for FTP where the kernel and the system list protocols, and speaks it over the one it really uses.
fn ftp_is_transport(lab: &mut Lab) -> Result<()> {
    let names = net::protocols(Proc::OWN);
    if names.is_empty() {
        lab.note("the kernel's list of protocols cannot be read");
    } else {
        let known = names.iter().any(|name| name.eq_ignore_ascii_case("ftp"));
        let transports: Vec<&str> =
            names.iter().map(String::as_str).filter(|name| matches!(*name, "TCP" | "UDP")).collect();
        lab.trial(
            "the protocols the kernel has (/proc/self/net/protocols)",
            format!("{} among them, {} FTP", transports.join(" and "), if known { "and" } else { "but no" }),
            known,
        );
    }
    for (file, of) in [("/etc/protocols", "protocols above IP"), ("/etc/services", "services on ports")] {
        match fs::read_to_string(file) {
            Ok(text) => {
                let line = text.lines().find(|line| line.split_whitespace().next() == Some("ftp"));
                let seen = line.map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
                // Standing among protocols speaks for the claim, standing among services against it.
                let told = match &seen {
                    Some(seen) => format!("{seen} is listed"),
                    None => "FTP is not listed".to_owned(),
                };
                match (file, seen.is_some()) {
                    ("/etc/services", false) => lab.note(format!("{file} does not know FTP at all")),
                    (_, listed) => {
                        lab.trial(format!("{file}, the list of {of}"), told, listed && file == "/etc/protocols")
                    }
                }
            }
            Err(error) => lab.note(format!("{file} cannot be read: {error}")),
        }
    }
    let (client, server, _) = lab.connection()?;
    let protocol = lab.asked(client, SOL_SOCKET, SO_PROTOCOL)?;
    lab.decisive();
    lab.show(|net| net.send(server, b"220 ready\r\n", 0))?;
    lab.readable(client)?;
    let greeting = lab.recv(client)?;
    lab.show(|net| net.send(client, b"USER anonymous\r\n", 0))?;
    lab.readable(server)?;
    let user = lab.recv(server)?;
    lab.decisive();
    let spoken = greeting.starts_with("220") && user.starts_with("USER");
    lab.trial(
        "FTP's greeting and first command",
        format!(
            "{} as the data of a socket whose SO_PROTOCOL is {protocol}, TCP being {}",
            if spoken { "they travel" } else { "they do not travel" },
            libc::IPPROTO_TCP
        ),
        protocol != libc::IPPROTO_TCP,
    );
    Ok(())
}
