//! The command; all of it is in the library ([`sockscope::cmd`]).

use std::process::ExitCode;

fn main() -> ExitCode {
    sockscope::cmd::main()
}
