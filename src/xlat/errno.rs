//! Error numbers: their names, and the messages in English.
//!
//! The messages are those of the GNU C library, from a table rather than from `strerror`, whose answer depends on the
//! locale. Numbers from 512 are internal to the kernel; a program never sees them, a tracer does. Four of them mean
//! that a call will be restarted, which strace explains in its own words; for the rest it uses the library's message
//! for an unknown number. strace writes an error without a name as `(errno 134)`.

/// Declares [`ERRNO`] and [`message`] from one list of number, name, message and sentence for beginners; `also` are names
/// that are read, not written.
macro_rules! errors {
    ($($number:literal $name:ident $message:literal => $doc_of:literal)*
     also { $($second:ident = $first:expr => $same:literal),* $(,)? }) => {
        xlat! {
            /// Why a call failed; a program finds it in errno.
            ///
            /// Error numbers (`asm-generic/errno.h`, `linux/errno.h`), positive as `errno` holds them.
            ERRNO "E???" { $($name = $number => $doc_of,)* $($second = $first => $same,)* }
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
    1 EPERM "Operation not permitted" => "Only a privileged user may do this, or nobody."
    2 ENOENT "No such file or directory" => "There is no file, folder or Unix socket of this name."
    3 ESRCH "No such process" => "There is no such process or thread."
    4 EINTR "Interrupted system call" => "A signal came before the call could do anything; Python makes the call again."
    5 EIO "Input/output error" => "A device failed."
    6 ENXIO "No such device or address" => "There is no device or peer behind the file."
    7 E2BIG "Argument list too long" => "The arguments and the environment of a new program are too long."
    8 ENOEXEC "Exec format error" => "The file is no program that can be run."
    9 EBADF "Bad file descriptor" => "The number is no open descriptor, or one that is not open for this; often it was closed already."
    10 ECHILD "No child processes" => "There is no child process to wait for."
    11 EAGAIN "Resource temporarily unavailable" => "Nothing can be done just now, and the socket is set not to wait; or its timeout is over. Also called EWOULDBLOCK."
    12 ENOMEM "Cannot allocate memory" => "There is not enough memory."
    13 EACCES "Permission denied" => "A permission is missing: of the file, for a port below 1024, or to send to everybody (SO_BROADCAST)."
    14 EFAULT "Bad address" => "A pointer leads to memory that the program does not have."
    15 ENOTBLK "Block device required" => "A disk is needed, and this is none."
    16 EBUSY "Device or resource busy" => "It is in use, and cannot be changed just now."
    17 EEXIST "File exists" => "It is there already."
    18 EXDEV "Invalid cross-device link" => "The two names are on different file systems."
    19 ENODEV "No such device" => "There is no such device, or it cannot do this."
    20 ENOTDIR "Not a directory" => "Something in the path is no folder."
    21 EISDIR "Is a directory" => "It is a folder, and a file is needed."
    22 EINVAL "Invalid argument" => "An argument does not make sense here, or the socket is in a state in which this cannot be done."
    23 ENFILE "Too many open files in system" => "The whole machine has too many open files."
    24 EMFILE "Too many open files" => "The process has too many open descriptors; ulimit -n is the limit."
    25 ENOTTY "Inappropriate ioctl for device" => "The thing behind the descriptor does not know this request."
    26 ETXTBSY "Text file busy" => "The program is running, so its file cannot be written."
    27 EFBIG "File too large" => "The file would be larger than it may."
    28 ENOSPC "No space left on device" => "The disk is full, or another limit is reached."
    29 ESPIPE "Illegal seek" => "Pipes and sockets have no position that could be moved."
    30 EROFS "Read-only file system" => "The file system can only be read."
    31 EMLINK "Too many links" => "The file has too many names."
    32 EPIPE "Broken pipe" => "Nobody will read this: the other end is gone, or this side was shut down. SIGPIPE comes with it."
    33 EDOM "Numerical argument out of domain" => "A number is outside the range of the computation."
    34 ERANGE "Numerical result out of range" => "A result does not fit."
    35 EDEADLK "Resource deadlock avoided" => "Waiting would never end, since each would wait for the other."
    36 ENAMETOOLONG "File name too long" => "A name or path is too long."
    37 ENOLCK "No locks available" => "There are too many locks."
    38 ENOSYS "Function not implemented" => "The kernel does not have this call."
    39 ENOTEMPTY "Directory not empty" => "The folder is not empty."
    40 ELOOP "Too many levels of symbolic links" => "Symbolic links lead in a circle, or there are too many."
    42 ENOMSG "No message of desired type" => "There is no message of this kind in the queue."
    43 EIDRM "Identifier removed" => "The queue or memory was removed."
    44 ECHRNG "Channel number out of range" => "A number that Linux hardly uses: the channel does not exist."
    45 EL2NSYNC "Level 2 not synchronized" => "A number that Linux hardly uses: level 2 is out of step."
    46 EL3HLT "Level 3 halted" => "A number that Linux hardly uses: level 3 has stopped."
    47 EL3RST "Level 3 reset" => "A number that Linux hardly uses: level 3 was reset."
    48 ELNRNG "Link number out of range" => "A number that Linux hardly uses: the link does not exist."
    49 EUNATCH "Protocol driver not attached" => "The protocol's driver is not there."
    50 ENOCSI "No CSI structure available" => "A number that Linux hardly uses: a structure is missing."
    51 EL2HLT "Level 2 halted" => "A number that Linux hardly uses: level 2 has stopped."
    52 EBADE "Invalid exchange" => "The other side's answer makes no sense."
    53 EBADR "Invalid request descriptor" => "The request's descriptor makes no sense."
    54 EXFULL "Exchange full" => "A number that Linux hardly uses: the exchange is full."
    55 ENOANO "No anode" => "A number that Linux hardly uses."
    56 EBADRQC "Invalid request code" => "The request's code makes no sense."
    57 EBADSLT "Invalid slot" => "The slot does not exist."
    59 EBFONT "Bad font file format" => "A number that Linux hardly uses: a font file is damaged."
    60 ENOSTR "Device not a stream" => "A number that Linux hardly uses: the device is no stream."
    61 ENODATA "No data available" => "There is no such attribute or no data."
    62 ETIME "Timer expired" => "A timer ran out."
    63 ENOSR "Out of streams resources" => "A number that Linux hardly uses: there are no streams left."
    64 ENONET "Machine is not on the network" => "The machine is not on the network."
    65 ENOPKG "Package not installed" => "A part of the system is not installed or not built in."
    66 EREMOTE "Object is remote" => "The file or address is on another machine."
    67 ENOLINK "Link has been severed" => "The connection to where the file is was lost."
    68 EADV "Advertise error" => "A number that Linux hardly uses."
    69 ESRMNT "Srmount error" => "A number that Linux hardly uses."
    70 ECOMM "Communication error on send" => "Sending failed."
    71 EPROTO "Protocol error" => "The other side broke the rules of the protocol."
    72 EMULTIHOP "Multihop attempted" => "The way leads over too many stations."
    73 EDOTDOT "RFS specific error" => "A number that Linux hardly uses."
    74 EBADMSG "Bad message" => "The message is damaged or of another kind."
    75 EOVERFLOW "Value too large for defined data type" => "A number is too large for where it should go."
    76 ENOTUNIQ "Name not unique on network" => "The name is taken on the network."
    77 EBADFD "File descriptor in bad state" => "The descriptor is in a state in which this cannot be done."
    78 EREMCHG "Remote address changed" => "The other side's address changed."
    79 ELIBACC "Can not access a needed shared library" => "A library that the program needs cannot be opened."
    80 ELIBBAD "Accessing a corrupted shared library" => "A library that the program needs is damaged."
    81 ELIBSCN ".lib section in a.out corrupted" => "A part of the program that names its libraries is damaged."
    82 ELIBMAX "Attempting to link in too many shared libraries" => "The program needs too many libraries."
    83 ELIBEXEC "Cannot exec a shared library directly" => "A library is no program that can be run."
    84 EILSEQ "Invalid or incomplete multibyte or wide character" => "The bytes are no valid text."
    85 ERESTART "Interrupted system call should be restarted" => "The call should be made again; programs do not see this."
    86 ESTRPIPE "Streams pipe error" => "A stream was stopped; sound devices use it."
    87 EUSERS "Too many users" => "There are too many users."
    88 ENOTSOCK "Socket operation on non-socket" => "The descriptor is a file or something else, and the call is for sockets."
    89 EDESTADDRREQ "Destination address required" => "The socket is not connected, so the message needs an address."
    90 EMSGSIZE "Message too long" => "The message is larger than what the protocol or the path can carry at once."
    91 EPROTOTYPE "Protocol wrong type for socket" => "The protocol does not go with the socket's type."
    92 ENOPROTOOPT "Protocol not available" => "There is no such setting at this level."
    93 EPROTONOSUPPORT "Protocol not supported" => "The family does not have this protocol, or the kernel was built without it."
    94 ESOCKTNOSUPPORT "Socket type not supported" => "The family does not have this type of socket."
    95 EOPNOTSUPP "Operation not supported" => "This kind of socket or file cannot do this."
    96 EPFNOSUPPORT "Protocol family not supported" => "The kernel does not have this family of protocols."
    97 EAFNOSUPPORT "Address family not supported by protocol" => "The kernel does not have this family of addresses, or the socket is of another one."
    98 EADDRINUSE "Address already in use" => "The address and port belong to another socket, or did until a moment ago (TIME_WAIT)."
    99 EADDRNOTAVAIL "Cannot assign requested address" => "The address is none of this machine's, or every port for it is taken."
    100 ENETDOWN "Network is down" => "The network interface is switched off."
    101 ENETUNREACH "Network is unreachable" => "There is no route to that network."
    102 ENETRESET "Network dropped connection on reset" => "The connection was broken because the peer did not answer any more."
    103 ECONNABORTED "Software caused connection abort" => "The connection was gone before it was accepted."
    104 ECONNRESET "Connection reset by peer" => "The peer broke the connection off: it ended or closed with data still unread."
    105 ENOBUFS "No buffer space available" => "There is no room to store more; the network is slower than the program."
    106 EISCONN "Transport endpoint is already connected" => "The socket is connected already."
    107 ENOTCONN "Transport endpoint is not connected" => "The socket is not connected, and there is no address to send to."
    108 ESHUTDOWN "Cannot send after transport endpoint shutdown" => "The socket was shut down for sending."
    109 ETOOMANYREFS "Too many references: cannot splice" => "Too many descriptors are under way in messages."
    110 ETIMEDOUT "Connection timed out" => "The peer did not answer in time."
    111 ECONNREFUSED "Connection refused" => "Nothing listens at that address: the peer's machine can be reached, and answered so."
    112 EHOSTDOWN "Host is down" => "The peer's machine does not answer on its own network."
    113 EHOSTUNREACH "No route to host" => "There is no way to that machine; a router or the neighbour search reported it."
    114 EALREADY "Operation already in progress" => "An earlier connect on this socket is still under way."
    115 EINPROGRESS "Operation now in progress" => "The connection has been asked for, and the socket is set not to wait; poll for writing reports the end."
    116 ESTALE "Stale file handle" => "The file on the server is no longer there."
    117 EUCLEAN "Structure needs cleaning" => "The file system is damaged and must be repaired."
    118 ENOTNAM "Not a XENIX named type file" => "A number that Linux hardly uses."
    119 ENAVAIL "No XENIX semaphores available" => "A number that Linux hardly uses."
    120 EISNAM "Is a named type file" => "A number that Linux hardly uses."
    121 EREMOTEIO "Remote I/O error" => "The device at the other end failed."
    122 EDQUOT "Disk quota exceeded" => "The user's share of the disk is used up."
    123 ENOMEDIUM "No medium found" => "There is no disk in the drive."
    124 EMEDIUMTYPE "Wrong medium type" => "There is another kind of disk in the drive."
    125 ECANCELED "Operation canceled" => "It was cancelled."
    126 ENOKEY "Required key not available" => "There is no such key."
    127 EKEYEXPIRED "Key has expired" => "The key is too old."
    128 EKEYREVOKED "Key has been revoked" => "The key was taken back."
    129 EKEYREJECTED "Key was rejected by service" => "The key was not accepted."
    130 EOWNERDEAD "Owner died" => "Who held the lock died."
    131 ENOTRECOVERABLE "State not recoverable" => "What the lock protects cannot be repaired."
    132 ERFKILL "Operation not possible due to RF-kill" => "The radio is switched off."
    133 EHWPOISON "Memory page has hardware error" => "The memory's hardware is broken."
    512 ERESTARTSYS "To be restarted if SA_RESTART is set" => "A signal interrupted the call; it is made again if the signal's handler asks for that. Programs see EINTR or nothing."
    513 ERESTARTNOINTR "To be restarted" => "A signal interrupted the call, and it is made again. Programs do not see this."
    514 ERESTARTNOHAND "To be restarted if no handler" => "A signal interrupted the call; it is made again if no handler ran. Programs see EINTR or nothing."
    515 ENOIOCTLCMD "Unknown error 515" => "The driver does not know this request; programs see ENOTTY."
    516 ERESTART_RESTARTBLOCK "Interrupted by signal" => "A signal interrupted a wait, which goes on for the time that was left. Programs do not see this."
    517 EPROBE_DEFER "Unknown error 517" => "A driver waits for another one; inside the kernel only."
    518 EOPENSTALE "Unknown error 518" => "A file's handle is too old; inside the kernel only."
    521 EBADHANDLE "Unknown error 521" => "A file's handle is damaged; inside the kernel only."
    522 ENOTSYNC "Unknown error 522" => "Two copies differ; inside the kernel only."
    523 EBADCOOKIE "Unknown error 523" => "A place in a folder is no longer valid; inside the kernel only."
    524 ENOTSUPP "Unknown error 524" => "This cannot be done; inside the kernel only, though some programs get it."
    525 ETOOSMALL "Unknown error 525" => "A buffer or request is too small; inside the kernel only."
    526 ESERVERFAULT "Unknown error 526" => "A file server failed in an unknown way; inside the kernel only."
    527 EBADTYPE "Unknown error 527" => "A file server does not have this type; inside the kernel only."
    528 EJUKEBOX "Unknown error 528" => "A file server needs more time; inside the kernel only."
    529 EIOCBQUEUED "Unknown error 529" => "The work goes on in the background; inside the kernel only."
    530 ERECALLCONFLICT "Unknown error 530" => "A file server wants something back; inside the kernel only."
    also {
        EWOULDBLOCK = libc::EWOULDBLOCK => "Another name for EAGAIN.",
        EDEADLOCK = libc::EDEADLOCK => "Another name for EDEADLK.",
        ENOTSUP = libc::ENOTSUP => "Another name for EOPNOTSUPP.",
    }
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
