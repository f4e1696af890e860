//! What an argument of a row is: its name, direction and type, where it is, and when the call has it.

use super::{Carries, Given, Reach, Syscall, Ty, When};
use crate::value::Value;

/// One argument.
#[derive(Debug)]
pub struct Param {
    /// The name in the man page.
    pub(crate) name: &'static str,
    /// The direction.
    pub(crate) dir: Dir,
    /// The type.
    pub(crate) ty: Ty,
    /// What it is for, in one sentence for beginners; empty where the table does not describe the call.
    pub(crate) doc: &'static str,
    /// When the call has it; those behind an argument that a call does not have are absent too.
    pub(crate) given: Given,
    /// The register that it is in, where that is not its position.
    pub(crate) register: Option<u8>,
    /// Whether its name is always written (`clone`).
    pub(crate) named: bool,
    /// Whether it is written only when the call returns, though it is known before.
    pub(crate) late: bool,
}

impl Param {
    /// The name in the man page.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The direction.
    pub fn dir(&self) -> Dir {
        self.dir
    }

    /// The type.
    pub fn ty(&self) -> Ty {
        self.ty
    }

    /// What it is for, in one sentence for beginners; empty where the table does not describe the call.
    pub fn doc(&self) -> &'static str {
        self.doc
    }

    /// The register that it is in, where that is not its position.
    pub fn register(&self) -> Option<u8> {
        self.register
    }

    /// Whether a call with this argument can be made again: nothing that socket programs need goes beyond that.
    pub(crate) fn is_repeated(&self) -> bool {
        self.ty.is_repeated(self.dir) && self.register.is_none()
    }

    /// An argument in another register than its position says.
    pub(super) const fn from(self, register: u8) -> Self {
        Self { register: Some(register), ..self }
    }

    /// An argument whose name is always written.
    pub(super) const fn named(self) -> Self {
        Self { named: true, ..self }
    }

    /// An argument that is written only when the call returns.
    pub(super) const fn late(self) -> Self {
        Self { late: true, ..self }
    }

    /// An argument that the call has only in this case.
    pub(super) const fn given(self, given: Given) -> Self {
        Self { given, ..self }
    }
}

impl Param {
    /// How far the argument reaches with these registers; nowhere at the end of the call where it is not passed.
    pub(crate) fn reach(&self, regs: &[u64; 6], when: When) -> Reach {
        match (when, self.dir) {
            (When::Entry, Dir::Out) | (When::Exit(_), Dir::In) => Reach::Nothing,
            _ => self.ty.reach(regs, when),
        }
    }
}

/// An argument of a row.
pub(super) const fn arg(name: &'static str, dir: Dir, ty: Ty, doc: &'static str) -> Param {
    Param { name, dir, ty, given: Given::Always, doc, register: None, named: false, late: false }
}

impl Syscall {
    /// How many arguments the call has, given the decoded ones: some commands of `fcntl` and `ioctl` take none, and some
    /// arguments go with a flag.
    pub(crate) fn arity(&self, args: &[Value]) -> usize {
        if self.command(args).is_some_and(|command| command.carries == Carries::Nothing) {
            return self.params.len() - 1;
        }
        let register = |at: usize| args.get(at)?.register();
        self.params.iter().position(|param| !param.given.holds(register)).unwrap_or(self.params.len())
    }

    /// Whether the call has no argument there, given the numbers before it.
    pub(crate) fn lacks(&self, at: usize, register: impl Fn(usize) -> Option<u64>) -> bool {
        self.params.get(..=at).into_iter().flatten().any(|param| !param.given.holds(&register))
    }
}

/// Direction of an argument: in ones are read at entry, the others at exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dir {
    /// The program writes it.
    In,
    /// The kernel writes it.
    Out,
    /// Both do.
    InOut,
}
