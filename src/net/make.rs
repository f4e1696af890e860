//! Any call of the table, from its encoding.
//!
//! # Safety
//! An [`Encoded`] call's registers point to nothing but memory that it owns, as long as its lengths say; numbers of
//! unknown meaning, which might be addresses, are not encoded. It is made once: the kernel may leave a length there that
//! is larger than the room was.
#![allow(unsafe_code)]

use super::{Net, Result, system_call};
use crate::encode::Encoded;

impl Net {
    /// Makes an encoded call. What the kernel wrote, the recorder knows.
    ///
    /// # Errors
    /// The kernel's.
    pub fn make(&mut self, call: Encoded) -> Result<i64> {
        let (sys, regs) = (call.sys(), call.regs());
        let entered = self.enter(sys, call.via(), regs, &call.memory());
        // SAFETY: all pointers are to memory that `call` owns and that is as long as the registers say.
        let result = unsafe { system_call(sys, regs) };
        self.exit(entered, result, &call.memory())
    }
}
