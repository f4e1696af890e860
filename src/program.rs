//! The document programs: what each is, its Python twins, and its cases.
//!
//! A twin is the document's program rewritten for Python 3, making the same
//! calls in the same order; real CPython runs it as the witness for the Rust
//! replay. The twins are embedded, so that the command can print and run them
//! without a copy of the repository.
//!
//! A socket that is never closed is finalised when its name goes out of scope. Python clears a module's names in the
//! order of their first assignment, Rust drops locals in the reverse order of their declaration; hence the roles
//! declare their sockets before they assign them, the last one first.

pub mod arguments;
pub mod cases;
#[allow(clippy::needless_late_init)]
mod chat;
#[allow(clippy::needless_late_init)]
mod flow;
#[allow(clippy::needless_late_init)]
mod getname;
pub mod handover;
#[allow(clippy::needless_late_init)]
mod http_get;
pub(crate) mod lines;
mod repr;
pub mod runner;
pub mod stage;
#[allow(clippy::needless_late_init)]
mod tcp_hello;
mod three_step;
mod udp_hello;
mod udp_local;
mod udp_remote;

use stage::RoleFn;

/// Which side of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Binds a port and waits.
    Server,
    /// Connects or sends first.
    Client,
}

impl Role {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// What a program's server waits on, which decides where its socket is observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A listening socket.
    Tcp,
    /// A bound socket.
    Udp,
}

/// A document whose programs these are.
#[derive(Debug)]
pub struct Document {
    /// The first three digits of its file's name.
    pub number: &'static str,
    /// Its title, or the heading above its program where it has none.
    pub title: &'static str,
    /// What it is.
    pub about: &'static str,
}

/// Every document, in order.
pub static DOCUMENTS: &[Document] = &[
    Document {
        number: "000",
        title: "Python网络编程",
        about: "what sockets are, the three steps of a connection, and programs of Foundations of Python Network \
                Programming: a name's address, UDP here and to another host",
    },
    Document {
        number: "001",
        title: "hello/hi网络聊天程序",
        about: "a second blog post: sockets, TCP and HTTP, a chat, and which system calls Python's socket makes",
    },
    Document {
        number: "002",
        title: "python之socket 网络编程",
        about: "the layers of a network, the twelve steps of a TCP server and client, and the socket's methods",
    },
    Document {
        number: "003",
        title: "TCP编程",
        about: "IP and TCP, and a client that fetches a page of www.sina.com.cn",
    },
    Document { number: "004", title: "传输层", about: "ports, TCP against UDP, and a server and a client of each" },
];

/// A document program.
#[derive(Debug)]
pub struct Program {
    /// Its name on the command line.
    pub name: &'static str,
    /// The first three digits of the document it comes from.
    pub document: &'static str,
    /// The file that its client writes.
    pub saves: Option<&'static str>,
    /// The transport of its server's socket.
    pub transport: Transport,
    /// The server's port as the document prints it, or our choice where it prints none.
    pub server_port: u16,
    /// The port the client connects to as printed; differs for tcp-hello only.
    pub client_port: u16,
    /// Whether its server sets `SO_REUSEADDR`.
    pub reuses_address: bool,
    /// The arguments that lead a client to a server; `{port}` is its port.
    pub client_args: &'static [&'static str],
    /// Runs the server.
    pub server: RoleFn,
    /// Runs the client.
    pub client: RoleFn,
    /// Rust source of both roles.
    pub source: &'static str,
    /// Python source of the server.
    pub server_twin: &'static str,
    /// Python source of the client.
    pub client_twin: &'static str,
    /// A run of the twins, as JSON lines, and what is known beside it (`tests/lessons.rs` records them).
    pub recorded: [&'static str; 2],
}

impl Program {
    /// The file name of a role's twin, such as `tcp_hello_server.py`.
    pub fn twin_file(&self, role: Role) -> String {
        format!("{}_{}.py", self.name.replace('-', "_"), role.name())
    }

    /// The document that it comes from.
    pub fn source_document(&self) -> Option<&'static Document> {
        DOCUMENTS.iter().find(|document| document.number == self.document)
    }

    /// The function that runs a role.
    pub fn role(&self, role: Role) -> RoleFn {
        match role {
            Role::Server => self.server,
            Role::Client => self.client,
        }
    }

    /// The Python source of a role.
    pub fn twin(&self, role: Role) -> &'static str {
        match role {
            Role::Server => self.server_twin,
            Role::Client => self.client_twin,
        }
    }
}

/// The arguments for programs whose default host is loopback.
const PORT: &[&str] = &["--port", "{port}"];

/// Every program, in the order of the documents.
pub static PROGRAMS: &[Program] = &[
    Program {
        name: "getname",
        document: "000",
        saves: None,
        transport: Transport::Udp,
        server_port: 5300,
        client_port: 5300,
        reuses_address: false,
        client_args: &["--resolver", "127.0.0.1:{port}"],
        server: getname::server,
        client: getname::client,
        source: include_str!("program/getname.rs"),
        server_twin: include_str!("program/getname_server.py"),
        client_twin: include_str!("program/getname_client.py"),
        recorded: [include_str!("program/recorded/getname.jsonl"), include_str!("program/recorded/getname.json")],
    },
    Program {
        name: "udp-local",
        document: "000",
        saves: None,
        transport: Transport::Udp,
        server_port: 1060,
        client_port: 1060,
        reuses_address: false,
        client_args: PORT,
        server: udp_local::server,
        client: udp_local::client,
        source: include_str!("program/udp_local.rs"),
        server_twin: include_str!("program/udp_local_server.py"),
        client_twin: include_str!("program/udp_local_client.py"),
        recorded: [include_str!("program/recorded/udp-local.jsonl"), include_str!("program/recorded/udp-local.json")],
    },
    Program {
        name: "udp-remote",
        document: "000",
        saves: None,
        transport: Transport::Udp,
        server_port: 1060,
        client_port: 1060,
        reuses_address: false,
        client_args: &["--host", "127.0.0.1", "--port", "{port}"],
        server: udp_remote::server,
        client: udp_remote::client,
        source: include_str!("program/udp_remote.rs"),
        server_twin: include_str!("program/udp_remote_server.py"),
        client_twin: include_str!("program/udp_remote_client.py"),
        recorded: [include_str!("program/recorded/udp-remote.jsonl"), include_str!("program/recorded/udp-remote.json")],
    },
    Program {
        name: "three-step",
        document: "000",
        saves: None,
        transport: Transport::Tcp,
        server_port: 8300,
        client_port: 8300,
        reuses_address: false,
        client_args: PORT,
        server: three_step::server,
        client: three_step::client,
        source: include_str!("program/three_step.rs"),
        server_twin: include_str!("program/three_step_server.py"),
        client_twin: include_str!("program/three_step_client.py"),
        recorded: [include_str!("program/recorded/three-step.jsonl"), include_str!("program/recorded/three-step.json")],
    },
    Program {
        name: "chat",
        document: "001",
        saves: None,
        transport: Transport::Tcp,
        server_port: 6666,
        client_port: 6666,
        reuses_address: true,
        client_args: PORT,
        server: chat::server,
        client: chat::client,
        source: include_str!("program/chat.rs"),
        server_twin: include_str!("program/chat_server.py"),
        client_twin: include_str!("program/chat_client.py"),
        recorded: [include_str!("program/recorded/chat.jsonl"), include_str!("program/recorded/chat.json")],
    },
    Program {
        name: "flow",
        document: "002",
        saves: None,
        transport: Transport::Tcp,
        server_port: 8200,
        client_port: 8200,
        reuses_address: false,
        client_args: PORT,
        server: flow::server,
        client: flow::client,
        source: include_str!("program/flow.rs"),
        server_twin: include_str!("program/flow_server.py"),
        client_twin: include_str!("program/flow_client.py"),
        recorded: [include_str!("program/recorded/flow.jsonl"), include_str!("program/recorded/flow.json")],
    },
    Program {
        name: "http-get",
        document: "003",
        saves: Some("sina.html"),
        transport: Transport::Tcp,
        server_port: 80,
        client_port: 80,
        reuses_address: false,
        client_args: PORT,
        server: http_get::server,
        client: http_get::client,
        source: include_str!("program/http_get.rs"),
        server_twin: include_str!("program/http_get_server.py"),
        client_twin: include_str!("program/http_get_client.py"),
        recorded: [include_str!("program/recorded/http-get.jsonl"), include_str!("program/recorded/http-get.json")],
    },
    Program {
        name: "tcp-hello",
        document: "004",
        saves: None,
        transport: Transport::Tcp,
        server_port: 8090,
        client_port: 8080,
        reuses_address: false,
        client_args: PORT,
        server: tcp_hello::server,
        client: tcp_hello::client,
        source: include_str!("program/tcp_hello.rs"),
        server_twin: include_str!("program/tcp_hello_server.py"),
        client_twin: include_str!("program/tcp_hello_client.py"),
        recorded: [include_str!("program/recorded/tcp-hello.jsonl"), include_str!("program/recorded/tcp-hello.json")],
    },
    Program {
        name: "udp-hello",
        document: "004",
        saves: None,
        transport: Transport::Udp,
        server_port: 10000,
        client_port: 10000,
        reuses_address: false,
        client_args: PORT,
        server: udp_hello::server,
        client: udp_hello::client,
        source: include_str!("program/udp_hello.rs"),
        server_twin: include_str!("program/udp_hello_server.py"),
        client_twin: include_str!("program/udp_hello_client.py"),
        recorded: [include_str!("program/recorded/udp-hello.jsonl"), include_str!("program/recorded/udp-hello.json")],
    },
];

/// The program of that name, if there is one.
pub fn find(name: &str) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.name == name)
}
