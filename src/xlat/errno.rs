//! Error numbers and their messages.
xlat! {
    /// Error numbers, `include/uapi/asm-generic/errno.h`.
    ERRNO "E???" { EACCES = 13, EADDRINUSE = 98, ECONNREFUSED = 111 }
}
/// The English text of an error number.
pub fn message(errno: i32) -> Option<&'static str> {
    match errno {
        13 => Some("Permission denied"),
        98 => Some("Address already in use"),
        111 => Some("Connection refused"),
        _ => None,
    }
}
