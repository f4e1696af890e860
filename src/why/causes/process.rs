//! Calls that are about processes and threads: ECHILD, a wait for another thread.

use super::{CauseKind, Demo, Incident, Kinds, by, seconds};
use crate::event::{Action, Cause};
use crate::syscall::effect;
use crate::value::Value;

static REAPED: CauseKind = CauseKind {
    id: "child-waited-for",
    errno: "ECHILD",
    on: Kinds::NONE,
    expected: false,
    calls: &["wait4", "waitid"],
    summary: "The process was a child, and an earlier call has waited for it already: that can be done once.",
    demo: Demo::Calls("process", "import os; p=os.fork() or os._exit(0); os.waitpid(p,0); os.waitpid(p,0)"),
};
static IGNORED: CauseKind = CauseKind {
    id: "children-ignored",
    errno: "ECHILD",
    on: Kinds::NONE,
    expected: false,
    calls: &["wait4", "waitid"],
    summary: "The process ignores SIGCHLD, so the kernel forgets its children when they end and there is nobody to wait for.",
    demo: Demo::Calls(
        "process",
        "import os,signal as s; s.signal(s.SIGCHLD,s.SIG_IGN); p=os.fork() or os._exit(0); os.waitpid(p,0)",
    ),
};
static NO_CHILD: CauseKind = CauseKind {
    id: "no-child",
    errno: "ECHILD",
    on: Kinds::NONE,
    expected: false,
    calls: &["wait4", "waitid"],
    summary: "The process has no child, or none of that number: only its own children can be waited for.",
    demo: Demo::Calls("process", "import os; os.wait()"),
};
static NOT_WOKEN: CauseKind = CauseKind {
    id: "own-timeout",
    errno: "ETIMEDOUT",
    on: Kinds::NONE,
    expected: false,
    calls: &["futex"],
    summary: "A thread waited for another one, with a time that the program set itself, and nobody woke it. No network is \
           involved.",
    demo: Demo::Calls("futex", "import threading; threading.Event().wait(0.05)"),
};
pub(super) static LAST_THREAD: CauseKind = CauseKind {
    id: "last-thread-waits",
    errno: super::WAITS,
    on: Kinds::NONE,
    expected: false,
    calls: &["futex"],
    summary: "The only thread that is left waits for another one to wake it: nobody can, so it waits for ever.",
    demo: Demo::Calls(
        "futex",
        "import threading as t,signal as s,os; l=t.Lock(); l.acquire(); n=[0]*3
s.signal(14,lambda *a:n.pop()); s.setitimer(0,.1,.1); l.acquire()",
    ),
};
pub(super) static ALL_WAIT: CauseKind = CauseKind {
    id: "threads-wait-for-each-other",
    errno: super::WAITS,
    on: Kinds::NONE,
    expected: false,
    calls: &["futex"],
    summary: "All threads of the process wait for another one to wake them, without a time: a deadlock.",
    demo: Demo::Calls(
        "futex",
        "import threading as t,signal as s,time; a=t.Lock(); b=t.Lock(); a.acquire(); b.acquire(); n=[0]*9
t.Thread(target=a.acquire,daemon=True).start(); time.sleep(.2); s.signal(14,lambda *a:n.pop()); s.setitimer(0,.1,.1); b.acquire()",
    ),
};
pub(super) static THREAD: CauseKind = CauseKind {
    id: "waits-for-thread",
    errno: super::WAITS,
    on: Kinds::NONE,
    expected: false,
    calls: &["futex"],
    summary: "A thread waits until another one wakes it: a lock is held, or a condition has not come true.",
    demo: Demo::Calls(
        "futex",
        "import threading as t,signal as s,time; l=t.Lock(); l.acquire(); t.Thread(target=time.sleep,args=(9,),daemon=True).start(); n=[0]*3
s.signal(14,lambda *a:n.pop()); s.setitimer(0,.1,.1); l.acquire()",
    ),
};
static CHILD: CauseKind = CauseKind {
    id: "waits-for-child",
    errno: super::WAITS,
    on: Kinds::NONE,
    expected: false,
    calls: &["wait4", "waitid"],
    summary: "The process waits until one of its children ends.",
    demo: Demo::Calls(
        "wait4",
        "import os,signal as s,time; p=os.fork() or time.sleep(1) or os._exit(0); n=[0]*5
s.signal(14,lambda *a:n.pop()); s.setitimer(0,.1,.1); os.waitpid(p,0)",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] =
    &[&REAPED, &IGNORED, &NO_CHILD, &NOT_WOKEN, &LAST_THREAD, &ALL_WAIT, &THREAD, &CHILD];

/// No child.
pub(super) fn no_child(incident: &Incident<'_>) -> Option<Cause> {
    let asked = incident.call.arg("pid").or_else(|| incident.call.arg("id")).and_then(effect::number);
    let asked = asked.map(|pid| pid as i32).filter(|pid| *pid > 0);
    if let Some(reaped) = incident.last(Action::Reaped) {
        return REAPED.cause(
            incident,
            format!("This child was waited for already, by {}.", by(reaped)),
            "Wait for each child once, in one place.",
        );
    }
    if incident.evidence.process.as_ref().and_then(|process| process.ignores_children) == Some(true) {
        return IGNORED.cause(
            incident,
            "This process ignores SIGCHLD, so the kernel forgot its children when they ended.",
            "Set SIGCHLD back to SIG_DFL where children are waited for.",
        );
    }
    let text = match asked {
        None => "This process has no child left to wait for.".to_owned(),
        Some(pid) => format!("Process {pid} is no child of this process, or was waited for before the trace began."),
    };
    NO_CHILD.cause(incident, text, "Wait for what fork returned, in the process that called it.")
}

/// A time that the program set itself is over.
pub(super) fn not_woken(incident: &Incident<'_>) -> Option<Cause> {
    let waited = incident.call.dur_ns.map(|ns| format!(" after {}", seconds(ns / 1_000_000))).unwrap_or_default();
    NOT_WOKEN.cause(
        incident,
        format!("No other thread woke this one: a timeout of the program's own ended the wait{waited}."),
        "Nothing is wrong where the program expects it, as Event.wait(timeout) does.",
    )
}

/// A thread waits for another.
pub(super) fn waits_for_thread(incident: &Incident<'_>) -> Option<Cause> {
    let process = incident.evidence.process.as_ref();
    let threads = process.and_then(|process| Some((process.threads?, process.waiting_threads?)));
    let timeout = incident.call.arg("timeout").and_then(effect::number);
    let limit = match incident.call.arg("timeout") {
        Some(Value::Record(_)) => ", or a time that the program set itself ends the wait",
        _ if timeout == Some(0) => "; no time is set",
        _ => "",
    };
    match threads {
        Some((1, 1)) => LAST_THREAD.cause(
            incident,
            "It waits for another thread to wake it, and this is the only thread that is left: it waits for ever.",
            "Look at who held the lock, or should have called notify, and has ended.",
        ),
        Some((all, waiting)) if all == waiting => ALL_WAIT.cause(
            incident,
            format!(
                "All {all} threads of the process wait for another one to wake them, none with a time: a deadlock."
            ),
            "See with `sockscope where` which locks they wait for; take locks in one order.",
        ),
        Some((all, _)) => THREAD.cause(
            incident,
            match all {
                2 => format!("It waits for the other thread of this process to wake it{limit}."),
                _ => format!("It waits for one of the {} other threads of this process to wake it{limit}.", all - 1),
            },
            "See with `sockscope where` what they do.",
        ),
        None => THREAD.cause(
            incident,
            format!("It waits for another thread to wake it{limit}."),
            "See with `sockscope where` what the others do.",
        ),
    }
}

/// A process waits for its children.
pub(super) fn waits_for_child(incident: &Incident<'_>) -> Option<Cause> {
    let asked = incident.call.arg("pid").or_else(|| incident.call.arg("id")).and_then(effect::number);
    let asked = asked.and_then(|pid| u32::try_from(pid as i32).ok()).filter(|pid| *pid > 0);
    let children = incident.evidence.process.as_ref().map_or(&[][..], |process| &process.children);
    let wanted = children.iter().filter(|child| asked.is_none_or(|pid| pid == child.pid));
    let names: Vec<String> = wanted.map(|child| format!("{} ({})", child.pid, child.command)).collect();
    let what = match (names.as_slice(), asked) {
        ([], Some(pid)) => format!("child {pid} to end"),
        ([], None) => "a child to end".into(),
        ([one], _) => format!("child {one} to end"),
        (some, _) => format!("one of its children to end: {}", some.join(", ")),
    };
    CHILD.cause(incident, format!("It waits for {what}."), "See with `sockscope where` what the child does.")
}
