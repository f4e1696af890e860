//! Hex dumps of a call's data, below its line (`-e read=`, `-e write=`).

use std::fmt::Write;

use crate::event::Body;

/// The data of a transfer, sixteen bytes a line, as strace writes it.
pub(crate) fn hexdump(buffers: &[Vec<u8>], body: &Body, out: &mut String) {
    let vectored = matches!(body, Body::Call(call) if call.sys.params.iter().any(|param| {
        matches!(param.name, "iov" | "msg" | "msgvec")
    }));
    for (number, buffer) in buffers.iter().enumerate() {
        if vectored {
            let _ = writeln!(out, " * {} bytes in buffer {number}", buffer.len());
        }
        let width = if buffer.len() > 0x10_0000 { 8 } else { 5 };
        for (row, chunk) in buffer.chunks(16).enumerate() {
            let _ = write!(out, " | {:0width$x} ", row * 16);
            for at in 0..16 {
                if at == 8 {
                    out.push(' ');
                }
                match chunk.get(at) {
                    Some(byte) => {
                        let _ = write!(out, " {byte:02x}");
                    }
                    None => out.push_str("   "),
                }
            }
            out.push_str("  ");
            for at in 0..16 {
                out.push(match chunk.get(at) {
                    Some(byte @ 0x20..=0x7e) => *byte as char,
                    Some(_) => '.',
                    None => ' ',
                });
            }
            out.push_str(" |\n");
        }
    }
}
