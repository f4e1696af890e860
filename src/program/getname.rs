//! getname, as in `getname_server.py` and `getname_client.py`.

use std::time::Duration;

use super::stage::{Halt, Stage, print};
use crate::pysocket::{Error, Resolver, Socket, gethostbyname};

/// The address in the document.
const ADDRESS: [u8; 4] = [173, 194, 72, 113];

/// The reply to a question: header, the question again, and one A record.
fn answer(stage: &Stage, question: &[u8]) -> Result<Vec<u8>, Halt> {
    let name_end = question.iter().skip(12).position(|byte| *byte == 0);
    let Some(end) = name_end.map(|at| 12 + at + 5).filter(|end| *end <= question.len()) else {
        return Err(Error::Value("subsection not found".into()).into());
    };
    let mut records = 0u16;
    let mut flags = 0x8180u16; // an answer, recursion desired and available
    if stage.case("nxdomain") {
        flags |= 3;
    } else if stage.case("servfail") {
        flags |= 2;
    } else {
        records = 1;
    }
    let mut reply = question[..2].to_vec();
    reply.extend(flags.to_be_bytes());
    reply.extend([0, 1]);
    reply.extend(records.to_be_bytes());
    reply.extend([0; 4]);
    reply.extend(&question[12..end]);
    if records == 1 {
        reply.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04");
        reply.extend(ADDRESS);
    }
    Ok(reply)
}

/// The name server: answers every question with the document's address.
pub(super) fn server(stage: &mut Stage) -> Result<(), Halt> {
    let mut connection;
    let mut s;
    let mut listener = None;

    let truncated = stage.case("truncated");
    let mut address = stage.address("127.0.0.1", 5300);
    if truncated {
        let socket = listener.insert(Socket::tcp(&stage.net)?);
        socket.bind(&address)?;
        socket.listen(1)?;
        if let Some(name) = socket.getsockname()? {
            address = name.into(); // UDP and TCP share the number
        }
    }
    s = Socket::udp(&stage.net)?;
    s.bind(&address)?;

    let mut rounds = 0;
    while stage.args.rounds == 0 || rounds < stage.args.rounds {
        rounds += 1;
        let (question, client) = s.recvfrom(512)?;
        if stage.case("silent") {
            continue;
        }
        let mut reply = answer(stage, &question)?;
        let Some(listener) = &listener else {
            s.sendto(&reply, &client.into())?;
            continue;
        };
        reply[2] |= 2; // TC: the answer did not fit, ask again over TCP
        s.sendto(&reply, &client.into())?;
        (connection, _) = listener.accept()?;
        let question = connection.recv(514)?; // TCP puts two bytes of length in front
        let reply = answer(stage, question.get(2..).unwrap_or_default())?;
        connection.sendall(&[&(reply.len() as u16).to_be_bytes()[..], &reply].concat())?;
        connection.close()?;
    }
    s.close()?;
    if let Some(mut listener) = listener {
        listener.close()?;
    }
    Ok(())
}

/// Resolves a host name to an address.
pub(super) fn client(stage: &mut Stage) -> Result<(), Halt> {
    let mut resolver = Resolver::configured();
    if let Some(given) = &stage.args.resolver {
        let server = given.parse().map_err(|_| {
            Halt::Message(format!("--resolver needs an IPv4 address and a port, such as 127.0.0.1:53, not {given}"))
        })?;
        let timeout = Duration::from_secs(if stage.case("silent") { 1 } else { 5 });
        resolver = Resolver::one(server, timeout);
    }
    let hostname = stage.args.host.clone().unwrap_or_else(|| "google.com".to_owned());
    let addr = gethostbyname(&stage.net, &hostname, &resolver)?;
    print(format_args!("The address of {hostname} is {addr}"))
}
