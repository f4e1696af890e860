//! three-step, as in `three_step_server.py` and `three_step_client.py`.

use super::repr;
use super::stage::{Halt, Stage, print};
use crate::pysocket::{Parts, SharedNet, Socket, python_name};

/// Sends this side's description and waits until the client has confirmed it.
fn confirm(net: &SharedNet, connection: Parts, address: &str) -> Result<(), Halt> {
    let mut connection = connection.attach(net);
    connection.sendall(python_name(&connection.getsockname()?).as_bytes())?;
    print(format_args!("连接确认 {address} {}", repr::decode(&connection.recv(1024)?)?))?;
    connection.close()?;
    Ok(())
}

/// Listens, and starts a thread for every connection.
pub(super) fn server(stage: &mut Stage) -> Result<(), Halt> {
    let mut s = Socket::tcp(&stage.net)?;
    s.bind(&stage.address("127.0.0.1", 8300))?;
    s.listen(5)?;
    print(format_args!("服务器监听 {}", python_name(&s.getsockname()?)))?;
    let mut threads = Vec::new();
    while stage.args.rounds == 0 || threads.len() < stage.args.rounds as usize {
        let (connection, address) = s.accept()?;
        let (connection, address) = (connection.into_parts(), python_name(&address)); // moved to the thread
        threads.push(stage.thread(move |net| confirm(net, connection, &address)));
        print(format_args!("继续监听 {}", s.getsockopt(libc::SOL_SOCKET, libc::SO_ACCEPTCONN)?))?;
    }
    for thread in threads {
        let _ = thread.join(); // what it raised has been printed
    }
    s.close()?;
    Ok(())
}

/// Connects twice, to show that the listener keeps listening.
pub(super) fn client(stage: &mut Stage) -> Result<(), Halt> {
    let mut connections = Vec::new();
    for _number in [1, 2] {
        let c = Socket::tcp(&stage.net)?;
        c.connect(&stage.address("127.0.0.1", 8300))?;
        let (own, peer) = (c.getsockname()?, c.getpeername()?);
        print(format_args!("客户端请求 {} → {}", python_name(&own), python_name(&peer)))?;
        connections.push(c);
    }
    // Both descriptions are read before either is confirmed: both connections are then known to be open at the same
    // time.
    for c in &connections {
        print(format_args!("服务器端套接字 {}", repr::decode(&c.recv(1024)?)?))?;
    }
    for c in &connections {
        c.sendall("确认".as_bytes())?;
    }
    for c in &mut connections {
        c.recv(1)?; // the server closes first
        c.close()?;
    }
    Ok(())
}
