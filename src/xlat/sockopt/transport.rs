//! Transport protocols, and what is layered on one of them (TLS, KCM).

xlat! {
    /// Settings of TCP.
    ///
    /// Options of `SOL_TCP` (`linux/tcp.h`).
    TCP "TCP_???" {
        TCP_NODELAY = 1,
        TCP_MAXSEG = 2,
        TCP_CORK = 3,
        TCP_KEEPIDLE = 4,
        TCP_KEEPINTVL = 5,
        TCP_KEEPCNT = 6,
        TCP_SYNCNT = 7,
        TCP_LINGER2 = 8,
        TCP_DEFER_ACCEPT = 9,
        TCP_WINDOW_CLAMP = 10,
        TCP_INFO = 11,
        TCP_QUICKACK = 12,
        TCP_CONGESTION = 13,
        TCP_MD5SIG = 14,
        TCP_COOKIE_TRANSACTIONS = 15,
        TCP_THIN_LINEAR_TIMEOUTS = 16,
        TCP_THIN_DUPACK = 17,
        TCP_USER_TIMEOUT = 18,
        TCP_REPAIR = 19,
        TCP_REPAIR_QUEUE = 20,
        TCP_QUEUE_SEQ = 21,
        TCP_REPAIR_OPTIONS = 22,
        TCP_FASTOPEN = 23,
        TCP_TIMESTAMP = 24,
        TCP_NOTSENT_LOWAT = 25,
        TCP_CC_INFO = 26,
        TCP_SAVE_SYN = 27,
        TCP_SAVED_SYN = 28,
        TCP_REPAIR_WINDOW = 29,
        TCP_FASTOPEN_CONNECT = 30,
        TCP_ULP = 31,
        TCP_MD5SIG_EXT = 32,
        TCP_FASTOPEN_KEY = 33,
        TCP_FASTOPEN_NO_COOKIE = 34,
        TCP_ZEROCOPY_RECEIVE = 35,
        TCP_INQ = 36,
        TCP_TX_DELAY = 37,
    }

    /// The states that a TCP connection goes through.
    ///
    /// States of a TCP connection (`net/tcp_states.h`), as `TCP_INFO` and sock_diag report them.
    TCP_STATE "TCP_???" {
        TCP_ESTABLISHED = 1,
        TCP_SYN_SENT = 2,
        TCP_SYN_RECV = 3,
        TCP_FIN_WAIT1 = 4,
        TCP_FIN_WAIT2 = 5,
        TCP_TIME_WAIT = 6,
        TCP_CLOSE = 7,
        TCP_CLOSE_WAIT = 8,
        TCP_LAST_ACK = 9,
        TCP_LISTEN = 10,
        TCP_CLOSING = 11,
        TCP_NEW_SYN_RECV = 12,
    }

    /// Settings of UDP.
    ///
    /// Options of `SOL_UDP` (`linux/udp.h`).
    UDP "UDP_???" {
        UDP_CORK = 1,
        UDP_ENCAP = 100,
        UDP_NO_CHECK6_TX = 101,
        UDP_NO_CHECK6_RX = 102,
        UDP_SEGMENT = 103,
        UDP_GRO = 104,
    }

    /// Settings of SCTP.
    ///
    /// Options of `SOL_SCTP` (`linux/sctp.h`).
    SCTP "SCTP_???" {
        SCTP_RTOINFO = 0,
        SCTP_ASSOCINFO = 1,
        SCTP_INITMSG = 2,
        SCTP_NODELAY = 3,
        SCTP_AUTOCLOSE = 4,
        SCTP_SET_PEER_PRIMARY_ADDR = 5,
        SCTP_PRIMARY_ADDR = 6,
        SCTP_ADAPTATION_LAYER = 7,
        SCTP_DISABLE_FRAGMENTS = 8,
        SCTP_PEER_ADDR_PARAMS = 9,
        SCTP_DEFAULT_SEND_PARAM = 10,
        SCTP_EVENTS = 11,
        SCTP_I_WANT_MAPPED_V4_ADDR = 12,
        SCTP_MAXSEG = 13,
        SCTP_STATUS = 14,
        SCTP_GET_PEER_ADDR_INFO = 15,
        SCTP_DELAYED_SACK = 16,
        SCTP_CONTEXT = 17,
        SCTP_FRAGMENT_INTERLEAVE = 18,
        SCTP_PARTIAL_DELIVERY_POINT = 19,
        SCTP_MAX_BURST = 20,
        SCTP_AUTH_CHUNK = 21,
        SCTP_HMAC_IDENT = 22,
        SCTP_AUTH_KEY = 23,
        SCTP_AUTH_ACTIVE_KEY = 24,
        SCTP_AUTH_DELETE_KEY = 25,
        SCTP_PEER_AUTH_CHUNKS = 26,
        SCTP_LOCAL_AUTH_CHUNKS = 27,
        SCTP_GET_ASSOC_NUMBER = 28,
        SCTP_GET_ASSOC_ID_LIST = 29,
        SCTP_AUTO_ASCONF = 30,
        SCTP_PEER_ADDR_THLDS = 31,
        SCTP_RECVRCVINFO = 32,
        SCTP_RECVNXTINFO = 33,
        SCTP_DEFAULT_SNDINFO = 34,
        SCTP_AUTH_DEACTIVATE_KEY = 35,
        SCTP_REUSE_PORT = 36,
        SCTP_PEER_ADDR_THLDS_V2 = 37,
        SCTP_SOCKOPT_BINDX_ADD = 100,
        SCTP_SOCKOPT_BINDX_REM = 101,
        SCTP_SOCKOPT_PEELOFF = 102,
        SCTP_GET_PEER_ADDRS_NUM_OLD = 103,
        SCTP_GET_PEER_ADDRS_OLD = 104,
        SCTP_GET_LOCAL_ADDRS_NUM_OLD = 105,
        SCTP_GET_LOCAL_ADDRS_OLD = 106,
        SCTP_SOCKOPT_CONNECTX_OLD = 107,
        SCTP_GET_PEER_ADDRS = 108,
        SCTP_GET_LOCAL_ADDRS = 109,
        SCTP_SOCKOPT_CONNECTX = 110,
        SCTP_SOCKOPT_CONNECTX3 = 111,
        SCTP_GET_ASSOC_STATS = 112,
        SCTP_PR_SUPPORTED = 113,
        SCTP_DEFAULT_PRINFO = 114,
        SCTP_PR_ASSOC_STATUS = 115,
        SCTP_PR_STREAM_STATUS = 116,
        SCTP_RECONFIG_SUPPORTED = 117,
        SCTP_ENABLE_STREAM_RESET = 118,
        SCTP_RESET_STREAMS = 119,
        SCTP_RESET_ASSOC = 120,
        SCTP_ADD_STREAMS = 121,
        SCTP_SOCKOPT_PEELOFF_FLAGS = 122,
        SCTP_STREAM_SCHEDULER = 123,
        SCTP_STREAM_SCHEDULER_VALUE = 124,
        SCTP_INTERLEAVING_SUPPORTED = 125,
        SCTP_SENDMSG_CONNECT = 126,
        SCTP_EVENT = 127,
        SCTP_ASCONF_SUPPORTED = 128,
        SCTP_AUTH_SUPPORTED = 129,
        SCTP_ECN_SUPPORTED = 130,
        SCTP_EXPOSE_POTENTIALLY_FAILED_STATE = 131,
        SCTP_REMOTE_UDP_ENCAPS_PORT = 132,
        SCTP_PLPMTUD_PROBE_INTERVAL = 133,
    }

    /// Settings of DCCP.
    ///
    /// Options of `SOL_DCCP` (`linux/dccp.h`).
    DCCP "DCCP_SOCKOPT_???" {
        DCCP_SOCKOPT_PACKET_SIZE = 1,
        DCCP_SOCKOPT_SERVICE = 2,
        DCCP_SOCKOPT_CHANGE_L = 3,
        DCCP_SOCKOPT_CHANGE_R = 4,
        DCCP_SOCKOPT_GET_CUR_MPS = 5,
        DCCP_SOCKOPT_SERVER_TIMEWAIT = 6,
        DCCP_SOCKOPT_SEND_CSCOV = 10,
        DCCP_SOCKOPT_RECV_CSCOV = 11,
        DCCP_SOCKOPT_AVAILABLE_CCIDS = 12,
        DCCP_SOCKOPT_CCID = 13,
        DCCP_SOCKOPT_TX_CCID = 14,
        DCCP_SOCKOPT_RX_CCID = 15,
        DCCP_SOCKOPT_QPOLICY_ID = 16,
        DCCP_SOCKOPT_QPOLICY_TXQLEN = 17,
        DCCP_SOCKOPT_CCID_RX_INFO = 128,
        DCCP_SOCKOPT_CCID_TX_INFO = 192,
    }

    /// Settings of RxRPC sockets, the remote calls of the AFS file system.
    ///
    /// Options of `SOL_RXRPC` (`linux/rxrpc.h`).
    RXRPC "RXRPC_???" {
        RXRPC_SECURITY_KEY = 1,
        RXRPC_SECURITY_KEYRING = 2,
        RXRPC_EXCLUSIVE_CONNECTION = 3,
        RXRPC_MIN_SECURITY_LEVEL = 4,
        RXRPC_UPGRADEABLE_SERVICE = 5,
        RXRPC_SUPPORTED_CMSG = 6,
    }

    /// Settings of L2TP tunnels.
    ///
    /// Options of `SOL_PPPOL2TP` (`linux/if_pppol2tp.h`).
    PPPOL2TP "PPPOL2TP_SO_???" {
        PPPOL2TP_SO_DEBUG = 1,
        PPPOL2TP_SO_RECVSEQ = 2,
        PPPOL2TP_SO_SENDSEQ = 3,
        PPPOL2TP_SO_LNSMODE = 4,
        PPPOL2TP_SO_REORDERTO = 5,
    }

    /// Settings of RDS sockets, which connect the machines of a cluster.
    ///
    /// Options of `SOL_RDS` (`linux/rds.h`).
    RDS "RDS_???" {
        RDS_CANCEL_SENT_TO = 1,
        RDS_GET_MR = 2,
        RDS_FREE_MR = 3,
        RDS_BARRIER = 4,
        RDS_RECVERR = 5,
        RDS_CONG_MONITOR = 6,
        RDS_GET_MR_FOR_DEST = 7,
        SO_RDS_TRANSPORT = 8,
        SO_RDS_MSG_RXPATH_LATENCY = 10,
        SO_TIMESTAMP_OLD = 29,
    }

    /// Settings of the kernel connection multiplexor.
    ///
    /// Options of `SOL_KCM` (`linux/kcm.h`).
    KCM "KCM_???" {
        KCM_RECV_DISABLE = 1,
    }

    /// Settings of encryption that the kernel does itself.
    ///
    /// Options of `SOL_TLS` (`linux/tls.h`).
    TLS "TLS_???" {
        TLS_TX = 1,
        TLS_RX = 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[&TCP, &TCP_STATE, &UDP, &SCTP, &DCCP, &RXRPC, &PPPOL2TP, &RDS, &KCM, &TLS]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { TCP:
            TCP_NODELAY TCP_MAXSEG TCP_CORK TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_SYNCNT
            TCP_LINGER2 TCP_DEFER_ACCEPT TCP_WINDOW_CLAMP TCP_INFO TCP_QUICKACK TCP_CONGESTION
            TCP_MD5SIG TCP_COOKIE_TRANSACTIONS TCP_THIN_LINEAR_TIMEOUTS TCP_THIN_DUPACK
            TCP_USER_TIMEOUT TCP_REPAIR TCP_REPAIR_QUEUE TCP_QUEUE_SEQ TCP_REPAIR_OPTIONS
            TCP_FASTOPEN TCP_TIMESTAMP TCP_NOTSENT_LOWAT TCP_CC_INFO TCP_SAVE_SYN TCP_SAVED_SYN
            TCP_REPAIR_WINDOW TCP_FASTOPEN_CONNECT TCP_ULP TCP_MD5SIG_EXT TCP_FASTOPEN_KEY
            TCP_FASTOPEN_NO_COOKIE TCP_ZEROCOPY_RECEIVE TCP_INQ
        }
        agrees_with_libc! { UDP:
            UDP_CORK UDP_ENCAP UDP_NO_CHECK6_TX UDP_NO_CHECK6_RX UDP_SEGMENT UDP_GRO
        }
        agrees_with_libc! { DCCP:
            DCCP_SOCKOPT_PACKET_SIZE DCCP_SOCKOPT_SERVICE DCCP_SOCKOPT_CHANGE_L
            DCCP_SOCKOPT_CHANGE_R DCCP_SOCKOPT_GET_CUR_MPS DCCP_SOCKOPT_SERVER_TIMEWAIT
            DCCP_SOCKOPT_SEND_CSCOV DCCP_SOCKOPT_RECV_CSCOV DCCP_SOCKOPT_AVAILABLE_CCIDS
            DCCP_SOCKOPT_CCID DCCP_SOCKOPT_TX_CCID DCCP_SOCKOPT_RX_CCID DCCP_SOCKOPT_QPOLICY_ID
            DCCP_SOCKOPT_QPOLICY_TXQLEN DCCP_SOCKOPT_CCID_RX_INFO DCCP_SOCKOPT_CCID_TX_INFO
        }
    }
}
