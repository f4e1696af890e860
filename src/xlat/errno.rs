//! Error numbers: their names, and the messages in English.
//!
//! The messages are those of the GNU C library, from a table rather than from `strerror`, whose answer depends on the
//! locale. Numbers from 512 are internal to the kernel; a program never sees them, a tracer does. Four of them mean
//! that a call will be restarted, which strace explains in its own words; for the rest it uses the library's message
//! for an unknown number. strace writes an error without a name as `(errno 134)`.

/// Declares [`ERRNO`] and [`message`] from one list of number, name, message; `also` are names that are read, not
/// written.
macro_rules! errors {
    ($($number:literal $name:ident $message:literal $(=> $says:literal)?)* also { $($second:ident = $first:expr),* $(,)? }) => {
        xlat! {
            /// Why a call failed; a program finds it in errno.
            ///
            /// Error numbers (`asm-generic/errno.h`, `linux/errno.h`), positive as `errno` holds them.
            ERRNO "E???" { $($name = $number $(=> $says)?,)* $($second = $first,)* }
        }

        /// The message of an error number, in English: `Resource temporarily unavailable` for 11.
        pub fn message(number: i32) -> Option<&'static str> {
            match number {
                $($number => Some($message),)*
                _ => None,
            }
        }
    };
}

errors! {
    1 EPERM "Operation not permitted"
    2 ENOENT "No such file or directory"
    3 ESRCH "No such process"
    4 EINTR "Interrupted system call"
    5 EIO "Input/output error"
    6 ENXIO "No such device or address"
    7 E2BIG "Argument list too long"
    8 ENOEXEC "Exec format error"
    9 EBADF "Bad file descriptor"
    10 ECHILD "No child processes"
    11 EAGAIN "Resource temporarily unavailable"
    12 ENOMEM "Cannot allocate memory"
    13 EACCES "Permission denied"
    14 EFAULT "Bad address"
    15 ENOTBLK "Block device required"
    16 EBUSY "Device or resource busy"
    17 EEXIST "File exists"
    18 EXDEV "Invalid cross-device link"
    19 ENODEV "No such device"
    20 ENOTDIR "Not a directory"
    21 EISDIR "Is a directory"
    22 EINVAL "Invalid argument"
    23 ENFILE "Too many open files in system"
    24 EMFILE "Too many open files"
    25 ENOTTY "Inappropriate ioctl for device"
    26 ETXTBSY "Text file busy"
    27 EFBIG "File too large"
    28 ENOSPC "No space left on device"
    29 ESPIPE "Illegal seek"
    30 EROFS "Read-only file system"
    31 EMLINK "Too many links"
    32 EPIPE "Broken pipe"
    33 EDOM "Numerical argument out of domain"
    34 ERANGE "Numerical result out of range"
    35 EDEADLK "Resource deadlock avoided"
    36 ENAMETOOLONG "File name too long"
    37 ENOLCK "No locks available"
    38 ENOSYS "Function not implemented"
    39 ENOTEMPTY "Directory not empty"
    40 ELOOP "Too many levels of symbolic links"
    42 ENOMSG "No message of desired type"
    43 EIDRM "Identifier removed"
    44 ECHRNG "Channel number out of range"
    45 EL2NSYNC "Level 2 not synchronized"
    46 EL3HLT "Level 3 halted"
    47 EL3RST "Level 3 reset"
    48 ELNRNG "Link number out of range"
    49 EUNATCH "Protocol driver not attached"
    50 ENOCSI "No CSI structure available"
    51 EL2HLT "Level 2 halted"
    52 EBADE "Invalid exchange"
    53 EBADR "Invalid request descriptor"
    54 EXFULL "Exchange full"
    55 ENOANO "No anode"
    56 EBADRQC "Invalid request code"
    57 EBADSLT "Invalid slot"
    59 EBFONT "Bad font file format"
    60 ENOSTR "Device not a stream"
    61 ENODATA "No data available"
    62 ETIME "Timer expired"
    63 ENOSR "Out of streams resources"
    64 ENONET "Machine is not on the network"
    65 ENOPKG "Package not installed"
    66 EREMOTE "Object is remote"
    67 ENOLINK "Link has been severed"
    68 EADV "Advertise error"
    69 ESRMNT "Srmount error"
    70 ECOMM "Communication error on send"
    71 EPROTO "Protocol error"
    72 EMULTIHOP "Multihop attempted"
    73 EDOTDOT "RFS specific error"
    74 EBADMSG "Bad message"
    75 EOVERFLOW "Value too large for defined data type"
    76 ENOTUNIQ "Name not unique on network"
    77 EBADFD "File descriptor in bad state"
    78 EREMCHG "Remote address changed"
    79 ELIBACC "Can not access a needed shared library"
    80 ELIBBAD "Accessing a corrupted shared library"
    81 ELIBSCN ".lib section in a.out corrupted"
    82 ELIBMAX "Attempting to link in too many shared libraries"
    83 ELIBEXEC "Cannot exec a shared library directly"
    84 EILSEQ "Invalid or incomplete multibyte or wide character"
    85 ERESTART "Interrupted system call should be restarted"
    86 ESTRPIPE "Streams pipe error"
    87 EUSERS "Too many users"
    88 ENOTSOCK "Socket operation on non-socket"
    89 EDESTADDRREQ "Destination address required"
    90 EMSGSIZE "Message too long"
    91 EPROTOTYPE "Protocol wrong type for socket"
    92 ENOPROTOOPT "Protocol not available"
    93 EPROTONOSUPPORT "Protocol not supported"
    94 ESOCKTNOSUPPORT "Socket type not supported"
    95 EOPNOTSUPP "Operation not supported"
    96 EPFNOSUPPORT "Protocol family not supported"
    97 EAFNOSUPPORT "Address family not supported by protocol"
    98 EADDRINUSE "Address already in use"
    99 EADDRNOTAVAIL "Cannot assign requested address"
    100 ENETDOWN "Network is down"
    101 ENETUNREACH "Network is unreachable"
    102 ENETRESET "Network dropped connection on reset"
    103 ECONNABORTED "Software caused connection abort"
    104 ECONNRESET "Connection reset by peer"
    105 ENOBUFS "No buffer space available"
    106 EISCONN "Transport endpoint is already connected"
    107 ENOTCONN "Transport endpoint is not connected"
    108 ESHUTDOWN "Cannot send after transport endpoint shutdown"
    109 ETOOMANYREFS "Too many references: cannot splice"
    110 ETIMEDOUT "Connection timed out"
    111 ECONNREFUSED "Connection refused"
    112 EHOSTDOWN "Host is down"
    113 EHOSTUNREACH "No route to host"
    114 EALREADY "Operation already in progress"
    115 EINPROGRESS "Operation now in progress"
    116 ESTALE "Stale file handle"
    117 EUCLEAN "Structure needs cleaning"
    118 ENOTNAM "Not a XENIX named type file"
    119 ENAVAIL "No XENIX semaphores available"
    120 EISNAM "Is a named type file"
    121 EREMOTEIO "Remote I/O error"
    122 EDQUOT "Disk quota exceeded"
    123 ENOMEDIUM "No medium found"
    124 EMEDIUMTYPE "Wrong medium type"
    125 ECANCELED "Operation canceled"
    126 ENOKEY "Required key not available"
    127 EKEYEXPIRED "Key has expired"
    128 EKEYREVOKED "Key has been revoked"
    129 EKEYREJECTED "Key was rejected by service"
    130 EOWNERDEAD "Owner died"
    131 ENOTRECOVERABLE "State not recoverable"
    132 ERFKILL "Operation not possible due to RF-kill"
    133 EHWPOISON "Memory page has hardware error"
    512 ERESTARTSYS "To be restarted if SA_RESTART is set"
    513 ERESTARTNOINTR "To be restarted"
    514 ERESTARTNOHAND "To be restarted if no handler"
    515 ENOIOCTLCMD "Unknown error 515"
    516 ERESTART_RESTARTBLOCK "Interrupted by signal"
    517 EPROBE_DEFER "Unknown error 517"
    518 EOPENSTALE "Unknown error 518"
    521 EBADHANDLE "Unknown error 521"
    522 ENOTSYNC "Unknown error 522"
    523 EBADCOOKIE "Unknown error 523"
    524 ENOTSUPP "Unknown error 524"
    525 ETOOSMALL "Unknown error 525"
    526 ESERVERFAULT "Unknown error 526"
    527 EBADTYPE "Unknown error 527"
    528 EJUKEBOX "Unknown error 528"
    529 EIOCBQUEUED "Unknown error 529"
    530 ERECALLCONFLICT "Unknown error 530"
    also { EWOULDBLOCK = libc::EWOULDBLOCK, EDEADLOCK = libc::EDEADLOCK, ENOTSUP = libc::ENOTSUP }
}

/// The name of an error number: `EAGAIN` for 11. Where two names share a number it is the one strace writes
/// (`EAGAIN`, not `EWOULDBLOCK`).
pub fn name(number: i32) -> Option<&'static str> {
    ERRNO.name(u64::try_from(number).ok()?)
}

/// `ERESTARTSYS`: restarted if the handler was installed with `SA_RESTART`.
pub const ERESTARTSYS: i32 = 512;
/// `ERESTARTNOINTR`: always restarted.
pub const ERESTARTNOINTR: i32 = 513;
/// `ERESTARTNOHAND`: restarted when no handler ran.
pub const ERESTARTNOHAND: i32 = 514;
/// `ERESTART_RESTARTBLOCK`: continued through `restart_syscall`.
pub const ERESTART_RESTARTBLOCK: i32 = 516;

/// Whether the number means that the kernel will restart the call, which then has no result yet; strace writes `?`.
pub fn is_restart(number: i32) -> bool {
    matches!(number, ERESTARTSYS | ERESTARTNOINTR | ERESTARTNOHAND | ERESTART_RESTARTBLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every number that has a name.
    fn numbers() -> impl Iterator<Item = i32> {
        (0..4096).filter(|number| name(*number).is_some())
    }

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[&ERRNO]);
        assert_eq!([11, 35, 95].map(name), [Some("EAGAIN"), Some("EDEADLK"), Some("EOPNOTSUPP")]);
    }

    #[test]
    fn what_is_not_an_error_has_no_name() {
        for n in [0, -1, -11, 41, 58, 134, 511, 519, 531, 4095, 65_536 + 11, i32::MIN, i32::MAX] {
            assert_eq!((name(n), message(n)), (None, None), "{n}");
        }
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { ERRNO:
            EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY
            EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK
            EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP ENOMSG EIDRM ECHRNG EL2NSYNC
            EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT EBFONT ENOSTR
            ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG
            EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE
            EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP
            EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED
            ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN
            EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM
            EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL
            EHWPOISON EWOULDBLOCK EDEADLOCK ENOTSUP
        }
    }

    /// Messages of the C library in the locale that a program starts in ("C").
    #[test]
    fn messages_agree_with_the_c_library() {
        for n in numbers().filter(|n| *n < 512) {
            let text = std::io::Error::from_raw_os_error(n).to_string();
            assert_eq!(text, format!("{} (os error {n})", message(n).unwrap()));
        }
    }

    #[test]
    fn restarts_are_explained() {
        assert_eq!(message(ERESTARTSYS), Some("To be restarted if SA_RESTART is set"));
        for n in numbers() {
            let restarts = n >= 512 && name(n).unwrap().starts_with("ERESTART"); // 85 is a mere ERESTART
            assert_eq!(is_restart(n), restarts, "{n}");
        }
    }
}
