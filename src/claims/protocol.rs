//! Claims about application protocols: what HTTP and FTP are to the kernel.

use std::fs;
use std::os::fd::RawFd;

use libc::{SO_PROTOCOL, SOL_SOCKET};
use std::net::Shutdown;

use super::lab::Lab;
use super::{Claim, Needs, Result};
use crate::sys::proc::{Proc, net};

/// The claims of this family, in the order of the report.
pub(super) static CLAIMS: &[Claim] = &[
    Claim {
        id: "http-short",
        documents: &["001"],
        programs: &["http-get"],
        statement: "an HTTP connection ends after one request, closed by the client",
        depends_on: "the two programs: HTTP's Connection header decides who closes, and when; the kernel does not",
        settings: &[],
        needs: Needs::Nothing,
        run: http_short,
    },
    Claim {
        id: "ftp-is-transport",
        documents: &["000"],
        programs: &[],
        statement: "FTP is a transport-layer protocol",
        depends_on: "what the kernel was built with",
        settings: &[],
        needs: Needs::Nothing,
        run: ftp_is_transport,
    },
];

const RESPONSE_KEPT: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi";
const RESPONSE_LAST: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";

/// Sends a request and its response; false when the connection has ended instead.
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
    lab.mark_evidence();
    Ok(got.starts_with("HTTP/1.1 200"))
}

/// Ends HTTP connections in the three ways used in practice.
fn http_short(lab: &mut Lab) -> Result<()> {
    const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const GET_LAST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    let (client, server, _) = lab.connection()?;
    let mut served = 0;
    for _ in 0..3 {
        served += u32::from(request(lab, client, server, GET, RESPONSE_KEPT)?);
    }
    lab.trial(
        "HTTP/1.1 by default (keep-alive)",
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
    lab.mark_evidence();
    lab.trial(
        "Connection: close, as the document's own client asks",
        format!(
            "one request; {}",
            if end.is_empty() {
                "the server closes and the client's recv gives 0 bytes"
            } else {
                "the server keeps it open"
            }
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
    lab.mark_evidence();
    lab.trial(
        "a client that closes as soon as it has its answer",
        format!(
            "one request; {}",
            if end.is_empty() { "the server's recv gives 0 bytes" } else { "the connection stays open" }
        ),
        end.is_empty(),
    );
    lab.note("the experiment plays both client and server, since the kernel does not know HTTP");
    Ok(())
}

/// Looks for FTP in the lists of protocols of the kernel and the system, then uses it over TCP.
fn ftp_is_transport(lab: &mut Lab) -> Result<()> {
    let names = net::protocols(Proc::OWN);
    if names.is_empty() {
        lab.note("cannot read the kernel's list of protocols");
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
                // An entry among protocols supports the claim, one among services contradicts it.
                let listing = match &seen {
                    Some(seen) => format!("{seen} is listed"),
                    None => "FTP is not listed".to_owned(),
                };
                match (file, seen.is_some()) {
                    ("/etc/services", false) => lab.note(format!("{file} does not list FTP")),
                    (_, listed) => {
                        lab.trial(format!("{file}, the list of {of}"), listing, listed && file == "/etc/protocols")
                    }
                }
            }
            Err(error) => lab.note(format!("cannot read {file}: {error}")),
        }
    }
    let (client, server, _) = lab.connection()?;
    let protocol = lab.get_option(client, SOL_SOCKET, SO_PROTOCOL)?;
    lab.mark_evidence();
    lab.show(|net| net.send(server, b"220 ready\r\n", 0))?;
    lab.readable(client)?;
    let greeting = lab.recv(client)?;
    lab.show(|net| net.send(client, b"USER anonymous\r\n", 0))?;
    lab.readable(server)?;
    let user = lab.recv(server)?;
    lab.mark_evidence();
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
