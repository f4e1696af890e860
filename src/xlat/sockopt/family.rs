//! Address families other than IP, each with a level of its own.

xlat! {
    /// Settings of sockets between a virtual machine and its host.
    ///
    /// Options of `AF_VSOCK` (`linux/vm_sockets.h`).
    VSOCK "SO_VM_???" {
        SO_VM_SOCKETS_BUFFER_SIZE = 0,
        SO_VM_SOCKETS_BUFFER_MIN_SIZE = 1,
        SO_VM_SOCKETS_BUFFER_MAX_SIZE = 2,
        SO_VM_SOCKETS_PEER_HOST_VM_ID = 3,
        SO_VM_SOCKETS_TRUSTED = 5,
        SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD = 6,
        SO_VM_SOCKETS_NONBLOCK_TXRX = 7,
        SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW = 8,
    }

    /// Settings of sockets on a CAN bus.
    ///
    /// Options of `SOL_CAN_RAW` (`linux/can/raw.h`).
    CAN_RAW "CAN_RAW_???" {
        CAN_RAW_FILTER = 1,
        CAN_RAW_ERR_FILTER = 2,
        CAN_RAW_LOOPBACK = 3,
        CAN_RAW_RECV_OWN_MSGS = 4,
        CAN_RAW_FD_FRAMES = 5,
        CAN_RAW_JOIN_FILTERS = 6,
    }

    /// Settings of IPX sockets.
    ///
    /// Options of `SOL_IPX` (`linux/ipx.h`).
    IPX "IPX_???" {
        IPX_TYPE = 1,
    }

    /// Settings of amateur radio sockets.
    ///
    /// Options of `SOL_AX25` (`linux/ax25.h`).
    AX25 "AX25_???" {
        AX25_WINDOW = 1,
        AX25_T1 = 2,
        AX25_N2 = 3,
        AX25_T3 = 4,
        AX25_T2 = 5,
        AX25_BACKOFF = 6,
        AX25_EXTSEQ = 7,
        AX25_PIDINCL = 8,
        AX25_IDLE = 9,
        AX25_PACLEN = 10,
        AX25_IAMDIGI = 12,
        SO_BINDTODEVICE = 25,
    }

    /// Settings of packet sockets, which see whole frames of an interface.
    ///
    /// Options of `SOL_PACKET` (`linux/if_packet.h`).
    PACKET "PACKET_???" {
        PACKET_ADD_MEMBERSHIP = 1,
        PACKET_DROP_MEMBERSHIP = 2,
        PACKET_RECV_OUTPUT = 3,
        PACKET_RX_RING = 5,
        PACKET_STATISTICS = 6,
        PACKET_COPY_THRESH = 7,
        PACKET_AUXDATA = 8,
        PACKET_ORIGDEV = 9,
        PACKET_VERSION = 10,
        PACKET_HDRLEN = 11,
        PACKET_RESERVE = 12,
        PACKET_TX_RING = 13,
        PACKET_LOSS = 14,
        PACKET_VNET_HDR = 15,
        PACKET_TX_TIMESTAMP = 16,
        PACKET_TIMESTAMP = 17,
        PACKET_FANOUT = 18,
        PACKET_TX_HAS_OFF = 19,
        PACKET_QDISC_BYPASS = 20,
        PACKET_ROLLOVER_STATS = 21,
        PACKET_FANOUT_DATA = 22,
        PACKET_IGNORE_OUTGOING = 23,
    }

    /// Settings of infrared sockets.
    ///
    /// Options of `SOL_IRDA` (`linux/irda.h`).
    IRDA "IRLMP_???" {
        IRLMP_ENUMDEVICES = 1,
        IRLMP_IAS_SET = 2,
        IRLMP_IAS_QUERY = 3,
        IRLMP_HINTS_SET = 4,
        IRLMP_QOS_SET = 5,
        IRLMP_QOS_GET = 6,
        IRLMP_MAX_SDU_SIZE = 7,
        IRLMP_IAS_GET = 8,
        IRLMP_IAS_DEL = 9,
        IRLMP_HINT_MASK_SET = 10,
        IRLMP_WAITDEVICE = 11,
    }

    /// Settings of sockets on the link layer of IEEE 802.2.
    ///
    /// Options of `SOL_LLC` (`linux/llc.h`).
    LLC "LLC_OPT_???" {
        LLC_OPT_UNKNOWN = 0,
        LLC_OPT_RETRY = 1,
        LLC_OPT_SIZE = 2,
        LLC_OPT_ACK_TMR_EXP = 3,
        LLC_OPT_P_TMR_EXP = 4,
        LLC_OPT_REJ_TMR_EXP = 5,
        LLC_OPT_BUSY_TMR_EXP = 6,
        LLC_OPT_TX_WIN = 7,
        LLC_OPT_RX_WIN = 8,
        LLC_OPT_PKTINFO = 9,
    }

    /// Settings of netlink sockets, over which programs talk to the kernel.
    ///
    /// Options of `SOL_NETLINK` (`linux/netlink.h`).
    NETLINK "NETLINK_???" {
        NETLINK_ADD_MEMBERSHIP = 1,
        NETLINK_DROP_MEMBERSHIP = 2,
        NETLINK_PKTINFO = 3,
        NETLINK_BROADCAST_ERROR = 4,
        NETLINK_NO_ENOBUFS = 5,
        NETLINK_RX_RING = 6,
        NETLINK_TX_RING = 7,
        NETLINK_LISTEN_ALL_NSID = 8,
        NETLINK_LIST_MEMBERSHIPS = 9,
        NETLINK_CAP_ACK = 10,
        NETLINK_EXT_ACK = 11,
        NETLINK_GET_STRICT_CHK = 12,
    }

    /// Settings of TIPC sockets, which connect the machines of a cluster.
    ///
    /// Options of `SOL_TIPC` (`linux/tipc.h`).
    TIPC "TIPC_???" {
        TIPC_IMPORTANCE = 127,
        TIPC_SRC_DROPPABLE = 128,
        TIPC_DEST_DROPPABLE = 129,
        TIPC_CONN_TIMEOUT = 130,
        TIPC_NODE_RECVQ_DEPTH = 131,
        TIPC_SOCK_RECVQ_DEPTH = 132,
        TIPC_MCAST_BROADCAST = 133,
        TIPC_MCAST_REPLICAST = 134,
        TIPC_GROUP_JOIN = 135,
        TIPC_GROUP_LEAVE = 136,
        TIPC_SOCK_RECVQ_USED = 137,
        TIPC_NODELAY = 138,
    }

    /// Settings of Bluetooth sockets.
    ///
    /// Options of `SOL_BLUETOOTH` (`net/bluetooth/bluetooth.h`).
    BT "BT_???" {
        BT_SECURITY = 4,
        BT_DEFER_SETUP = 7,
        BT_FLUSHABLE = 8,
        BT_POWER = 9,
        BT_CHANNEL_POLICY = 10,
        BT_VOICE = 11,
        BT_SNDMTU = 12,
        BT_RCVMTU = 13,
    }

    /// Settings of pipes on Nokia's modems (Phonet).
    ///
    /// Options of `SOL_PNPIPE` (`linux/phonet.h`).
    PNPIPE "PNPIPE_???" {
        PNPIPE_ENCAP = 1,
        PNPIPE_IFINDEX = 2,
        PNPIPE_HANDLE = 3,
        PNPIPE_INITSTATE = 4,
    }

    /// Settings of sockets between the virtual machines of an IBM mainframe.
    ///
    /// Options of `SOL_IUCV` (`net/iucv/af_iucv.h`).
    IUCV "SO_???" {
        SO_IPRMDATA_MSG = 128,
    }

    /// Settings of sockets on ST-Ericsson's modems.
    ///
    /// Options of `SOL_CAIF` (`linux/caif/caif_socket.h`).
    CAIF "CAIFSO_???" {
        CAIFSO_LINK_SELECT = 127,
        CAIFSO_REQ_PARAM = 128,
        CAIFSO_RSP_PARAM = 129,
    }

    /// Settings of sockets that use the kernel's ciphers and hashes.
    ///
    /// Options of `SOL_ALG` (`linux/if_alg.h`).
    ALG "ALG_???" {
        ALG_SET_KEY = 1,
        ALG_SET_IV = 2,
        ALG_SET_OP = 3,
        ALG_SET_AEAD_ASSOCLEN = 4,
        ALG_SET_AEAD_AUTHSIZE = 5,
        ALG_SET_DRBG_ENTROPY = 6,
    }

    /// Settings of near field communication sockets.
    ///
    /// Options of `SOL_NFC` (`linux/nfc.h`).
    NFC "NFC_LLCP_???" {
        NFC_LLCP_RW = 0,
        NFC_LLCP_MIUX = 1,
        NFC_LLCP_REMOTE_MIU = 2,
        NFC_LLCP_REMOTE_LTO = 3,
        NFC_LLCP_REMOTE_RW = 4,
    }

    /// Settings of XDP sockets, which bypass most of the kernel's network code.
    ///
    /// Options of `SOL_XDP` (`linux/if_xdp.h`).
    XDP "XDP_???" {
        XDP_MMAP_OFFSETS = 1,
        XDP_RX_RING = 2,
        XDP_TX_RING = 3,
        XDP_UMEM_REG = 4,
        XDP_UMEM_FILL_RING = 5,
        XDP_UMEM_COMPLETION_RING = 6,
        XDP_STATISTICS = 7,
        XDP_OPTIONS = 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[
            &VSOCK, &CAN_RAW, &IPX, &AX25, &PACKET, &IRDA, &LLC, &NETLINK, &TIPC, &BT, &PNPIPE, &IUCV, &CAIF, &ALG,
            &NFC, &XDP,
        ]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { ALG:
            ALG_SET_KEY ALG_SET_IV ALG_SET_OP ALG_SET_AEAD_ASSOCLEN ALG_SET_AEAD_AUTHSIZE
            ALG_SET_DRBG_ENTROPY
        }
        agrees_with_libc! { XDP:
            XDP_MMAP_OFFSETS XDP_RX_RING XDP_TX_RING XDP_UMEM_REG XDP_UMEM_FILL_RING
            XDP_UMEM_COMPLETION_RING XDP_STATISTICS XDP_OPTIONS
        }
    }
}
