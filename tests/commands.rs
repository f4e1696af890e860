//! The small commands, and what `run` prints into a pipe.

use std::process::Command;

/// What a command prints; it must succeed.
fn printed(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sockscope")).args(args).output().expect("the command starts");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn sources_are_those_of_the_repository() {
    let python = printed(&["programs", "udp-hello", "--source", "python"]);
    assert!(python.contains(include_str!("../src/program/udp_hello_server.py").trim()), "{python}");
    assert!(python.contains(include_str!("../src/program/udp_hello_client.py").trim()), "{python}");
    let rust = printed(&["programs", "udp-hello", "--source", "rust"]);
    assert!(rust.contains(include_str!("../src/program/udp_hello.rs").trim()), "{rust}");
}

#[test]
fn completions_and_man_page_know_the_subcommands() {
    assert!(printed(&["completions", "bash"]).contains("claims"));
    assert!(printed(&["man"]).contains("sockscope"));
}

#[test]
fn a_pipe_gets_no_colour_and_times_where_asked() {
    let text = printed(&["run", "udp-hello", "--port", "0", "-ttt", "-T"]);
    assert!(!text.contains('\x1b'), "{text}");
    let bind = text.lines().find(|line| line.contains("bind(3")).expect("the server binds");
    assert!(bind.starts_with("server | 1") && bind.ends_with('>') && bind.contains(" = 0 <0."), "{bind}");
}
