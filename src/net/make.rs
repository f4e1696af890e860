//! Any call of the table, from its encoding.
//!
//! # Safety
//! An [`Encoded`] call's registers point only to memory that it owns and that has the lengths passed with it; numbers
//! of unknown meaning, which might be addresses, are not encoded. It is made once, since the kernel may write back a
//! length larger than the buffer.
#![allow(unsafe_code)]

use super::{Net, Result, system_call};
use crate::encode::Encoded;

impl Net {
    /// Makes an encoded call. What the kernel wrote is recorded.
    ///
    /// # Errors
    /// The kernel's.
    pub fn make(&mut self, call: Encoded) -> Result<i64> {
        let (sys, regs) = (call.sys(), call.regs());
        let entered = self.enter(sys, call.via(), regs, &call.memory());
        // SAFETY: all pointers are to memory that `call` owns and that has the lengths in the registers.
        let result = unsafe { system_call(sys, regs) };
        self.exit(entered, result, &call.memory())
    }
}
