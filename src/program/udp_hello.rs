//! udp-hello, as in `udp_hello_server.py` and `udp_hello_client.py`.

use super::repr;
use super::stage::{Halt, Stage, print};
use crate::pysocket::Socket;

/// Receives one datagram.
pub(super) fn server(stage: &mut Stage) -> Result<(), Halt> {
    let s = Socket::udp(&stage.net)?;
    s.bind(&stage.address("127.0.0.1", 10000))?;
    let res = s.recv(1024)?;
    print(repr::bytes(&res))
}

/// Sends one datagram, which succeeds whether or not there is a server.
pub(super) fn client(stage: &mut Stage) -> Result<(), Halt> {
    let mut c = Socket::udp(&stage.net)?;
    c.sendto("这是UDP的客户端".as_bytes(), &stage.address("127.0.0.1", 10000))?;
    c.close()?;
    Ok(())
}
