//! udp-local, as in `udp_local_server.py` and `udp_local_client.py`.

use super::repr;
use super::stage::{Halt, Stage, print};
use crate::pysocket::{Socket, python_name};

const MAX: isize = 65535;

/// Replies with the length of each datagram.
pub(super) fn server(stage: &mut Stage) -> Result<(), Halt> {
    let s = Socket::udp(&stage.net)?;
    s.bind(&stage.address("127.0.0.1", 1060))?;
    print(format_args!("Listening at {}", python_name(&s.getsockname()?)))?;
    let mut rounds = 0;
    while stage.args.rounds == 0 || rounds < stage.args.rounds {
        rounds += 1;
        let (data, address) = s.recvfrom(MAX)?;
        print(format_args!("The client at {} says {}", python_name(&address), repr::bytes(&data)))?;
        s.sendto(format!("Your data was {} bytes", data.len()).as_bytes(), &address.into())?;
    }
    Ok(())
}

/// Prints its address before and after the first sendto.
pub(super) fn client(stage: &mut Stage) -> Result<(), Halt> {
    let s = Socket::udp(&stage.net)?;
    print(format_args!("Address before sending: {}", python_name(&s.getsockname()?)))?;
    let message = if stage.case("too-long") { vec![b'x'; MAX as usize] } else { b"This is my message".to_vec() };
    s.sendto(&message, &stage.address("127.0.0.1", 1060))?;
    print(format_args!("Address after sending {}", python_name(&s.getsockname()?)))?;
    let (data, address) = s.recvfrom(MAX)?; // overly promiscuous: takes a datagram from anyone
    print(format_args!("The server {} says {}", python_name(&address), repr::bytes(&data)))
}
