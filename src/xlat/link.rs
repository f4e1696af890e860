//! The constants of network interfaces and link-layer addresses (`AF_PACKET`).

xlat! {
    /// What state a network interface is in, and what it can do.
    ///
    /// Interface flags (`linux/if.h`): all in netlink's messages, the lowest 16 in `ifr_flags`.
    IFF "IFF_???" {
        IFF_UP = 0x1 => "It is switched on.",
        IFF_BROADCAST = 0x2 => "It can reach everybody on its network at once.",
        IFF_DEBUG = 0x4 => "Its driver writes messages for developers.",
        IFF_LOOPBACK = 0x8 => "It leads back to this machine, like lo.",
        IFF_POINTOPOINT = 0x10 => "It has exactly one machine at the other end.",
        IFF_NOTRAILERS = 0x20 => "An old form of packet is not used.",
        IFF_RUNNING = 0x40 => "It works: the cable is plugged in.",
        IFF_NOARP = 0x80 => "It needs no ARP, which finds hardware addresses.",
        IFF_PROMISC = 0x100 => "It takes every packet, also those for others.",
        IFF_ALLMULTI = 0x200 => "It takes packets for all multicast groups.",
        IFF_MASTER = 0x400 => "It leads several interfaces.",
        IFF_SLAVE = 0x800 => "It works for another interface.",
        IFF_MULTICAST = 0x1000 => "It can take part in multicast groups.",
        IFF_PORTSEL = 0x2000 => "Its kind of connector can be chosen.",
        IFF_AUTOMEDIA = 0x4000 => "Its kind of connector is found by itself.",
        IFF_DYNAMIC = 0x8000 => "Its address is given up when it goes down.",
        IFF_LOWER_UP = 0x10000 => "The cable carries a signal.",
        IFF_DORMANT = 0x20000 => "It waits for something, such as a login.",
        IFF_ECHO = 0x40000 => "What is sent comes back as well.",
    }

    /// Kinds of network hardware.
    ///
    /// Hardware types: `sll_hatype`, `sa_family` of hardware addresses (`linux/if_arp.h`).
    ARPHRD "ARPHRD_???" {
        ARPHRD_NETROM = 0,
        ARPHRD_ETHER = 1,
        ARPHRD_EETHER = 2,
        ARPHRD_AX25 = 3,
        ARPHRD_PRONET = 4,
        ARPHRD_CHAOS = 5,
        ARPHRD_IEEE802 = 6,
        ARPHRD_ARCNET = 7,
        ARPHRD_APPLETLK = 8,
        ARPHRD_DLCI = 15,
        ARPHRD_ATM = 19,
        ARPHRD_METRICOM = 23,
        ARPHRD_IEEE1394 = 24,
        ARPHRD_EUI64 = 27,
        ARPHRD_INFINIBAND = 32,
        ARPHRD_SLIP = 256,
        ARPHRD_CSLIP = 257,
        ARPHRD_SLIP6 = 258,
        ARPHRD_CSLIP6 = 259,
        ARPHRD_RSRVD = 260,
        ARPHRD_ADAPT = 264,
        ARPHRD_ROSE = 270,
        ARPHRD_X25 = 271,
        ARPHRD_HWX25 = 272,
        ARPHRD_CAN = 280,
        ARPHRD_MCTP = 290,
        ARPHRD_PPP = 512,
        ARPHRD_CISCO = 513,
        ARPHRD_LAPB = 516,
        ARPHRD_DDCMP = 517,
        ARPHRD_RAWHDLC = 518,
        ARPHRD_RAWIP = 519,
        ARPHRD_TUNNEL = 768,
        ARPHRD_TUNNEL6 = 769,
        ARPHRD_FRAD = 770,
        ARPHRD_SKIP = 771,
        ARPHRD_LOOPBACK = 772,
        ARPHRD_LOCALTLK = 773,
        ARPHRD_FDDI = 774,
        ARPHRD_BIF = 775,
        ARPHRD_SIT = 776,
        ARPHRD_IPDDP = 777,
        ARPHRD_IPGRE = 778,
        ARPHRD_PIMREG = 779,
        ARPHRD_HIPPI = 780,
        ARPHRD_ASH = 781,
        ARPHRD_ECONET = 782,
        ARPHRD_IRDA = 783,
        ARPHRD_FCPP = 784,
        ARPHRD_FCAL = 785,
        ARPHRD_FCPL = 786,
        ARPHRD_FCFABRIC = 787,
        ARPHRD_IEEE802_TR = 800,
        ARPHRD_IEEE80211 = 801,
        ARPHRD_IEEE80211_PRISM = 802,
        ARPHRD_IEEE80211_RADIOTAP = 803,
        ARPHRD_IEEE802154 = 804,
        ARPHRD_IEEE802154_MONITOR = 805,
        ARPHRD_PHONET = 820,
        ARPHRD_PHONET_PIPE = 821,
        ARPHRD_CAIF = 822,
        ARPHRD_IP6GRE = 823,
        ARPHRD_NETLINK = 824,
        ARPHRD_6LOWPAN = 825,
        ARPHRD_VSOCKMON = 826,
        ARPHRD_NONE = 65534,
        ARPHRD_VOID = 65535,
    }

    /// Whom a frame on the network was for.
    ///
    /// Whom a frame was for: `sll_pkttype` (`linux/if_packet.h`).
    PACKET_TYPE "PACKET_???" {
        PACKET_HOST = 0 => "For this machine.",
        PACKET_BROADCAST = 1 => "For everybody.",
        PACKET_MULTICAST = 2 => "For a group.",
        PACKET_OTHERHOST = 3 => "For another machine.",
        PACKET_OUTGOING = 4 => "Sent by this machine.",
        PACKET_LOOPBACK = 5 => "Sent by this machine and returned to it.",
        PACKET_USER = 6 => "For programs; inside the kernel only.",
        PACKET_KERNEL = 7 => "For the kernel; inside the kernel only.",
    }
}

xlat! {
    /// Which further frames a packet socket gets.
    ///
    /// Types of membership (`linux/if_packet.h`).
    PACKET_MR "PACKET_MR_???" {
        PACKET_MR_MULTICAST = 0 => "Those for a group.",
        PACKET_MR_PROMISC = 1 => "All.",
        PACKET_MR_ALLMULTI = 2 => "Those for any group.",
        PACKET_MR_UNICAST = 3 => "Those for a further hardware address.",
    }
}

/// How many octets an address of this hardware has, as strace knows it; the most there are where it does not.
pub(crate) fn address_length(hardware: u64) -> usize {
    match ARPHRD.name(hardware).and_then(|name| name.strip_prefix("ARPHRD_")) {
        Some("ARCNET" | "MCTP" | "LOCALTLK" | "PHONET" | "PHONET_PIPE" | "CAIF") => 1,
        Some("DLCI") => 2,
        Some("TUNNEL" | "SIT" | "IPDDP" | "IPGRE" | "PIMREG" | "IRDA") => 4,
        Some("ROSE" | "X25") => 5,
        Some("ETHER" | "IEEE802" | "LOOPBACK" | "FDDI" | "HIPPI") => 6,
        Some("IEEE80211" | "IEEE80211_PRISM" | "IEEE80211_RADIOTAP") => 6,
        Some("NETROM" | "AX25") => 7,
        Some("EUI64" | "IEEE802154" | "IEEE802154_MONITOR" | "6LOWPAN" | "VSOCKMON") => 8,
        _ => usize::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[&IFF, &ARPHRD, &PACKET_TYPE]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { IFF:
            IFF_UP IFF_BROADCAST IFF_DEBUG IFF_LOOPBACK IFF_POINTOPOINT IFF_NOTRAILERS IFF_RUNNING
            IFF_NOARP IFF_PROMISC IFF_ALLMULTI IFF_MASTER IFF_SLAVE IFF_MULTICAST IFF_PORTSEL
            IFF_AUTOMEDIA IFF_DYNAMIC
        }
        agrees_with_libc! { ARPHRD:
            ARPHRD_NETROM ARPHRD_ETHER ARPHRD_EETHER ARPHRD_AX25 ARPHRD_PRONET ARPHRD_CHAOS
            ARPHRD_IEEE802 ARPHRD_ARCNET ARPHRD_APPLETLK ARPHRD_DLCI ARPHRD_ATM ARPHRD_METRICOM
            ARPHRD_IEEE1394 ARPHRD_EUI64 ARPHRD_INFINIBAND ARPHRD_SLIP ARPHRD_CSLIP ARPHRD_SLIP6
            ARPHRD_CSLIP6 ARPHRD_RSRVD ARPHRD_ADAPT ARPHRD_ROSE ARPHRD_X25 ARPHRD_HWX25 ARPHRD_CAN
            ARPHRD_PPP ARPHRD_CISCO ARPHRD_LAPB ARPHRD_DDCMP ARPHRD_RAWHDLC ARPHRD_TUNNEL
            ARPHRD_TUNNEL6 ARPHRD_FRAD ARPHRD_SKIP ARPHRD_LOOPBACK ARPHRD_LOCALTLK ARPHRD_FDDI
            ARPHRD_BIF ARPHRD_SIT ARPHRD_IPDDP ARPHRD_IPGRE ARPHRD_PIMREG ARPHRD_HIPPI ARPHRD_ASH
            ARPHRD_ECONET ARPHRD_IRDA ARPHRD_FCPP ARPHRD_FCAL ARPHRD_FCPL ARPHRD_FCFABRIC
            ARPHRD_IEEE802_TR ARPHRD_IEEE80211 ARPHRD_IEEE80211_PRISM ARPHRD_IEEE80211_RADIOTAP
            ARPHRD_IEEE802154 ARPHRD_NONE ARPHRD_VOID
        }
    }
}
