//! Starts the program to be traced.
//!
//! The child waits until we have seized it, installs the filter and becomes the program. Nothing of ours reaches the
//! program: every descriptor we hold is closed on exec, signal dispositions and the mask are those of [`Program`], and the
//! address space is laid out as it would be without us.
//!
//! The filter needs CAP_SYS_ADMIN or `no_new_privs`. It is first tried without, so that a privileged tracer leaves
//! setuid programs their privilege; an unprivileged one takes it from them by tracing anyway.
//!
//! # Safety
//! Between fork and exec the child makes only system calls on data prepared before, as a child of a process that may
//! have threads must.
#![allow(unsafe_code)]

use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::ptrace;
use crate::sys::signals::Dispositions;

/// What to start.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Program {
    /// The name, looked up in PATH, and the arguments.
    pub argv: Vec<OsString>,
    /// Environment variables to set, or with `None` to remove.
    pub env: Vec<(OsString, Option<OsString>)>,
    /// The user to become.
    pub user: Option<User>,
    /// What it does about signals at first.
    pub(crate) dispositions: Dispositions,
}

impl Program {
    /// The name, looked up in PATH, and the arguments; all else as it is for the caller.
    pub fn new(argv: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self { argv: argv.into_iter().map(Into::into).collect(), ..Self::default() }
    }
}

/// A user with the groups the program gets.
#[derive(Debug, Clone)]
pub struct User {
    /// User number.
    pub uid: u32,
    /// Group number.
    pub gid: u32,
    /// Supplementary groups.
    pub groups: Vec<u32>,
}

/// Why a program could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpawnError {
    /// No such program.
    #[error("cannot find the program {0:?}: no such file, and nothing of that name in PATH")]
    NotFound(OsString),
    /// The program is there, but cannot be run.
    #[error("cannot run {0:?}: {1}")]
    NotExecutable(PathBuf, io::Error),
    /// An argument or variable has a NUL byte.
    #[error("an argument or environment variable contains a NUL byte, which no program can be given")]
    Nul,
    /// The user could not be changed.
    #[error("cannot become the user asked for with -u ({0}); only root may change users")]
    User(io::Error),
    /// The filter was refused.
    #[error("the kernel refused the seccomp filter ({0}); try --no-seccomp, which is slower")]
    Filter(io::Error),
    /// We may not trace.
    #[error(
        "may not trace the program ({0}); where /proc/sys/kernel/yama/ptrace_scope is 2 only root may, in a container \
         ptrace must be allowed (docker: --cap-add=SYS_PTRACE)"
    )]
    Trace(io::Error),
    /// Something else.
    #[error("cannot start the program: {0}")]
    Io(#[from] io::Error),
}

/// At which step the child failed, as the byte it reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum ChildStage {
    User = 1,
    Filter = 2,
    Exec = 3,
}

/// A child that has become the program, or soon does.
#[derive(Debug)]
pub(super) struct Child {
    /// Its process number.
    pub pid: i32,
    /// Where it reports a failure of exec; ends when exec succeeds.
    failure: File,
    path: PathBuf,
    /// What it was started with.
    pub(crate) dispositions: Dispositions,
}

impl Child {
    /// Why the child could not become the program: to be asked when it ended before it did.
    pub(super) fn failure(&mut self) -> Option<SpawnError> {
        let mut report = [0; 5];
        self.failure.read_exact(&mut report).ok()?;
        let error = io::Error::from_raw_os_error(i32::from_ne_bytes([report[1], report[2], report[3], report[4]]));
        Some(match report[0] {
            step if step == ChildStage::User as u8 => SpawnError::User(error),
            step if step == ChildStage::Filter as u8 => SpawnError::Filter(error),
            _ => SpawnError::NotExecutable(self.path.clone(), error),
        })
    }
}

/// Finds a program as execvp(3) does: a name with a slash is a path, others are looked up in PATH.
pub(super) fn find(name: &OsStr) -> Result<PathBuf, SpawnError> {
    let executable = |path: &Path| nix::unistd::access(path, nix::unistd::AccessFlags::X_OK).is_ok() && path.is_file();
    let refused = |path: PathBuf| {
        let error = if path.is_dir() { libc::EISDIR } else { libc::EACCES };
        SpawnError::NotExecutable(path, io::Error::from_raw_os_error(error))
    };
    if name.as_bytes().contains(&b'/') {
        let path = PathBuf::from(name);
        return match path.symlink_metadata() {
            Err(_) => Err(SpawnError::NotFound(name.into())),
            Ok(_) if executable(&path) => Ok(path),
            // The kernel's refusal is part of the trace.
            Ok(_) if path.exists() => Ok(path),
            Ok(_) => Err(SpawnError::NotFound(name.into())),
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    let mut seen = None;
    for dir in std::env::split_paths(&path) {
        let candidate = dir.join(name);
        if name.is_empty() {
            break;
        }
        if executable(&candidate) {
            return Ok(candidate);
        }
        if candidate.is_file() {
            seen.get_or_insert(candidate);
        }
    }
    Err(seen.map_or_else(|| SpawnError::NotFound(name.into()), refused))
}

/// All that the child needs, made before the fork.
struct Prepared {
    path: CString,
    argv: Vec<CString>,
    envp: Vec<CString>,
    user: Option<User>,
    filter: Option<Vec<libc::sock_filter>>,
    dispositions: Dispositions,
}

/// A pipe of which no program sees an end.
fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?)
}

/// Finds a program and prepares its start.
fn prepare(program: &Program, filter: Option<Vec<libc::sock_filter>>) -> Result<(PathBuf, Prepared), SpawnError> {
    let path = find(&program.argv.first().cloned().unwrap_or_default())?;
    let text = |s: &OsStr| CString::new(s.as_bytes()).map_err(|_| SpawnError::Nul);
    let mut env: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    for (name, value) in &program.env {
        env.retain(|(known, _)| known != name);
        if let Some(value) = value {
            env.push((name.clone(), value.clone()));
        }
    }
    let variable = |(name, value): &(OsString, OsString)| {
        let mut both = name.clone();
        both.push("=");
        both.push(value);
        text(&both)
    };
    let prepared = Prepared {
        path: text(path.as_os_str())?,
        argv: program.argv.iter().map(|arg| text(arg)).collect::<Result<_, _>>()?,
        envp: env.iter().map(variable).collect::<Result<_, _>>()?,
        user: program.user.clone(),
        filter,
        dispositions: program.dispositions.clone(),
    };
    Ok((path, prepared))
}

/// Starts a program under our eyes. It has been seized, but may not have become the program yet.
pub(super) fn spawn(
    program: &Program,
    filter: Option<Vec<libc::sock_filter>>,
    options: ptrace::Options,
) -> Result<Child, SpawnError> {
    let (path, prepared) = prepare(program, filter)?;
    let vectors = Vectors::of(&prepared);
    let (go_read, go_write) = pipe()?;
    let (failure_read, failure_write) = pipe()?;
    // SAFETY: the child runs `become_program` only, which allocates nothing and takes no lock.
    let pid = unsafe { libc::fork() };
    if pid == -1 {
        return Err(io::Error::last_os_error().into());
    }
    if pid == 0 {
        // SAFETY: we are the child; `go_write` is closed so that the death of the tracer ends the read.
        unsafe { libc::close(go_write.as_raw_fd()) };
        become_program(&prepared, &vectors, go_read.as_raw_fd(), failure_write.as_raw_fd());
    }
    drop((go_read, failure_write));
    if let Err(error) = ptrace::seize(pid, options) {
        drop(go_write); // the child reads the end of the pipe and ends
        reap(pid);
        return Err(SpawnError::Trace(error));
    }
    stop_early(pid, &prepared);
    File::from(go_write).write_all(b"!")?;
    Ok(Child { pid, failure: File::from(failure_read), path, dispositions: program.dispositions.clone() })
}

/// Without a filter the first stop would come only with the first wanted call, which may be the one that makes the child
/// the program.
fn stop_early(pid: i32, prepared: &Prepared) {
    if prepared.filter.is_none() {
        let _ = ptrace::interrupt(pid); // one that is gone is reported by the wait
    }
}

/// Lets a grandchild of ours trace, while we become the program ourselves (`-D`): returns in the grandchild.
pub(super) fn swap_places(
    program: &Program,
    filter: Option<Vec<libc::sock_filter>>,
    options: ptrace::Options,
) -> Result<Child, SpawnError> {
    let (path, prepared) = prepare(program, filter)?;
    let vectors = Vectors::of(&prepared);
    let (go_read, go_write) = pipe()?;
    let (failure_read, failure_write) = pipe()?;
    let pid = std::process::id() as i32;
    // Where yama allows only ancestors to trace, we must allow our grandchild.
    // SAFETY: a plain number; harmless where yama is not there.
    unsafe { libc::prctl(libc::PR_SET_PTRACER, libc::PR_SET_PTRACER_ANY) };
    // SAFETY: we have one thread at this point, so the children may go on as usual processes.
    let child = unsafe { libc::fork() };
    if child == -1 {
        return Err(io::Error::last_os_error().into());
    }
    if child > 0 {
        reap(child); // it ends at once, leaving the grandchild to init
        // SAFETY: as in `spawn`.
        unsafe { libc::close(go_write.as_raw_fd()) };
        become_program(&prepared, &vectors, go_read.as_raw_fd(), failure_write.as_raw_fd());
    }
    // SAFETY: as above.
    match unsafe { libc::fork() } {
        0 => {}
        // SAFETY: ends the child in between without running anything of ours twice.
        _ => unsafe { libc::_exit(0) },
    }
    drop((go_read, failure_write));
    ptrace::seize(pid, options).map_err(SpawnError::Trace)?;
    stop_early(pid, &prepared);
    File::from(go_write).write_all(b"!")?;
    Ok(Child { pid, failure: File::from(failure_read), path, dispositions: program.dispositions.clone() })
}

/// Waits for a child of ours that is not traced.
fn reap(pid: i32) {
    let mut status = 0;
    // SAFETY: `status` is a local; interruptions are tried again.
    while unsafe { libc::waitpid(pid, &mut status, 0) } == -1
        && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
    {}
}

/// What the child does: waits for the tracer, then becomes the program, or reports why not. Never returns.
fn become_program(prepared: &Prepared, vectors: &Vectors, go: RawFd, failure: RawFd) -> ! {
    // SAFETY: all pointers are to data of `prepared` and locals, which live until exec; only system calls are made.
    unsafe {
        let mut byte = 0u8;
        loop {
            match libc::read(go, (&raw mut byte).cast(), 1) {
                1 => break,
                -1 if *libc::__errno_location() == libc::EINTR => {}
                _ => libc::_exit(1), // the tracer is gone
            }
        }
        prepared.dispositions.apply();
        // With privilege the filter comes before the change of user; otherwise no_new_privs lets anyone install it.
        let mut installed = true;
        if let Some(filter) = &prepared.filter {
            installed = install(filter);
        }
        if let Some(user) = &prepared.user
            && (libc::setgroups(user.groups.len(), user.groups.as_ptr()) != 0
                || libc::setresgid(user.gid, user.gid, user.gid) != 0
                || libc::setresuid(user.uid, user.uid, user.uid) != 0)
        {
            fail(failure, ChildStage::User);
        }
        if let Some(filter) = prepared.filter.as_ref().filter(|_| !installed)
            && (libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !install(filter))
        {
            fail(failure, ChildStage::Filter);
        }
        libc::execve(prepared.path.as_ptr(), vectors.argv.as_ptr(), vectors.envp.as_ptr());
        if *libc::__errno_location() == libc::ENOEXEC {
            // A script without `#!`: execvp(3) gives it to the shell, and so does every shell.
            script(prepared, vectors.envp.as_ptr());
        }
        fail(failure, ChildStage::Exec)
    }
}

/// Runs a script that does not name its interpreter.
///
/// # Safety
/// `envp` is a NULL-terminated vector of strings. Called in the child only, where nothing else runs.
unsafe fn script(prepared: &Prepared, envp: *const *const libc::c_char) {
    const MAX_ARGS: usize = 1024;
    let mut argv = [std::ptr::null(); MAX_ARGS];
    argv[0] = c"sh".as_ptr();
    argv[1] = prepared.path.as_ptr();
    for (slot, arg) in argv[2..MAX_ARGS - 1].iter_mut().zip(prepared.argv.iter().skip(1)) {
        *slot = arg.as_ptr();
    }
    // SAFETY: `argv` ends with NULL and all strings outlive the call.
    unsafe { libc::execve(c"/bin/sh".as_ptr(), argv.as_ptr(), envp) };
}

/// The vectors execve(2) takes, made before the fork since the child may not allocate.
struct Vectors {
    argv: Vec<*const libc::c_char>,
    envp: Vec<*const libc::c_char>,
}

impl Vectors {
    /// Pointers into `prepared`, each vector ended by NULL.
    fn of(prepared: &Prepared) -> Self {
        let all = |strings: &[CString]| strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect();
        Self { argv: all(&prepared.argv), envp: all(&prepared.envp) }
    }
}

/// Installs the filter; false when the kernel refuses it.
fn install(filter: &[libc::sock_filter]) -> bool {
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
    // SAFETY: `program` describes `filter`, which the kernel copies.
    unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) == 0 }
}

/// Reports to the tracer what failed and ends.
///
/// # Safety
/// Called in the child only.
unsafe fn fail(failure: RawFd, step: ChildStage) -> ! {
    // SAFETY: writes a local buffer to a descriptor of ours and ends the process.
    unsafe {
        let error = (*libc::__errno_location()).to_ne_bytes();
        let report = [step as u8, error[0], error[1], error[2], error[3]];
        libc::write(failure, report.as_ptr().cast(), report.len());
        libc::_exit(127)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_as_a_shell_finds_them() {
        assert!(find(OsStr::new("sh")).is_ok());
        assert!(matches!(find(OsStr::new("no-such-program-anywhere")), Err(SpawnError::NotFound(_))));
        assert!(matches!(find(OsStr::new("/no/such/program")), Err(SpawnError::NotFound(_))));
        assert!(find(OsStr::new("/etc/passwd")).is_ok(), "the kernel refuses it, which a trace shows");
        assert!(matches!(find(OsStr::new("")), Err(SpawnError::NotFound(_))));
    }
}
