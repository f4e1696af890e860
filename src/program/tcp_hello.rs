//! tcp-hello, as in `tcp_hello_server.py` and `tcp_hello_client.py`.

use super::repr;
use super::stage::{Halt, Stage, print};
use crate::pysocket::{Error, Socket};

/// Accepts one connection and receives once.
pub(super) fn server(stage: &mut Stage) -> Result<(), Halt> {
    let client;
    let mut s;

    s = Socket::tcp(&stage.net)?;
    let address = stage.address("127.0.0.1", 8090);
    s.bind(&address)?;
    print("服务器已启动")?;
    s.listen(5)?;
    (client, _) = s.accept()?;
    print("有一个连接已建立")?;
    let res = client.recv(1024)?;
    print(repr::bytes(&res))?;
    s.close()?;
    Ok(())
}

/// Sends one message. Its port is the document's 8080, the server's is 8090.
pub(super) fn client(stage: &mut Stage) -> Result<(), Halt> {
    let mut c = Socket::tcp(&stage.net)?;
    let server_address = stage.address("127.0.0.1", 8080);
    c.connect(&server_address)?;
    let message = "hello 我是客户端";
    if stage.case("send-str") {
        return Err(Error::Type("a bytes-like object is required, not 'str'".into()).into());
    }
    c.send(message.as_bytes())?;
    if stage.case("time-wait") {
        c.recv(1)?; // lets the server close first, so its side waits in TIME_WAIT
        stage.input("")?; // until our acknowledgement has reached the server's side
    }
    c.close()?;
    Ok(())
}
