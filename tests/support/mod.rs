//! What every test binary shares: needs that a machine may not meet, a network apart from the machine's, and signals
//! as they are by default.

#![allow(dead_code, reason = "every test binary uses its own part of it")]

pub mod interpreters;
pub mod needs;

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Checks each item, two at a time: what a test does alone at the end of its binary leaves a processor idle.
pub fn two_at_a_time<T: Send>(items: impl IntoIterator<Item = T, IntoIter: Send>, check: impl Fn(T) + Sync) {
    let items = Mutex::new(items.into_iter());
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while let Some(item) = next() {
                    check(item);
                }
            });
        }
    });
}

/// Marks the process in which a test that called [`alone`] really runs.
const ALONE: &str = "SOCKSCOPE_TEST_ALONE";

/// Words before a command that give it a network of its own, with a loopback and a route for broadcasts, and leave user, groups and capabilities as
/// they are. None where the kernel does not allow it: a test then runs in the machine's network and shares its ports.
fn own_network() -> &'static [&'static str] {
    const ROOT: &[&str] =
        &["unshare", "-n", "sh", "-c", "ip link set lo up && ip route add 255.255.255.255 dev lo && exec \"$@\"", "sh"];
    // To set the loopback up takes a capability of the new namespace, which the test then must not have.
    const USER: &[&str] = &[
        "unshare",
        "--user",
        "--map-current-user",
        "--keep-caps",
        "-n",
        "sh",
        "-c",
        "ip link set lo up && ip route add 255.255.255.255 dev lo && \
         exec setpriv --inh-caps=-all --ambient-caps=-all -- \"$@\"",
        "sh",
    ];
    static WORDS: OnceLock<&[&str]> = OnceLock::new();
    WORDS.get_or_init(|| {
        let words = if nix::unistd::geteuid().is_root() { ROOT } else { USER };
        let mut probe = Command::new(words[0]);
        probe.args(&words[1..]).arg("true").stderr(Stdio::null());
        if probe.status().is_ok_and(|status| status.success()) { words } else { &[] }
    })
}

/// Runs the calling test in a process of its own, with a network of its own where the kernel allows it: no other test
/// and no server of this machine is in its way, and no program that another test starts has copies of its descriptors.
/// Returns true when that has been done, so that the caller returns:
///
/// ```ignore
/// #[test]
/// fn a_test() {
///     if alone(a_test) {
///         return;
///     }
/// ```
#[must_use]
pub fn alone<T: Fn()>(_test: T) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return false;
    }
    let (_, name) = std::any::type_name::<T>().split_once("::").expect("a crate and a path");
    let program = std::env::current_exe().expect("the test binary");
    let mut words = own_network().iter().map(OsStr::new).chain([OsStr::new("env")]);
    let mut command = Command::new(words.next().expect("env at least"));
    command.args(words).arg(DEFAULT_SIGNALS).arg(program).args(["--exact", name, "--include-ignored"]);
    // Standard error stays ours, so that skips are seen; libtest prints a failure on standard output.
    let output = command.env(ALONE, "1").stderr(Stdio::inherit()).output().expect("env is there");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("test result: ok. 1 passed"), "{text}");
    true
}

/// A script's `&` leaves these two ignored, which every program then inherits.
const DEFAULT_SIGNALS: &str = "--default-signal=INT,QUIT";

/// A command that is ended by SIGINT and SIGQUIT even where the tests were started with them ignored.
pub fn interruptible(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("env");
    command.arg(DEFAULT_SIGNALS).arg(program).stdin(Stdio::null());
    command
}
