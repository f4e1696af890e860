//! udp-remote, as in `udp_remote_server.py` and `udp_remote_client.py`.

use std::hash::{BuildHasher, RandomState};

use super::repr;
use super::stage::{Halt, Stage, print, print_error};
use crate::pysocket::{Error, Socket, python_name};

const MAX: isize = 65535;

/// Whether a datagram is answered: at random, as in the document, unless `drop` lists those to lose.
fn keep(drop: Option<&str>, number: u32) -> bool {
    match drop {
        None => RandomState::new().hash_one(number) & 1 == 1,
        Some("none") => true,
        Some(numbers) => !numbers.split(',').any(|lost| lost == number.to_string()),
    }
}

/// Answers a datagram or pretends to lose it.
pub(super) fn server(stage: &mut Stage) -> Result<(), Halt> {
    let s = Socket::udp(&stage.net)?;
    s.bind(&stage.address("", 1060))?;
    print(format_args!("Listening at {}", python_name(&s.getsockname()?)))?;
    let mut rounds = 0;
    while stage.args.rounds == 0 || rounds < stage.args.rounds {
        rounds += 1;
        let (data, address) = s.recvfrom(MAX)?;
        if keep(stage.args.drop.as_deref(), rounds) {
            print(format_args!("The client at {} says: {}", python_name(&address), repr::bytes(&data)))?;
            s.sendto(format!("Your data was {} bytes", data.len()).as_bytes(), &address.into())?;
        } else {
            print(format_args!("Pretending to drop packet from {}", python_name(&address)))?;
        }
    }
    Ok(())
}

/// Sends again until there is an answer, each time waiting twice as long.
pub(super) fn client(stage: &mut Stage) -> Result<(), Halt> {
    if stage.args.host.is_none() {
        print_error("usage: udp_remote.py server [<interface>]");
        print_error("   or: udp_remote.py client <host>");
        return Err(Halt::Exit(2));
    }
    let mut s = Socket::udp(&stage.net)?;
    s.connect(&stage.address("", 1060))?;
    print(format_args!("Client socket name is {}", python_name(&s.getsockname()?)))?;
    let mut delay = 0.1;
    let data = loop {
        s.send(b"This is another message")?;
        print(format_args!("Waiting up to {delay:?} seconds for a reply"))?;
        s.settimeout(Some(delay))?;
        match s.recv(MAX) {
            Err(Error::TimedOut) => {
                delay *= 2.0; // wait even longer for the next request
                if delay > 2.0 {
                    return Err(Error::Runtime("I think the server is down".into()).into());
                }
            }
            received => break received?, // we are done, and can stop looping
        }
    };
    print(format_args!("The server says {}", repr::bytes(&data)))
}
