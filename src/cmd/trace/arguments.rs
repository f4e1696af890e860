//! The arguments of `sockscope trace`: strace's, in strace's spelling, and a few of ours.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgAction;

use crate::cmd::format::{self, TextArg};
use crate::cmd::language::LanguageArg;
use crate::cmd::open::OpenArg;
use crate::cmd::own::OwnArgs;
use crate::cmd::why::Causes;
use crate::format::Format;
use crate::tracer::Agent;

const STARTING: &str = "Starting";
const CHOOSING: &str = "Choosing what is shown";
const WRITING: &str = "How it is written";
const COUNTING: &str = "Counting";
const TAMPERING: &str = "Changing what calls do";

/// Trace a program's socket calls, as strace does and with its options.
///
/// Without -e trace= the network calls are shown, and those calls on descriptors that concern sockets.
#[derive(Debug, Clone, clap::Args)]
// As strace takes an option again: the last one counts.
#[command(args_override_self = true)]
#[command(after_help = "Examples:
  sockscope trace -f curl http://localhost:8090/
  sockscope trace -f -yy -tt -o log.strace python3 server.py
  sockscope trace -p 1234 --peer 127.0.0.1:5432
  sockscope trace -f --format jsonl -o log.jsonl python3 client.py
  sockscope trace --group python -o log.txt python3 client.py
  sockscope trace --why python3 client.py
  sockscope trace -f --state python3 server.py
  sockscope trace -c -w -f -e trace=%network python3 -m http.server
  sockscope trace -e inject=connect:error=ECONNREFUSED:line=client.py:12 python3 client.py")]
pub(crate) struct Args {
    /// The program to start, and its arguments.
    #[arg(value_name = "PROG", trailing_var_arg = true)]
    pub command: Vec<OsString>,

    /// Attach to all threads of this process; may be repeated.
    #[arg(short = 'p', long = "attach", value_name = "PID", help_heading = STARTING)]
    pub attach: Vec<String>,

    /// Follow threads and processes that traced ones create; -ff writes each to a file of its own (FILE.PID, x.PID.jsonl).
    #[arg(short = 'f', long = "follow-forks", action = ArgAction::Count, help_heading = STARTING)]
    pub follow: u8,

    /// Write each process to a file of its own, as with -ff.
    #[arg(long, help_heading = STARTING)]
    pub output_separately: bool,

    /// Follow new threads, but not new processes.
    #[arg(long, conflicts_with = "follow", help_heading = STARTING)]
    pub threads_only: bool,

    /// Set a variable in the program's environment, or with VAR alone remove it; may be repeated.
    #[arg(short = 'E', long = "env", value_name = "VAR[=VAL]", help_heading = STARTING)]
    pub env: Vec<OsString>,

    /// Run the program as this user.
    #[arg(short = 'u', long = "user", value_name = "USER", help_heading = STARTING)]
    pub user: Option<String>,

    /// Run the tracer detached, so that the program stays the caller's direct child; -DD in a process group of its own,
    /// -DDD in a session of its own.
    #[arg(short = 'D', action = ArgAction::Count, help_heading = STARTING)]
    pub beside: u8,

    /// The long form of -D: grandchild, pgroup, session.
    #[arg(long, value_name = "AS", num_args = 0..=1, require_equals = true, default_missing_value = "grandchild",
        help_heading = STARTING)]
    pub daemonize: Option<String>,

    /// Let go of a process when it executes another program; CALL is execve.
    #[arg(short = 'b', long = "detach-on", value_name = "CALL", help_heading = STARTING)]
    pub detach_on: Option<String>,

    /// Which signals end the tracer: 1 anywhere or 2 waiting: those that end programs, 3 never: none, 4 never_tstp: nor
    /// does Ctrl-Z stop it.
    #[arg(short = 'I', long = "interruptible", value_name = "WHEN", help_heading = STARTING)]
    pub interruptible: Option<String>,

    /// Stop at the selected calls only; the default where possible.
    #[arg(long, help_heading = STARTING)]
    pub seccomp_bpf: bool,

    /// Stop at every call, without a filter: slower, but leaves setuid programs and no_new_privs alone.
    #[arg(long, conflicts_with = "seccomp_bpf", help_heading = STARTING)]
    pub no_seccomp: bool,

    /// Record the usual calls inside the program, which does not stop for them: auto where that is possible, require to
    /// fail where the other options rule it out.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = AgentArg::Never, help_heading = STARTING)]
    pub agent: AgentArg,

    /// trace=, signal=, status=, read=, write=, verbose=, abbrev=, raw=, quiet=, decode-fds=, inject=, fault=; without a
    /// key: trace=.
    #[arg(short = 'e', value_name = "EXPR", allow_hyphen_values = true, help_heading = CHOOSING)]
    pub expressions: Vec<String>,

    /// Calls: names, %network %net %desc, all, none, /regex, ?name, after ! all others.
    #[arg(long = "trace", value_name = "SET", help_heading = CHOOSING)]
    pub trace: Option<String>,

    /// Signals: names, all, none, after ! all others.
    #[arg(long = "signal", alias = "signals", value_name = "SET", help_heading = CHOOSING)]
    pub signal: Option<String>,

    /// Calls by their end: successful, failed, unfinished, detached.
    #[arg(long = "status", value_name = "SET", help_heading = CHOOSING)]
    pub status: Option<String>,

    /// Show in full what is read from these descriptors.
    #[arg(long = "read", value_name = "SET", help_heading = CHOOSING)]
    pub read: Option<String>,

    /// Show in full what is written to these descriptors.
    #[arg(long = "write", value_name = "SET", help_heading = CHOOSING)]
    pub write: Option<String>,

    /// Calls whose structures are shown rather than their addresses.
    #[arg(long = "verbose", value_name = "SET", help_heading = CHOOSING)]
    pub verbose: Option<String>,

    /// Calls whose arguments are shown undecoded.
    #[arg(long = "raw", value_name = "SET", help_heading = CHOOSING)]
    pub raw: Option<String>,

    /// Calls whose long structures and lists are abbreviated.
    #[arg(long = "abbrev", value_name = "SET", help_heading = CHOOSING)]
    pub abbrev: Option<String>,

    /// Only calls about this file or Unix socket (abstract ones as @NAME); may be repeated.
    #[arg(short = 'P', long = "trace-path", value_name = "PATH", help_heading = CHOOSING)]
    pub paths: Vec<PathBuf>,

    /// Only calls on sockets whose other end is IP:PORT, IP or :PORT; may be repeated.
    #[arg(long, value_name = "ADDRESS", help_heading = CHOOSING)]
    pub peer: Vec<String>,

    /// Only calls on sockets whose own end is IP:PORT, IP or :PORT; may be repeated.
    #[arg(long, value_name = "ADDRESS", help_heading = CHOOSING)]
    pub local: Vec<String>,

    /// Only calls that succeeded.
    #[arg(short = 'z', long = "successful-only", help_heading = CHOOSING)]
    pub successful: bool,

    /// Only calls that failed.
    #[arg(short = 'Z', long = "failed-only", help_heading = CHOOSING)]
    pub failed: bool,

    /// Write to FILE, or with |COMMAND or !COMMAND into a command, instead of to standard error.
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = WRITING)]
    pub output: Option<OsString>,

    /// Append to the file instead of replacing it.
    #[arg(short = 'A', long = "output-append-mode", help_heading = WRITING)]
    pub append: bool,

    /// The format; by default that of the file's name (x.jsonl, x.csv.zst), otherwise strace's text.
    #[arg(long, value_name = "FORMAT", value_parser = format::parser(), help_heading = WRITING)]
    pub format: Option<&'static Format>,

    /// What folded stacks add up.
    #[command(flatten, next_help_heading = WRITING)]
    pub folded: format::FoldedArg,

    /// Whether the page is opened.
    #[command(flatten, next_help_heading = WRITING)]
    pub open: OpenArg,

    /// Bytes shown of each string; default: 32, for packets 65536.
    #[arg(short = 's', long = "string-limit", value_name = "N", help_heading = WRITING)]
    pub string_limit: Option<usize>,

    /// Column of the results.
    #[arg(short = 'a', long = "columns", value_name = "N", default_value_t = 40, help_heading = WRITING)]
    pub columns: usize,

    /// The time of day before each line; -tt with microseconds, -ttt as seconds since 1970.
    #[arg(short = 't', action = ArgAction::Count, help_heading = WRITING)]
    pub time: u8,

    /// The long form of -t: none, time or unix, and s, ms, us or ns.
    #[arg(long, visible_alias = "timestamps", value_name = "FORMAT", num_args = 0..=1, require_equals = true,
        default_missing_value = "time,s", help_heading = WRITING)]
    pub absolute_timestamps: Vec<String>,

    /// The time since the line before.
    #[arg(short = 'r', help_heading = WRITING)]
    pub relative: bool,

    /// The long form of -r, with s, ms, us or ns.
    #[arg(long, value_name = "PRECISION", num_args = 0..=1, require_equals = true, default_missing_value = "us",
        help_heading = WRITING)]
    pub relative_timestamps: Option<String>,

    /// The time spent in each call.
    #[arg(short = 'T', help_heading = WRITING)]
    pub durations: bool,

    /// The long form of -T, with s, ms, us or ns.
    #[arg(long, value_name = "PRECISION", num_args = 0..=1, require_equals = true, default_missing_value = "us",
        help_heading = WRITING)]
    pub syscall_times: Option<String>,

    /// What descriptors refer to; -yy with protocols and addresses of sockets.
    #[arg(short = 'y', action = ArgAction::Count, help_heading = WRITING)]
    pub descriptors: u8,

    /// The long form of -y: path, socket, dev, pidfd, all, none.
    #[arg(long, value_name = "SET", num_args = 0..=1, require_equals = true, default_missing_value = "path",
        help_heading = WRITING)]
    pub decode_fds: Option<String>,

    /// A name per socket that stays over dup and fork: tcp#2 127.0.0.1:50000→127.0.0.1:8090.
    #[arg(long, help_heading = WRITING)]
    pub names: bool,

    /// Strings that are not text in hex; -xx all strings.
    #[arg(short = 'x', action = ArgAction::Count, help_heading = WRITING)]
    pub hex: u8,

    /// The long form of -x: non-ascii, all, none, or non-ascii-chars for escapes in hex.
    #[arg(long, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "all",
        help_heading = WRITING)]
    pub strings_in_hex: Option<String>,

    /// How text in strings is written; default: octal.
    #[arg(long, value_name = "HOW", value_enum, help_heading = WRITING)]
    pub text: Option<TextArg>,

    /// How constants are written: raw, abbrev, verbose.
    #[arg(short = 'X', long = "const-print-style", value_name = "STYLE", help_heading = WRITING)]
    pub constants: Option<String>,

    /// Show long structures in full.
    #[arg(short = 'v', long = "no-abbrev", help_heading = WRITING)]
    pub no_abbrev: bool,

    /// The number of each call.
    #[arg(short = 'n', long = "syscall-number", help_heading = WRITING)]
    pub numbers: bool,

    /// The address of the instruction that made each call.
    #[arg(short = 'i', long = "instruction-pointer", help_heading = WRITING)]
    pub instruction_pointer: bool,

    /// The name of each argument.
    #[arg(short = 'N', long, help_heading = WRITING)]
    pub arg_names: bool,

    /// Show which line of Python made each call; full: its whole stack. The default where the trace goes to a
    /// terminal.
    #[arg(long, value_name = "HOW", value_parser = ["caller", "full"], num_args = 0..=1, require_equals = true,
        default_missing_value = "caller", help_heading = WRITING)]
    pub python: Option<String>,

    /// Do not look for Python lines.
    #[arg(long, conflicts_with = "python", help_heading = WRITING)]
    pub no_python: bool,

    /// Write calls below the Python line that made them.
    #[arg(long, value_name = "BY", value_parser = ["python"], conflicts_with = "no_python", help_heading = WRITING)]
    pub group: Option<String>,

    /// Whose code is whose.
    #[command(flatten, next_help_heading = WRITING)]
    pub own: OwnArgs,

    /// As a runner of programs needs it: JSON lines at once, of calls at their entry too, and of what is printed.
    #[arg(long, hide = true)]
    pub handover: bool,

    /// JSON lines of calls at their entry too, without a result: for who looks on while the program runs.
    #[arg(long, hide = true)]
    pub entries: bool,

    /// Begin a session of our own with this terminal, for the program: for who shows what it prints.
    #[arg(long, value_name = "TERMINAL", hide = true)]
    pub own_terminal: Option<PathBuf>,

    /// Write a line into FILE, such as /dev/fd/3, once the program stands under the tracer, so that nothing is missed
    /// from then on: for who starts us beside a program.
    #[arg(long, value_name = "FILE", hide = true)]
    pub ready: Option<PathBuf>,

    /// Explain below each failed call, and each call still waiting at the end, why: from the kernel's state then; all:
    /// also what is expected, such as EAGAIN on a socket that does not wait.
    #[arg(long, value_name = "WHICH", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "failures", help_heading = WRITING)]
    pub why: Option<Causes>,
    /// Explain below each call, argument and notation, where it occurs first, what it means: for beginners.
    #[arg(long, help_heading = WRITING)]
    pub explain: bool,
    /// Show the kernel's state of each call's sockets before and after it: [CLOSED → ESTABLISHED], [LISTEN 1/6].
    #[arg(long, help_heading = WRITING)]
    pub state: bool,

    /// The language of causes.
    #[command(flatten, next_help_heading = WRITING)]
    pub language: LanguageArg,

    /// Write a call that other lines interrupted whole when it returns.
    #[arg(long, help_heading = WRITING)]
    pub whole: bool,

    /// No messages about attaching; -qq none about exits either, -qqq none at all.
    #[arg(short = 'q', action = ArgAction::Count, help_heading = WRITING)]
    pub quiet: u8,

    /// The long form of -q: attach, exit, path-resolution, personality, thread-execve, all.
    #[arg(long = "quiet", visible_aliases = ["silent", "silence"], value_name = "SET", num_args = 0..=1, require_equals = true,
        default_missing_value = "attach,personality", help_heading = WRITING)]
    pub quiet_set: Option<String>,

    /// Count calls, errors and time per call instead of showing them.
    #[arg(short = 'c', long = "summary-only", help_heading = COUNTING)]
    pub summary_only: bool,

    /// Count them as well.
    #[arg(short = 'C', long = "summary", conflicts_with = "summary_only", help_heading = COUNTING)]
    pub summary: bool,

    /// Count the time that passed, not the time spent in the kernel.
    #[arg(short = 'w', long = "summary-wall-clock", help_heading = COUNTING)]
    pub wall_clock: bool,

    /// Count at the end how many calls were recorded inside the program (--agent), and why others stopped it.
    #[arg(long, help_heading = COUNTING)]
    pub stats: bool,

    /// Sort by time, calls, errors, name, avg-time, min-time, max-time or nothing.
    #[arg(short = 'S', long = "summary-sort-by", value_name = "SORTBY", default_value = "time", help_heading = COUNTING)]
    pub sort_by: String,

    /// The columns of the table and their order: time-percent, total-time, min-time, max-time, avg-time, calls, errors,
    /// name.
    #[arg(short = 'U', long = "summary-columns", value_name = "COLUMNS", help_heading = COUNTING)]
    pub columns_of_summary: Option<String>,

    /// Take this off the time of each call, since tracing itself takes it: µs, or with s, ms, us or ns.
    #[arg(short = 'O', long = "summary-syscall-overhead", value_name = "TIME", help_heading = COUNTING)]
    pub overhead: Option<String>,

    /// Do this to calls: SET:error=ERRNO or :retval=N, :signal=SIG, :delay_enter=TIME, :delay_exit=TIME,
    /// :poke_enter=@argN=HEX, :poke_exit=@argN=HEX, :syscall=CALL, :when=FIRST..LAST+STEP, :line=FILE:LINE; may be
    /// repeated.
    #[arg(long, value_name = "EXPR", help_heading = TAMPERING)]
    pub inject: Vec<String>,

    /// Let calls fail: SET:error=ERRNO:when=FIRST..LAST+STEP:line=FILE:LINE, by default with ENOSYS; may be repeated.
    #[arg(long, value_name = "EXPR", help_heading = TAMPERING)]
    pub fault: Vec<String>,

    /// Write what the tracer itself learns.
    #[arg(short = 'd', long, help_heading = WRITING)]
    pub debug: bool,

    /// A hint about tracing at the end: its number or random, and none, compact or full.
    #[arg(long, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "random",
        help_heading = WRITING)]
    pub tips: Option<String>,

    /// The version.
    #[arg(short = 'V', long)]
    pub version: bool,

    /// strace's options that are not supported.
    #[command(flatten)]
    pub not_taken: NotTaken,
}

/// Whether calls are recorded inside the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum AgentArg {
    /// Where possible.
    Auto,
    /// Every call stops it.
    Never,
    /// Or not at all.
    Require,
}

impl From<AgentArg> for Agent {
    fn from(arg: AgentArg) -> Self {
        match arg {
            AgentArg::Auto => Self::Auto,
            AgentArg::Never => Self::Never,
            AgentArg::Require => Self::Require,
        }
    }
}

/// strace's options that are not ours: known, so that they can be refused by name.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct NotTaken {
    #[arg(short = 'k', long = "stack-traces", alias = "stack-trace", hide = true)]
    stack_traces: bool,
    #[arg(short = 'Y', hide = true)]
    pid_names: bool,
    #[arg(long = "decode-pids", hide = true, value_name = "SET")]
    decode_pids: Option<String>,
    #[arg(long, hide = true)]
    pidns_translation: bool,
    #[arg(long, hide = true, value_name = "EXPR")]
    kvm: Option<String>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "")]
    secontext: Option<String>,
}

impl NotTaken {
    /// The first of them that was given: its spelling, and why it is not supported.
    pub(crate) fn first(&self) -> Option<(&'static str, &'static str)> {
        let pids = self.pid_names || self.decode_pids.is_some() || self.pidns_translation;
        let all = [
            (self.stack_traces, "-k (--stack-traces)", "stacks of native code are not read; lines of Python are"),
            (pids, "-Y (--decode-pids)", "process numbers are shown bare"),
            (self.kvm.is_some(), "--kvm", "virtual processors are not followed"),
            (self.secontext.is_some(), "--secontext", "security contexts are not read"),
        ];
        all.into_iter().find(|(given, ..)| *given).map(|(_, name, why)| (name, why))
    }
}
