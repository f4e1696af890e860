//! Requests of ioctl(2).
xlat! {
    /// Requests that sockets know.
    IOCTL_REQUEST "_IOC" { FIONREAD = 0x541b, FIONBIO = 0x5421 }
}
