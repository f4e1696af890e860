//! Requests of `ioctl` that sockets, network interfaces, timers and terminals know.
//!
//! Requests of other devices are not here. Their numbers encode direction, type, number and size, which is how strace
//! writes one it does not know.

xlat! {
    /// Requests to what is behind a descriptor: a terminal, a socket, a network interface.
    ///
    /// `ioctl` requests, by number: types `T` (terminals and descriptors, `asm-generic/ioctls.h`; tunnels,
    /// `linux/if_tun.h`) and 0x89 (sockets and interfaces, `linux/sockios.h`), and the one of `linux/vm_sockets.h`.
    IOCTL_REQUEST "_IOC_???" {
        TFD_IOC_SET_TICKS = 0x40085400,
        TCGETS = 0x5401 => "Asks how the terminal is set; programs learn by it whether the descriptor is a terminal.",
        IOCTL_VM_SOCKETS_GET_LOCAL_CID = 0x7b9,
        TCSETS = 0x5402 => "Sets the terminal at once.",
        TCSETSW = 0x5403 => "Sets the terminal when all is written.",
        TCSETSF = 0x5404 => "Sets the terminal when all is written, and forgets what was typed.",
        TCGETA = 0x5405,
        TCSETA = 0x5406,
        TCSETAW = 0x5407,
        TCSETAF = 0x5408,
        TCSBRK = 0x5409,
        TCXONC = 0x540a,
        TCFLSH = 0x540b,
        TIOCEXCL = 0x540c,
        TIOCNXCL = 0x540d,
        TIOCSCTTY = 0x540e => "Makes the terminal the one that controls the program.",
        TIOCGPGRP = 0x540f => "Asks which processes are in the terminal's foreground.",
        TIOCSPGRP = 0x5410 => "Puts a group of processes into the terminal's foreground.",
        TIOCOUTQ = 0x5411 => "Asks how many bytes wait to be sent; of TCP, how many are not acknowledged.",
        TIOCSTI = 0x5412,
        TIOCGWINSZ = 0x5413 => "Asks how many lines and columns the terminal has.",
        TIOCSWINSZ = 0x5414 => "Sets how many lines and columns the terminal has.",
        TIOCMGET = 0x5415,
        TIOCMBIS = 0x5416,
        TIOCMBIC = 0x5417,
        TIOCMSET = 0x5418,
        TIOCGSOFTCAR = 0x5419,
        TIOCSSOFTCAR = 0x541a,
        FIONREAD = 0x541b => "Asks how many bytes can be read at once.",
        TIOCLINUX = 0x541c,
        TIOCCONS = 0x541d,
        TIOCGSERIAL = 0x541e,
        TIOCSSERIAL = 0x541f,
        TIOCPKT = 0x5420,
        FIONBIO = 0x5421 => "Sets whether calls wait: 1 for non-blocking, 0 for blocking.",
        TIOCNOTTY = 0x5422 => "Gives the controlling terminal up.",
        TIOCSETD = 0x5423,
        TIOCGETD = 0x5424,
        TCSBRKP = 0x5425,
        TIOCSBRK = 0x5427,
        TIOCCBRK = 0x5428,
        TIOCGSID = 0x5429,
        TCGETS2 = 0x802c542a,
        TCSETS2 = 0x402c542b,
        TCSETSW2 = 0x402c542c,
        TCSETSF2 = 0x402c542d,
        TIOCGRS485 = 0x542e,
        TIOCSRS485 = 0x542f,
        TIOCGPTN = 0x80045430 => "Asks for the number of a pseudo-terminal.",
        TIOCSPTLCK = 0x40045431 => "Locks or unlocks a pseudo-terminal.",
        TCGETX = 0x5432,
        TIOCGDEV = 0x80045432,
        TCSETX = 0x5433,
        TCSETXF = 0x5434,
        TCSETXW = 0x5435,
        TIOCSIG = 0x40045436,
        TIOCVHANGUP = 0x5437,
        TIOCGPKT = 0x80045438,
        TIOCGPTLCK = 0x80045439,
        TIOCGEXCL = 0x80045440,
        TIOCGPTPEER = 0x5441 => "Opens the other side of a pseudo-terminal.",
        TIOCGISO7816 = 0x80285442,
        TIOCSISO7816 = 0xc0285443,
        FIONCLEX = 0x5450 => "The descriptor stays open when another program is started.",
        FIOCLEX = 0x5451 => "The descriptor is closed when another program is started.",
        FIOASYNC = 0x5452 => "Whether a signal is sent when the descriptor is ready.",
        TIOCSERCONFIG = 0x5453,
        TIOCSERGWILD = 0x5454,
        TIOCSERSWILD = 0x5455,
        TIOCGLCKTRMIOS = 0x5456,
        TIOCSLCKTRMIOS = 0x5457,
        TIOCSERGSTRUCT = 0x5458,
        TIOCSERGETLSR = 0x5459,
        TIOCSERGETMULTI = 0x545a,
        TIOCSERSETMULTI = 0x545b,
        TIOCMIWAIT = 0x545c,
        TIOCGICOUNT = 0x545d,
        FIOQSIZE = 0x5460 => "Asks how large the file or folder is.",
        TUNSETNOCSUM = 0x400454c8,
        TUNSETDEBUG = 0x400454c9,
        TUNSETIFF = 0x400454ca,
        TUNSETPERSIST = 0x400454cb,
        TUNSETOWNER = 0x400454cc,
        TUNSETLINK = 0x400454cd,
        TUNSETGROUP = 0x400454ce,
        TUNGETFEATURES = 0x800454cf,
        TUNSETOFFLOAD = 0x400454d0,
        TUNSETTXFILTER = 0x400454d1,
        TUNGETIFF = 0x800454d2,
        TUNGETSNDBUF = 0x800454d3,
        TUNSETSNDBUF = 0x400454d4,
        TUNATTACHFILTER = 0x401054d5,
        TUNDETACHFILTER = 0x401054d6,
        TUNGETVNETHDRSZ = 0x800454d7,
        TUNSETVNETHDRSZ = 0x400454d8,
        TUNSETQUEUE = 0x400454d9,
        TUNSETIFINDEX = 0x400454da,
        TUNGETFILTER = 0x801054db,
        TUNSETVNETLE = 0x400454dc,
        TUNGETVNETLE = 0x800454dd,
        TUNSETVNETBE = 0x400454de,
        TUNGETVNETBE = 0x800454df,
        TUNSETSTEERINGEBPF = 0x800454e0,
        TUNSETFILTEREBPF = 0x800454e1,
        TUNSETCARRIER = 0x400454e2,
        TUNGETDEVNETNS = 0x54e3,
        FIOSETOWN = 0x8901 => "Chooses who gets a signal when the socket is ready.",
        SIOCSPGRP = 0x8902 => "Chooses who gets a signal when the socket is ready.",
        FIOGETOWN = 0x8903 => "Asks who gets a signal when the socket is ready.",
        SIOCGPGRP = 0x8904 => "Asks who gets a signal when the socket is ready.",
        SIOCATMARK = 0x8905 => "Asks whether the urgent byte is the next one.",
        SIOCGSTAMP_OLD = 0x8906 => "Asks when the last packet arrived, in microseconds.",
        SIOCGSTAMP_NEW = 0x80108906 => "Asks when the last packet arrived, in microseconds; the form that holds after 2038.",
        SIOCGSTAMPNS_OLD = 0x8907 => "Asks when the last packet arrived, in nanoseconds.",
        SIOCGSTAMPNS_NEW = 0x80108907 => "Asks when the last packet arrived, in nanoseconds; the form that holds after 2038.",
        SIOCADDRT = 0x890b => "Adds a route.",
        SIOCDELRT = 0x890c => "Removes a route.",
        SIOCRTMSG = 0x890d,
        SIOCGIFNAME = 0x8910 => "Asks for an interface's name by its number.",
        SIOCSIFLINK = 0x8911,
        SIOCGIFCONF = 0x8912 => "Asks for all interfaces that have an IPv4 address.",
        SIOCGIFFLAGS = 0x8913 => "Asks what state an interface is in.",
        SIOCSIFFLAGS = 0x8914 => "Switches an interface on or off, and more.",
        SIOCGIFADDR = 0x8915 => "Asks for an interface's address.",
        SIOCSIFADDR = 0x8916 => "Sets an interface's address.",
        SIOCGIFDSTADDR = 0x8917 => "Asks for the address at the other end of a link.",
        SIOCSIFDSTADDR = 0x8918 => "Sets the address at the other end of a link.",
        SIOCGIFBRDADDR = 0x8919 => "Asks for the address that reaches everybody.",
        SIOCSIFBRDADDR = 0x891a => "Sets the address that reaches everybody.",
        SIOCGIFNETMASK = 0x891b => "Asks which part of the address names the network.",
        SIOCSIFNETMASK = 0x891c => "Sets which part of the address names the network.",
        SIOCGIFMETRIC = 0x891d => "Asks how costly an interface is.",
        SIOCSIFMETRIC = 0x891e => "Sets how costly an interface is.",
        SIOCGIFMEM = 0x891f,
        SIOCSIFMEM = 0x8920,
        SIOCGIFMTU = 0x8921 => "Asks for the largest packet of an interface.",
        SIOCSIFMTU = 0x8922 => "Sets the largest packet of an interface.",
        SIOCSIFNAME = 0x8923 => "Renames an interface.",
        SIOCSIFHWADDR = 0x8924 => "Sets an interface's hardware address (MAC).",
        SIOCGIFENCAP = 0x8925 => "An old setting of interfaces.",
        SIOCSIFENCAP = 0x8926 => "An old setting of interfaces.",
        SIOCGIFHWADDR = 0x8927 => "Asks for an interface's hardware address (MAC).",
        SIOCGIFSLAVE = 0x8929 => "Asks which interface works for another.",
        SIOCSIFSLAVE = 0x8930 => "Sets which interface works for another.",
        SIOCADDMULTI = 0x8931 => "Lets an interface take packets of a group.",
        SIOCDELMULTI = 0x8932 => "An interface no longer takes packets of a group.",
        SIOCGIFINDEX = 0x8933 => "Asks for an interface's number by its name.",
        SIOCSIFPFLAGS = 0x8934,
        SIOCGIFPFLAGS = 0x8935,
        SIOCDIFADDR = 0x8936,
        SIOCSIFHWBROADCAST = 0x8937 => "Sets the hardware address that reaches everybody.",
        SIOCGIFCOUNT = 0x8938,
        SIOCGIFBR = 0x8940,
        SIOCSIFBR = 0x8941,
        SIOCGIFTXQLEN = 0x8942 => "Asks how many packets may wait to be sent.",
        SIOCSIFTXQLEN = 0x8943 => "Sets how many packets may wait to be sent.",
        SIOCETHTOOL = 0x8946 => "Asks or sets something that only the driver knows; ethtool uses it.",
        SIOCGMIIPHY = 0x8947,
        SIOCGMIIREG = 0x8948,
        SIOCSMIIREG = 0x8949,
        SIOCWANDEV = 0x894a,
        SIOCOUTQNSD = 0x894b => "Asks how many bytes have not been sent yet.",
        SIOCGSKNS = 0x894c,
        SIOCDARP = 0x8953 => "Forgets the hardware address that belongs to an IP address.",
        SIOCGARP = 0x8954 => "Asks for the hardware address that belongs to an IP address.",
        SIOCSARP = 0x8955 => "Sets the hardware address that belongs to an IP address.",
        SIOCDRARP = 0x8960,
        SIOCGRARP = 0x8961,
        SIOCSRARP = 0x8962,
        SIOCGIFMAP = 0x8970 => "Asks for the hardware's memory and interrupt.",
        SIOCSIFMAP = 0x8971 => "Sets the hardware's memory and interrupt.",
        SIOCADDDLCI = 0x8980,
        SIOCDELDLCI = 0x8981,
        SIOCGIFVLAN = 0x8982,
        SIOCSIFVLAN = 0x8983,
        SIOCBONDENSLAVE = 0x8990,
        SIOCBONDRELEASE = 0x8991,
        SIOCBONDSETHWADDR = 0x8992,
        SIOCBONDSLAVEINFOQUERY = 0x8993,
        SIOCBONDINFOQUERY = 0x8994,
        SIOCBONDCHANGEACTIVE = 0x8995,
        SIOCBRADDBR = 0x89a0,
        SIOCBRDELBR = 0x89a1,
        SIOCBRADDIF = 0x89a2,
        SIOCBRDELIF = 0x89a3,
        SIOCSHWTSTAMP = 0x89b0,
        SIOCGHWTSTAMP = 0x89b1,
        SIOCPROTOPRIVATE = 0x89e0,
        SIOCDEVPRIVATE = 0x89f0,
    }
}

/// Both names of a number, of which the second is the table's.
const SHARED: [&str; 4] = [
    "SNDCTL_TMR_START or TCSETS",
    "SNDCTL_TMR_STOP or TCSETSW",
    "SNDCTL_TMR_CONTINUE or TCSETSF",
    "IOCTL_VMCI_SOCKETS_GET_LOCAL_CID or IOCTL_VM_SOCKETS_GET_LOCAL_CID",
];

/// How strace writes a request: by name, except that `TCSETS`, `TCSETSW` and `TCSETSF` share their numbers with
/// requests of the sound timer, and the one of VM sockets has two names: it writes both.
pub fn strace_spelling(request: u64) -> Option<&'static str> {
    let name = IOCTL_REQUEST.name(request)?;
    let both = SHARED.iter().find(|both| both.strip_suffix(name).is_some_and(|front| front.ends_with(" or ")));
    Some(both.map_or(name, |both| both))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[&IOCTL_REQUEST]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { IOCTL_REQUEST:
            TCGETS TCSETS TCSETSW TCSETSF TCGETA TCSETA TCSETAW TCSETAF TCSBRK TCXONC TCFLSH
            TIOCEXCL TIOCNXCL TIOCSCTTY TIOCGPGRP TIOCSPGRP TIOCOUTQ TIOCSTI TIOCGWINSZ TIOCSWINSZ
            TIOCMGET TIOCMBIS TIOCMBIC TIOCMSET TIOCGSOFTCAR TIOCSSOFTCAR FIONREAD TIOCLINUX
            TIOCCONS TIOCGSERIAL TIOCSSERIAL TIOCPKT FIONBIO TIOCNOTTY TIOCSETD TIOCGETD TCSBRKP
            TIOCSBRK TIOCCBRK TIOCGSID TCGETS2 TCSETS2 TCSETSW2 TCSETSF2 TIOCGRS485 TIOCSRS485
            TIOCGPTN TIOCSPTLCK TCGETX TIOCGDEV TCSETX TCSETXF TCSETXW TIOCSIG TIOCVHANGUP TIOCGPKT
            TIOCGPTLCK TIOCGEXCL TIOCGPTPEER FIONCLEX FIOCLEX FIOASYNC
            TIOCSERCONFIG TIOCSERGWILD TIOCSERSWILD TIOCGLCKTRMIOS TIOCSLCKTRMIOS TIOCSERGSTRUCT
            TIOCSERGETLSR TIOCSERGETMULTI TIOCSERSETMULTI TIOCMIWAIT TIOCGICOUNT FIOQSIZE
            TUNSETNOCSUM TUNSETDEBUG TUNSETIFF TUNSETPERSIST TUNSETOWNER TUNSETLINK TUNSETGROUP
            TUNGETFEATURES TUNSETOFFLOAD TUNSETTXFILTER TUNGETIFF TUNGETSNDBUF TUNSETSNDBUF
            TUNATTACHFILTER TUNDETACHFILTER TUNGETVNETHDRSZ TUNSETVNETHDRSZ TUNSETQUEUE
            TUNSETIFINDEX TUNGETFILTER TUNSETVNETLE TUNGETVNETLE TUNSETVNETBE TUNGETVNETBE
            TUNSETSTEERINGEBPF TUNSETFILTEREBPF TUNSETCARRIER TUNGETDEVNETNS SIOCADDRT SIOCDELRT
            SIOCGIFNAME SIOCSIFLINK SIOCGIFCONF SIOCGIFFLAGS SIOCSIFFLAGS SIOCGIFADDR SIOCSIFADDR
            SIOCGIFDSTADDR SIOCSIFDSTADDR SIOCGIFBRDADDR SIOCSIFBRDADDR SIOCGIFNETMASK
            SIOCSIFNETMASK SIOCGIFMETRIC SIOCSIFMETRIC SIOCGIFMEM SIOCSIFMEM SIOCGIFMTU SIOCSIFMTU
            SIOCSIFNAME SIOCSIFHWADDR SIOCGIFENCAP SIOCSIFENCAP SIOCGIFHWADDR SIOCGIFSLAVE
            SIOCSIFSLAVE SIOCADDMULTI SIOCDELMULTI SIOCGIFINDEX SIOCSIFPFLAGS SIOCGIFPFLAGS
            SIOCDIFADDR SIOCSIFHWBROADCAST SIOCGIFCOUNT SIOCGIFBR SIOCSIFBR SIOCGIFTXQLEN
            SIOCSIFTXQLEN SIOCETHTOOL SIOCGMIIPHY SIOCGMIIREG SIOCSMIIREG SIOCWANDEV SIOCOUTQNSD
            SIOCGSKNS SIOCDARP SIOCGARP SIOCSARP SIOCDRARP SIOCGRARP SIOCSRARP SIOCGIFMAP SIOCSIFMAP
            SIOCSHWTSTAMP SIOCGHWTSTAMP
        }
    }

    #[test]
    fn shared_numbers_are_written_with_both_names() {
        assert_eq!(IOCTL_REQUEST.name(0x5402), Some("TCSETS"));
        assert_eq!(strace_spelling(0x5402), Some("SNDCTL_TMR_START or TCSETS"));
        assert_eq!((strace_spelling(0x5421), strace_spelling(0x54ff)), (Some("FIONBIO"), None));
    }
}
