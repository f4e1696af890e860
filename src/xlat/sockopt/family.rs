//! Address families other than IP, each with a level of its own.

xlat! {
    /// Settings of sockets between a virtual machine and its host.
    ///
    /// Options of `AF_VSOCK` (`linux/vm_sockets.h`).
    VSOCK "SO_VM_???" {
        SO_VM_SOCKETS_BUFFER_SIZE = 0 => "How many bytes a connection may hold.",
        SO_VM_SOCKETS_BUFFER_MIN_SIZE = 1 => "The least that a connection may hold.",
        SO_VM_SOCKETS_BUFFER_MAX_SIZE = 2 => "The most that a connection may hold.",
        SO_VM_SOCKETS_PEER_HOST_VM_ID = 3 => "Asks for the number of the peer's virtual machine on its host.",
        SO_VM_SOCKETS_TRUSTED = 5 => "Asks whether the peer is trusted.",
        SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD = 6 => "How long connect waits at most.",
        SO_VM_SOCKETS_NONBLOCK_TXRX = 7 => "Sends and receives without waiting, inside the kernel of VMware.",
        SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW = 8 => "How long connect waits at most; the form that holds after 2038.",
    }

    /// Settings of sockets on a CAN bus.
    ///
    /// Options of `SOL_CAN_RAW` (`linux/can/raw.h`).
    CAN_RAW "CAN_RAW_???" {
        CAN_RAW_FILTER = 1 => "Which messages of the bus are received.",
        CAN_RAW_ERR_FILTER = 2 => "Which errors of the bus are received.",
        CAN_RAW_LOOPBACK = 3 => "Whether other programs of this machine see what is sent.",
        CAN_RAW_RECV_OWN_MSGS = 4 => "Whether the socket sees what it sends itself.",
        CAN_RAW_FD_FRAMES = 5 => "Allows the longer messages of CAN FD.",
        CAN_RAW_JOIN_FILTERS = 6 => "A message must pass all filters, not only one.",
    }

    /// Settings of IPX sockets.
    ///
    /// Options of `SOL_IPX` (`linux/ipx.h`).
    IPX "IPX_???" {
        IPX_TYPE = 1 => "The type of packet.",
    }

    /// Settings of amateur radio sockets.
    ///
    /// Options of `SOL_AX25` (`linux/ax25.h`).
    AX25 "AX25_???" {
        AX25_WINDOW = 1 => "How many packets may be without acknowledgement.",
        AX25_T1 = 2 => "How long to wait for an acknowledgement.",
        AX25_N2 = 3 => "How often to try again.",
        AX25_T3 = 4 => "After which silence to ask whether the other station is there.",
        AX25_T2 = 5 => "How long an acknowledgement may wait.",
        AX25_BACKOFF = 6 => "How the waiting grows when nothing is acknowledged.",
        AX25_EXTSEQ = 7 => "Larger numbers for packets.",
        AX25_PIDINCL = 8 => "The protocol's number is part of the data.",
        AX25_IDLE = 9 => "After which silence the connection is closed.",
        AX25_PACLEN = 10 => "How long a packet is at most.",
        AX25_IAMDIGI = 12 => "The program relays for others.",
        SO_BINDTODEVICE = 25 => "Uses one network interface only, by its name.",
    }

    /// Settings of packet sockets, which see whole frames of an interface.
    ///
    /// Options of `SOL_PACKET` (`linux/if_packet.h`).
    PACKET "PACKET_???" {
        PACKET_ADD_MEMBERSHIP = 1 => "Receives further frames of an interface: of a group, or all.",
        PACKET_DROP_MEMBERSHIP = 2 => "No longer receives those frames.",
        PACKET_RECV_OUTPUT = 3 => "A reserved number without effect.",
        PACKET_RX_RING = 5 => "Shares a ring of memory in which frames arrive.",
        PACKET_STATISTICS = 6 => "Asks how many frames came and were lost since the last question.",
        PACKET_COPY_THRESH = 7 => "Frames that are too large for the ring can also be read in the ordinary way.",
        PACKET_AUXDATA = 8 => "Receives with each frame its length, its VLAN and more.",
        PACKET_ORIGDEV = 9 => "Names the interface at which the frame really arrived.",
        PACKET_VERSION = 10 => "The form of the shared ring.",
        PACKET_HDRLEN = 11 => "Asks how long the header of a frame in the ring is.",
        PACKET_RESERVE = 12 => "Keeps room before each frame in the ring.",
        PACKET_TX_RING = 13 => "Shares a ring of memory from which frames are sent.",
        PACKET_LOSS = 14 => "Skips bad frames in the ring instead of stopping.",
        PACKET_VNET_HDR = 15 => "A header for virtual machines stands before each frame.",
        PACKET_TX_TIMESTAMP = 16 => "Not for setting: marks the control message that carries when a frame was sent.",
        PACKET_TIMESTAMP = 17 => "Which clock gives the times of frames in the ring.",
        PACKET_FANOUT = 18 => "Shares the frames out among several sockets.",
        PACKET_TX_HAS_OFF = 19 => "Frames in the sending ring may begin anywhere in their room.",
        PACKET_QDISC_BYPASS = 20 => "Sends past the queues of this machine.",
        PACKET_ROLLOVER_STATS = 21 => "Asks how often frames went to another socket because this one was full.",
        PACKET_FANOUT_DATA = 22 => "The program that shares the frames out.",
        PACKET_IGNORE_OUTGOING = 23 => "Does not receive what this machine sends.",
    }

    /// Settings of infrared sockets.
    ///
    /// Options of `SOL_IRDA` (`linux/irda.h`).
    IRDA "IRLMP_???" {
        IRLMP_ENUMDEVICES = 1 => "Asks which devices are in view.",
        IRLMP_IAS_SET = 2 => "Offers a piece of information to others.",
        IRLMP_IAS_QUERY = 3 => "Asks another device for a piece of information.",
        IRLMP_HINTS_SET = 4 => "What kind of device this is.",
        IRLMP_QOS_SET = 5 => "Settings of the link.",
        IRLMP_QOS_GET = 6 => "Asks for settings of the link.",
        IRLMP_MAX_SDU_SIZE = 7 => "How large a message is at most.",
        IRLMP_IAS_GET = 8 => "Asks for a piece of information of this device.",
        IRLMP_IAS_DEL = 9 => "No longer offers a piece of information.",
        IRLMP_HINT_MASK_SET = 10 => "Which kinds of device are looked for.",
        IRLMP_WAITDEVICE = 11 => "Waits until a device is in view.",
    }

    /// Settings of sockets on the link layer of IEEE 802.2.
    ///
    /// Options of `SOL_LLC` (`linux/llc.h`).
    LLC "LLC_OPT_???" {
        LLC_OPT_UNKNOWN = 0 => "No setting.",
        LLC_OPT_RETRY = 1 => "How often to try again.",
        LLC_OPT_SIZE = 2 => "How large a packet is at most.",
        LLC_OPT_ACK_TMR_EXP = 3 => "How long to wait for an acknowledgement.",
        LLC_OPT_P_TMR_EXP = 4 => "How long to wait for an answer to a question.",
        LLC_OPT_REJ_TMR_EXP = 5 => "How long to wait for what was rejected.",
        LLC_OPT_BUSY_TMR_EXP = 6 => "How long to wait for a peer that is busy.",
        LLC_OPT_TX_WIN = 7 => "How many packets may be sent without acknowledgement.",
        LLC_OPT_RX_WIN = 8 => "How many packets may arrive without acknowledgement.",
        LLC_OPT_PKTINFO = 9 => "Receives with each packet where it came in.",
    }

    /// Settings of netlink sockets, over which programs talk to the kernel.
    ///
    /// Options of `SOL_NETLINK` (`linux/netlink.h`).
    NETLINK "NETLINK_???" {
        NETLINK_ADD_MEMBERSHIP = 1 => "Receives the news of a group.",
        NETLINK_DROP_MEMBERSHIP = 2 => "No longer receives the news of a group.",
        NETLINK_PKTINFO = 3 => "Receives with each message which group it was for.",
        NETLINK_BROADCAST_ERROR = 4 => "Reports if news could not be given to a listener.",
        NETLINK_NO_ENOBUFS = 5 => "Does not report that news were lost.",
        NETLINK_RX_RING = 6 => "A shared ring for receiving; no longer there.",
        NETLINK_TX_RING = 7 => "A shared ring for sending; no longer there.",
        NETLINK_LISTEN_ALL_NSID = 8 => "Receives the news of all network namespaces that are known here.",
        NETLINK_LIST_MEMBERSHIPS = 9 => "Asks which groups the socket is in. Read only.",
        NETLINK_CAP_ACK = 10 => "Acknowledgements do not repeat the whole request.",
        NETLINK_EXT_ACK = 11 => "Acknowledgements explain errors in words.",
        NETLINK_GET_STRICT_CHK = 12 => "Checks requests strictly.",
    }

    /// Settings of TIPC sockets, which connect the machines of a cluster.
    ///
    /// Options of `SOL_TIPC` (`linux/tipc.h`).
    TIPC "TIPC_???" {
        TIPC_IMPORTANCE = 127 => "How important messages are when there is little room.",
        TIPC_SRC_DROPPABLE = 128 => "Messages may be dropped here.",
        TIPC_DEST_DROPPABLE = 129 => "Messages may be dropped at their destination.",
        TIPC_CONN_TIMEOUT = 130 => "How long connect waits, in milliseconds.",
        TIPC_NODE_RECVQ_DEPTH = 131 => "Asks how many messages wait on this machine. Read only.",
        TIPC_SOCK_RECVQ_DEPTH = 132 => "Asks how many messages wait at this socket. Read only.",
        TIPC_MCAST_BROADCAST = 133 => "Sends to a group with one broadcast.",
        TIPC_MCAST_REPLICAST = 134 => "Sends to a group with a copy for each.",
        TIPC_GROUP_JOIN = 135 => "Joins a group.",
        TIPC_GROUP_LEAVE = 136 => "Leaves a group.",
        TIPC_SOCK_RECVQ_USED = 137 => "Asks how many bytes wait at this socket. Read only.",
        TIPC_NODELAY = 138 => "Sends small messages at once.",
    }

    /// Settings of Bluetooth sockets.
    ///
    /// Options of `SOL_BLUETOOTH` (`net/bluetooth/bluetooth.h`).
    BT "BT_???" {
        BT_SECURITY = 4 => "How well the link must be protected.",
        BT_DEFER_SETUP = 7 => "A connection is accepted only when the program reads from it.",
        BT_FLUSHABLE = 8 => "Data that is too late may be dropped.",
        BT_POWER = 9 => "Whether the link may save power.",
        BT_CHANNEL_POLICY = 10 => "Which radio the link may use.",
        BT_VOICE = 11 => "How sound is encoded.",
        BT_SNDMTU = 12 => "How large a packet that is sent may be.",
        BT_RCVMTU = 13 => "How large a packet that arrives may be.",
    }

    /// Settings of pipes on Nokia's modems (Phonet).
    ///
    /// Options of `SOL_PNPIPE` (`linux/phonet.h`).
    PNPIPE "PNPIPE_???" {
        PNPIPE_ENCAP = 1 => "Carries IP packets over the pipe.",
        PNPIPE_IFINDEX = 2 => "Asks for the interface that carries them. Read only.",
        PNPIPE_HANDLE = 3 => "The number of the pipe.",
        PNPIPE_INITSTATE = 4 => "Whether the pipe is open from the start.",
    }

    /// Settings of sockets between the virtual machines of an IBM mainframe.
    ///
    /// Options of `SOL_IUCV` (`net/iucv/af_iucv.h`).
    IUCV "SO_???" {
        SO_IPRMDATA_MSG = 128 => "Sends small messages within the request itself.",
    }

    /// Settings of sockets on ST-Ericsson's modems.
    ///
    /// Options of `SOL_CAIF` (`linux/caif/caif_socket.h`).
    CAIF "CAIFSO_???" {
        CAIFSO_LINK_SELECT = 127 => "Which link to the modem is used.",
        CAIFSO_REQ_PARAM = 128 => "Parameters of the request to the modem.",
        CAIFSO_RSP_PARAM = 129 => "Parameters of the modem's answer.",
    }

    /// Settings of sockets that use the kernel's ciphers and hashes.
    ///
    /// Options of `SOL_ALG` (`linux/if_alg.h`).
    ALG "ALG_???" {
        ALG_SET_KEY = 1 => "The key.",
        ALG_SET_IV = 2 => "The first block that makes equal texts differ.",
        ALG_SET_OP = 3 => "Whether to encrypt or to decrypt.",
        ALG_SET_AEAD_ASSOCLEN = 4 => "How many bytes are signed but not encrypted.",
        ALG_SET_AEAD_AUTHSIZE = 5 => "How long the signature is.",
        ALG_SET_DRBG_ENTROPY = 6 => "The start of random numbers, for tests.",
    }

    /// Settings of near field communication sockets.
    ///
    /// Options of `SOL_NFC` (`linux/nfc.h`).
    NFC "NFC_LLCP_???" {
        NFC_LLCP_RW = 0 => "How many packets may be without acknowledgement.",
        NFC_LLCP_MIUX = 1 => "How much larger than usual a packet may be.",
        NFC_LLCP_REMOTE_MIU = 2 => "Asks how large a packet the peer takes. Read only.",
        NFC_LLCP_REMOTE_LTO = 3 => "Asks how long the peer waits. Read only.",
        NFC_LLCP_REMOTE_RW = 4 => "Asks how many packets the peer takes without acknowledgement. Read only.",
    }

    /// Settings of XDP sockets, which bypass most of the kernel's network code.
    ///
    /// Options of `SOL_XDP` (`linux/if_xdp.h`).
    XDP "XDP_???" {
        XDP_MMAP_OFFSETS = 1 => "Asks where the parts of the shared rings lie. Read only.",
        XDP_RX_RING = 2 => "A shared ring in which packets arrive.",
        XDP_TX_RING = 3 => "A shared ring from which packets are sent.",
        XDP_UMEM_REG = 4 => "The memory that holds the packets.",
        XDP_UMEM_FILL_RING = 5 => "A ring of free memory for packets that arrive.",
        XDP_UMEM_COMPLETION_RING = 6 => "A ring of memory whose packets were sent.",
        XDP_STATISTICS = 7 => "Asks how many packets were lost. Read only.",
        XDP_OPTIONS = 8 => "Asks whether packets are copied. Read only.",
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
