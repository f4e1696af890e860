//! Matches the processes and threads of two traces by what they do, not by when they started.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Tokens;
use crate::event::Event;
use crate::normalize::{Chance, Token};
use crate::syscall::Effect;

/// A thread and its calls. A trace may have a million threads of one call each: they are compared one after the other,
/// and what is compared of a call is made from its event when its thread's turn comes.
#[derive(Default)]
pub(super) struct ThreadCalls {
    pub(super) pid: u32,
    pub(super) tid: u32,
    /// Its events, by index, and the signals that could have come to any thread of the process, of which its first thread
    /// has all.
    events: Vec<u32>,
    /// What it does that other threads can see: `binds 127.0.0.1:1060`, `connects`, `listens`.
    roles: BTreeSet<String>,
    /// How often it makes each call.
    profile: Vec<(&'static str, u32)>,
}

impl ThreadCalls {
    /// What is compared of its calls, and of the signals of its process.
    pub(super) fn tokens(&self, trace: &Tokens<'_>) -> (Vec<Token>, Vec<Token>) {
        let tokens = self.events.iter().filter_map(|at| trace.token(*at as usize));
        let (signals, mut calls): (Vec<_>, Vec<_>) = tokens.partition(|token| token.chance == Chance::Anywhere);
        leave_out_vain(&mut calls);
        (calls, signals)
    }
}

/// The threads of a trace, in order of appearance.
pub(super) fn threads(trace: &Tokens<'_>) -> Vec<ThreadCalls> {
    let mut threads: Vec<ThreadCalls> = Vec::new();
    let mut index: FxHashMap<u32, u32> = FxHashMap::default();
    let mut first: FxHashMap<u32, u32> = FxHashMap::default();
    for (at, event) in trace.events.iter().enumerate() {
        let (Some(token), Ok(place)) = (trace.token(at), u32::try_from(at)) else { continue };
        let Event { pid, tid, .. } = *event;
        let own = *index.entry(tid).or_insert_with(|| {
            threads.push(ThreadCalls { pid, tid, ..ThreadCalls::default() });
            threads.len() as u32 - 1
        });
        let first = *first.entry(pid).or_insert(own);
        if token.chance == Chance::Anywhere {
            push(&mut threads[first as usize].events, place);
            continue;
        }
        let thread = &mut threads[own as usize];
        count(&mut thread.profile, token.name, 1);
        let address = || token.parts.get(1).map_or("", |part| part.text.as_str());
        let role = match token.effect {
            Effect::Binds => Some(format!("binds {}", address())),
            Effect::Connects => Some(format!("connects {}", address())),
            Effect::Listens => Some("listens".into()),
            Effect::Accepts(_) => Some("accepts".into()),
            _ => None,
        };
        thread.roles.extend(role);
        push(&mut thread.events, place);
    }
    threads
}

/// Appends to a list that mostly remains of one element.
fn push<T>(list: &mut Vec<T>, item: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(item);
}

/// Leaves out what was asked in vain, which is not known of a call before the thread's next one is.
fn leave_out_vain(tokens: &mut Vec<Token>) {
    let mut next: Option<(&'static str, String)> = None;
    let first = |token: &Token| token.parts.first().map_or(String::new(), |part| part.text.clone());
    let mut kept: Vec<bool> = tokens
        .iter()
        .rev()
        .map(|token| {
            let vain = match token.chance {
                Chance::No | Chance::Anywhere => false,
                Chance::Looked => true,
                Chance::Interrupted => {
                    next.as_ref().is_some_and(|(name, argument)| *name == token.name && *argument == first(token))
                }
            };
            if token.name != "---" {
                next = Some((token.name, first(token)));
            }
            !vain
        })
        .collect();
    tokens.retain(|_| kept.pop().unwrap_or(true));
}

/// Counts calls in a profile, which has few names.
fn count(profile: &mut Vec<(&'static str, u32)>, name: &'static str, calls: u32) {
    match profile.iter_mut().find(|(known, _)| *known == name) {
        Some((_, count)) => *count += calls,
        None => push(profile, (name, calls)),
    }
}

/// How similar two threads are, 0 to 2000: roles count first, then which calls they make.
fn likeness(
    left: (&BTreeSet<String>, &[(&'static str, u32)]),
    right: (&BTreeSet<String>, &[(&'static str, u32)]),
) -> u64 {
    let share = |common: u64, all: u64| (common * 1000).checked_div(all).unwrap_or(1000);
    let roles = share(left.0.intersection(right.0).count() as u64, left.0.union(right.0).count() as u64);
    let mut common = 0;
    for (name, count) in left.1 {
        let theirs = right.1.iter().find(|(theirs, _)| theirs == name).map_or(0, |(_, count)| *count);
        common += u64::from((*count).min(theirs));
    }
    let sum = |profile: &[(&'static str, u32)]| profile.iter().map(|(_, n)| u64::from(*n)).sum::<u64>();
    roles + share(common, sum(left.1).max(sum(right.1)))
}

/// Beyond this number they are matched in order of appearance, since comparing each with each would take too long.
const MAX_COMPARED: usize = 500;

/// Matches by likeness, the best first, ties in order of appearance. The rest have no partner.
fn matched(left: usize, right: usize, likeness: impl Fn(usize, usize) -> u64) -> Vec<(Option<usize>, Option<usize>)> {
    let mut partner_of_left = vec![None; left];
    let mut partner_of_right = vec![None; right];
    if left.max(right) > MAX_COMPARED {
        for at in 0..left.min(right) {
            (partner_of_left[at], partner_of_right[at]) = (Some(at), Some(at));
        }
    } else {
        let mut all: Vec<_> = (0..left).flat_map(|l| (0..right).map(move |r| (l, r))).collect();
        all.sort_by_cached_key(|(l, r)| (std::cmp::Reverse(likeness(*l, *r)), l.abs_diff(*r), *l, *r));
        for (l, r) in all {
            if partner_of_left[l].is_none() && partner_of_right[r].is_none() {
                (partner_of_left[l], partner_of_right[r]) = (Some(r), Some(l));
            }
        }
    }
    let of_left = partner_of_left.into_iter().enumerate().map(|(l, r)| (Some(l), r));
    let alone = partner_of_right.into_iter().enumerate().filter(|(_, l)| l.is_none()).map(|(r, _)| (None, Some(r)));
    of_left.chain(alone).collect()
}

/// A process: the indices of its threads, and what they do together.
#[derive(Default)]
struct Process<'a> {
    threads: Vec<usize>,
    roles: Cow<'a, BTreeSet<String>>,
    profile: Cow<'a, [(&'static str, u32)]>,
}

fn processes(threads: &[ThreadCalls]) -> Vec<Process<'_>> {
    let mut processes: Vec<Process<'_>> = Vec::new();
    let mut index: FxHashMap<u32, usize> = FxHashMap::default();
    for (at, thread) in threads.iter().enumerate() {
        let known = *index.entry(thread.pid).or_insert(processes.len());
        let Some(process) = processes.get_mut(known) else {
            let (roles, profile) = (Cow::Borrowed(&thread.roles), Cow::Borrowed(&*thread.profile));
            processes.push(Process { threads: Vec::from([at]), roles, profile });
            continue;
        };
        process.threads.push(at);
        if !thread.roles.is_empty() {
            process.roles.to_mut().extend(thread.roles.iter().cloned());
        }
        thread.profile.iter().for_each(|(name, calls)| count(process.profile.to_mut(), name, *calls));
    }
    processes
}

/// The least [`likeness`] at which threads of unmatched processes may match.
const MIN_LIKENESS: u64 = 1000;

/// Pairs of threads, by index: processes first, then the threads in them, then the rest, since in a text without
/// `clone` threads look like processes.
pub(super) fn pair(left: &[ThreadCalls], right: &[ThreadCalls]) -> Vec<(Option<usize>, Option<usize>)> {
    let (lefts, rights) = (processes(left), processes(right));
    let none = Process::default();
    let by_process = matched(lefts.len(), rights.len(), |l, r| {
        likeness((&lefts[l].roles, &lefts[l].profile), (&rights[r].roles, &rights[r].profile))
    });
    let mut pairs = Vec::new();
    for (l, r) in by_process {
        let l = l.map_or(&none, |l| &lefts[l]);
        let r = r.map_or(&none, |r| &rights[r]);
        let threads = matched(l.threads.len(), r.threads.len(), |at_l, at_r| {
            let (l, r) = (&left[l.threads[at_l]], &right[r.threads[at_r]]);
            // A process's first thread has a role of its own.
            let first = u64::from((l.pid == l.tid) == (r.pid == r.tid)) * 500;
            first + likeness((&l.roles, &l.profile), (&r.roles, &r.profile))
        });
        pairs.extend(
            threads.into_iter().map(|(at_l, at_r)| (at_l.map(|at| l.threads[at]), at_r.map(|at| r.threads[at]))),
        );
    }
    let lefts: Vec<usize> = pairs.iter().filter_map(|(l, r)| l.filter(|_| r.is_none())).collect();
    let rights: Vec<usize> = pairs.iter().filter_map(|(l, r)| r.filter(|_| l.is_none())).collect();
    let likeness_of = |l: usize, r: usize| {
        let (l, r) = (&left[lefts[l]], &right[rights[r]]);
        likeness((&l.roles, &l.profile), (&r.roles, &r.profile))
    };
    let mut partners: FxHashMap<usize, usize> = FxHashMap::default();
    for (l, r) in matched(lefts.len(), rights.len(), likeness_of) {
        let (Some(l), Some(r)) = (l, r) else { continue };
        if likeness_of(l, r) >= MIN_LIKENESS {
            partners.insert(lefts[l], rights[r]);
        }
    }
    if partners.is_empty() {
        return pairs;
    }
    let found: FxHashSet<usize> = partners.values().copied().collect();
    pairs.retain(|(l, r)| l.is_some() || !r.is_some_and(|r| found.contains(&r)));
    for (l, r) in &mut pairs {
        *r = r.or_else(|| l.and_then(|l| partners.get(&l).copied()));
    }
    pairs
}
