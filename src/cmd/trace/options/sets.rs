//! The lists of words and numbers behind options.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use anyhow::{Context, bail};

use super::{Quiet, Statuses};
use crate::cmd::trace::Args;
use crate::tracer::{FdSpec, Show, User};
use crate::xlat::signal::signal_number;

pub(super) fn quiet(args: &Args) -> anyhow::Result<Quiet> {
    let mut quiet = Quiet {
        // As strace: where the trace goes to a file, standard error is the program's alone, if we start one.
        attach: args.quiet > 0 || (args.output.is_some() && args.attach.is_empty() && args.quiet_set.is_none()),
        exit: args.quiet > 1,
        superseded: args.quiet > 2,
    };
    if let Some(set) = &args.quiet_set {
        quiet_set(set, &mut quiet)?;
    }
    Ok(quiet)
}

pub(super) fn quiet_set(set: &str, quiet: &mut Quiet) -> anyhow::Result<()> {
    *quiet = Quiet::default();
    for word in set.split(',') {
        match word {
            "attach" => quiet.attach = true,
            "exit" | "exits" => quiet.exit = true,
            "thread-execve" | "superseded" => quiet.superseded = true,
            "path-resolution" | "path-resolve" | "personality" | "none" => {}
            "all" => *quiet = Quiet { attach: true, exit: true, superseded: true },
            other => bail!("-e quiet={other}: say attach, exit, path-resolution, personality, thread-execve or all"),
        }
    }
    Ok(())
}

/// How the tracer is detached from who started it (`-D`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cmd::trace) enum Daemon {
    /// It is a grandchild.
    Grandchild,
    /// In a group of processes of its own.
    Group,
    /// In a session of its own.
    Session,
}

pub(super) fn daemon(args: &Args) -> anyhow::Result<Option<Daemon>> {
    Ok(match (args.daemonize.as_deref(), args.beside) {
        (None, 0) => None,
        (None, 1) | (Some("grandchild"), _) => Some(Daemon::Grandchild),
        (None, 2) | (Some("pgroup" | "pgrp"), _) => Some(Daemon::Group),
        (None, _) | (Some("session"), _) => Some(Daemon::Session),
        (Some(other), _) => bail!("--daemonize={other}: say grandchild, pgroup or session"),
    })
}

/// Which signals end the tracer (`-I`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cmd::trace) enum Interruptible {
    /// Those that end programs.
    Waiting,
    /// None.
    Never,
    /// None, and the terminal does not stop it either.
    NeverStopped,
}

pub(super) fn interruptible(word: &str) -> anyhow::Result<Interruptible> {
    Ok(match word {
        "1" | "anywhere" | "2" | "waiting" => Interruptible::Waiting,
        "3" | "never" => Interruptible::Never,
        "4" | "never_tstp" => Interruptible::NeverStopped,
        other => bail!("-I {other}: say 1 (anywhere), 2 (waiting), 3 (never) or 4 (never_tstp)"),
    })
}

pub(super) fn show(times: u8) -> Show {
    match times {
        0 => Show::default(),
        1 => Show { path: true, ..Show::default() },
        _ => Show { path: true, socket: true, device: true, pidfd: true, ..Show::default() },
    }
}

pub(super) fn show_of(set: &str) -> anyhow::Result<Show> {
    let mut shown = Show::default();
    for word in set.split(',') {
        match word {
            "all" => shown = show(2),
            "none" => shown = Show::default(),
            "path" => shown.path = true,
            "socket" => shown.socket = true,
            "dev" => shown.device = true,
            "pidfd" => shown.pidfd = true,
            other => bail!("--decode-fds={other}: say path, socket, dev, pidfd, all or none"),
        }
    }
    Ok(shown)
}

/// A set of signals: `all`, `none`, names with or without SIG, numbers, `!` for all others.
pub(super) fn signals(text: &str) -> anyhow::Result<u64> {
    let (inverted, list) = crate::tracer::inverted(text);
    let mut set = 0u64;
    for word in list.split(',').filter(|word| !word.is_empty()) {
        match word {
            "all" => set = u64::MAX,
            "none" => {}
            _ => {
                let upper = word.to_uppercase();
                let name = if upper.starts_with("SIG") { upper } else { format!("SIG{upper}") };
                let number = signal_number(&name).or_else(|| word.parse().ok().filter(|n| (1..=64).contains(n)));
                let number = number.with_context(|| format!("-e signal={word}: there is no such signal"))?;
                set |= 1 << (number - 1);
            }
        }
    }
    Ok(if inverted { !set } else { set })
}

pub(super) fn statuses(text: &str) -> anyhow::Result<Statuses> {
    let (inverted, list) = crate::tracer::inverted(text);
    let mut set = Statuses::NONE;
    for word in list.split(',') {
        match word {
            "all" => set = Statuses::ALL,
            "none" => {}
            "successful" => set.successful = true,
            "failed" => set.failed = true,
            "unfinished" => set.unfinished = true,
            "detached" => set.detached = true,
            "unavailable" => {}
            other => bail!("-e status={other}: say successful, failed, unfinished, unavailable or detached"),
        }
    }
    Ok(if inverted {
        Statuses {
            successful: !set.successful,
            failed: !set.failed,
            unfinished: !set.unfinished,
            detached: !set.detached,
        }
    } else {
        set
    })
}

/// A set of descriptors: numbers, `all`, `none`, `!` for all others.
pub(super) fn descriptors(text: &str) -> anyhow::Result<FdSpec> {
    let (inverted, list) = crate::tracer::inverted(text);
    let mut set = BTreeSet::new();
    let mut all = false;
    for word in list.split(',') {
        match word {
            "all" => all = true,
            "none" => {}
            _ => {
                set.insert(word.parse().with_context(|| format!("{word:?} is not the number of a descriptor"))?);
            }
        }
    }
    Ok(match (all, inverted) {
        (true, false) => FdSpec::AllBut(BTreeSet::new()),
        (true, true) => FdSpec::None,
        (false, false) => FdSpec::Only(set),
        (false, true) => FdSpec::AllBut(set),
    })
}

/// Process numbers: separated by commas or white space, as `pidof` gives them.
pub(super) fn pids(given: &[String]) -> anyhow::Result<Vec<i32>> {
    let mut all = Vec::new();
    for word in given.iter().flat_map(|list| list.split([',', ' ', '\t', '\n'])).filter(|word| !word.is_empty()) {
        let pid = word.parse::<i32>().ok().filter(|pid| *pid > 0);
        all.push(pid.with_context(|| format!("-p {word}: {word:?} is not a process number"))?);
    }
    Ok(all)
}

/// `VAR=value` sets, `VAR` removes.
pub(super) fn split_variable(variable: &OsStr) -> (OsString, Option<OsString>) {
    let bytes = variable.as_bytes();
    match bytes.iter().position(|&byte| byte == b'=') {
        Some(at) => (OsString::from_vec(bytes[..at].to_vec()), Some(OsString::from_vec(bytes[at + 1..].to_vec()))),
        None => (variable.to_owned(), None),
    }
}

/// A path as it was given and as the kernel will name it.
pub(super) fn paths(path: &Path) -> Vec<std::path::PathBuf> {
    let mut all = vec![path.to_path_buf()];
    all.extend(path.canonicalize().ok().filter(|real| real != path));
    all
}

/// Looks a user up.
pub(super) fn user(name: &str) -> anyhow::Result<User> {
    let found = nix::unistd::User::from_name(name).ok().flatten();
    let found = found.with_context(|| format!("-u {name}: there is no such user"))?;
    let cname = std::ffi::CString::new(name)?;
    let groups = nix::unistd::getgrouplist(&cname, found.gid).unwrap_or_default();
    Ok(User {
        uid: found.uid.as_raw(),
        gid: found.gid.as_raw(),
        groups: groups.iter().map(|gid| gid.as_raw()).collect(),
    })
}
