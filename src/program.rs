//! The document programs: what each is, its Python twins, and its cases.
//!
//! A twin is the document's program written anew for Python 3, making the same
//! calls in the same order; real CPython runs it as the witness for the Rust
//! replay. The twins are embedded, so that the command can print and run them
//! without a copy of the repository.

pub mod cases;

/// Which side of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Binds a port and waits.
    Server,
    /// Speaks first.
    Client,
}

/// What a program's server waits on; says where its socket is observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A listening socket.
    Tcp,
    /// A bound socket.
    Udp,
}

/// A document program.
#[derive(Debug)]
pub struct Program {
    /// Its name on the command line.
    pub name: &'static str,
    /// The first three digits of the document it comes from.
    pub document: &'static str,
    /// What its server's socket is.
    pub transport: Transport,
    /// The server's port as the document prints it, or ours where it prints none.
    pub server_port: u16,
    /// The port the client connects to as printed; differs for tcp-hello only.
    pub client_port: u16,
    /// The arguments that lead a client to a server; `{port}` is its port.
    pub client_args: &'static [&'static str],
    /// Python source of the server.
    pub server_twin: &'static str,
    /// Python source of the client.
    pub client_twin: &'static str,
}

impl Program {
    /// The file name of a role's twin, such as `tcp_hello_server.py`.
    pub fn twin_file(&self, role: Role) -> String {
        let role = match role {
            Role::Server => "server",
            Role::Client => "client",
        };
        format!("{}_{role}.py", self.name.replace('-', "_"))
    }

    /// The Python source of a role.
    pub fn twin(&self, role: Role) -> &'static str {
        match role {
            Role::Server => self.server_twin,
            Role::Client => self.client_twin,
        }
    }
}

/// The usual way to say where the server is; the host is the twin's default.
const PORT: &[&str] = &["--port", "{port}"];

/// Every program, in the order of the documents.
pub static PROGRAMS: &[Program] = &[
    Program {
        name: "getname",
        document: "000",
        transport: Transport::Udp,
        server_port: 5300,
        client_port: 5300,
        client_args: &["--resolver", "127.0.0.1:{port}"],
        server_twin: include_str!("program/getname_server.py"),
        client_twin: include_str!("program/getname_client.py"),
    },
    Program {
        name: "udp-local",
        document: "000",
        transport: Transport::Udp,
        server_port: 1060,
        client_port: 1060,
        client_args: PORT,
        server_twin: include_str!("program/udp_local_server.py"),
        client_twin: include_str!("program/udp_local_client.py"),
    },
    Program {
        name: "udp-remote",
        document: "000",
        transport: Transport::Udp,
        server_port: 1060,
        client_port: 1060,
        client_args: &["--host", "127.0.0.1", "--port", "{port}"],
        server_twin: include_str!("program/udp_remote_server.py"),
        client_twin: include_str!("program/udp_remote_client.py"),
    },
    Program {
        name: "three-step",
        document: "000",
        transport: Transport::Tcp,
        server_port: 8300,
        client_port: 8300,
        client_args: PORT,
        server_twin: include_str!("program/three_step_server.py"),
        client_twin: include_str!("program/three_step_client.py"),
    },
    Program {
        name: "chat",
        document: "001",
        transport: Transport::Tcp,
        server_port: 6666,
        client_port: 6666,
        client_args: PORT,
        server_twin: include_str!("program/chat_server.py"),
        client_twin: include_str!("program/chat_client.py"),
    },
    Program {
        name: "flow",
        document: "002",
        transport: Transport::Tcp,
        server_port: 8200,
        client_port: 8200,
        client_args: PORT,
        server_twin: include_str!("program/flow_server.py"),
        client_twin: include_str!("program/flow_client.py"),
    },
    Program {
        name: "http-get",
        document: "003",
        transport: Transport::Tcp,
        server_port: 80,
        client_port: 80,
        client_args: PORT,
        server_twin: include_str!("program/http_get_server.py"),
        client_twin: include_str!("program/http_get_client.py"),
    },
    Program {
        name: "tcp-hello",
        document: "004",
        transport: Transport::Tcp,
        server_port: 8090,
        client_port: 8080,
        client_args: PORT,
        server_twin: include_str!("program/tcp_hello_server.py"),
        client_twin: include_str!("program/tcp_hello_client.py"),
    },
    Program {
        name: "udp-hello",
        document: "004",
        transport: Transport::Udp,
        server_port: 10000,
        client_port: 10000,
        client_args: PORT,
        server_twin: include_str!("program/udp_hello_server.py"),
        client_twin: include_str!("program/udp_hello_client.py"),
    },
];

/// The program of that name, if there is one.
pub fn find(name: &str) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.name == name)
}
