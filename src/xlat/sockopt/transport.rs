//! Transport protocols, and what is layered on one of them (TLS, KCM).

xlat! {
    /// Settings of TCP.
    ///
    /// Options of `SOL_TCP` (`linux/tcp.h`).
    TCP "TCP_???" {
        TCP_NODELAY = 1 => "Sends small pieces at once, instead of collecting them while an acknowledgement is missing (Nagle).",
        TCP_MAXSEG = 2 => "How many bytes a packet carries at most.",
        TCP_CORK = 3 => "Holds packets back that are not full, until it is taken off or 200 ms are over.",
        TCP_KEEPIDLE = 4 => "How many seconds of silence pass before the peer is asked whether it is there (SO_KEEPALIVE).",
        TCP_KEEPINTVL = 5 => "How many seconds lie between two such questions.",
        TCP_KEEPCNT = 6 => "After how many questions without an answer the connection is given up.",
        TCP_SYNCNT = 7 => "How often the request for a connection is repeated.",
        TCP_LINGER2 = 8 => "How long the kernel waits for the peer to close as well (FIN_WAIT2), in seconds.",
        TCP_DEFER_ACCEPT = 9 => "Lets accept return only when the peer has sent data.",
        TCP_WINDOW_CLAMP = 10 => "How many bytes the peer may send before it must wait, at most.",
        TCP_INFO = 11 => "Asks for the state of the connection: times, losses, windows. Read only.",
        TCP_QUICKACK = 12 => "Acknowledges at once, instead of waiting for data to send along.",
        TCP_CONGESTION = 13 => "How the speed adapts to the network, by name: cubic, bbr.",
        TCP_MD5SIG = 14 => "A key with which packets of a peer are signed (between routers).",
        TCP_COOKIE_TRANSACTIONS = 15 => "An old experiment that has no effect any more.",
        TCP_THIN_LINEAR_TIMEOUTS = 16 => "Repeats lost packets sooner on connections that send little.",
        TCP_THIN_DUPACK = 17 => "An old setting for connections that send little, without effect now.",
        TCP_USER_TIMEOUT = 18 => "How long sent data may stay without acknowledgement before the connection is given up, in milliseconds.",
        TCP_REPAIR = 19 => "Lets a program build a connection's state by hand, to move it to another machine; needs a privilege.",
        TCP_REPAIR_QUEUE = 20 => "Which queue TCP_REPAIR works on.",
        TCP_QUEUE_SEQ = 21 => "The number of the next byte of that queue.",
        TCP_REPAIR_OPTIONS = 22 => "What the two sides agreed on, for TCP_REPAIR.",
        TCP_FASTOPEN = 23 => "A listening socket accepts data with the request for a connection; how many such requests may wait.",
        TCP_TIMESTAMP = 24 => "The clock of the connection's time stamps.",
        TCP_NOTSENT_LOWAT = 25 => "How many bytes may wait to be sent before the socket counts as full.",
        TCP_CC_INFO = 26 => "Asks for figures of the congestion control. Read only.",
        TCP_SAVE_SYN = 27 => "Keeps the packet with which the peer asked for the connection.",
        TCP_SAVED_SYN = 28 => "Takes the packet that was kept. Read only.",
        TCP_REPAIR_WINDOW = 29 => "The connection's windows, for TCP_REPAIR.",
        TCP_FASTOPEN_CONNECT = 30 => "Lets connect return at once; the first data travels with the request.",
        TCP_ULP = 31 => "Puts a layer on the connection, by name: tls.",
        TCP_MD5SIG_EXT = 32 => "Like TCP_MD5SIG, for whole networks of peers.",
        TCP_FASTOPEN_KEY = 33 => "The key of the tokens with which data may come with a request.",
        TCP_FASTOPEN_NO_COOKIE = 34 => "Data may come with a request without a token.",
        TCP_ZEROCOPY_RECEIVE = 35 => "Shows received pages to the program instead of copying them.",
        TCP_INQ = 36 => "Receives with the data how much more waits.",
        TCP_TX_DELAY = 37 => "Delays what is sent, in microseconds; for tests.",
    }

    /// The states that a TCP connection goes through.
    ///
    /// States of a TCP connection (`net/tcp_states.h`), as `TCP_INFO` and sock_diag report them.
    TCP_STATE "TCP_???" {
        TCP_ESTABLISHED = 1 => "The connection stands, and data can travel in both directions.",
        TCP_SYN_SENT = 2 => "We asked for a connection and wait for the answer.",
        TCP_SYN_RECV = 3 => "A request came and was answered; the last step of the handshake is missing.",
        TCP_FIN_WAIT1 = 4 => "We closed our side, and wait until the peer acknowledges that.",
        TCP_FIN_WAIT2 = 5 => "The peer acknowledged that we closed; its own side is still open.",
        TCP_TIME_WAIT = 6 => "Both sides closed; the ports stay reserved for a minute, so that late packets do no harm.",
        TCP_CLOSE = 7 => "There is no connection.",
        TCP_CLOSE_WAIT = 8 => "The peer closed its side; ours is open until the program closes it.",
        TCP_LAST_ACK = 9 => "Both closed, and we wait until the peer acknowledges ours.",
        TCP_LISTEN = 10 => "The socket waits for connections.",
        TCP_CLOSING = 11 => "Both closed at the same moment.",
        TCP_NEW_SYN_RECV = 12 => "A request came to a listening socket; the last step of the handshake is missing.",
    }

    /// Settings of UDP.
    ///
    /// Options of `SOL_UDP` (`linux/udp.h`).
    UDP "UDP_???" {
        UDP_CORK = 1 => "Collects the pieces of one message until it is taken off.",
        UDP_ENCAP = 100 => "The socket carries another protocol, such as encrypted IP.",
        UDP_NO_CHECK6_TX = 101 => "Sends without checksum over IPv6.",
        UDP_NO_CHECK6_RX = 102 => "Accepts messages without checksum over IPv6.",
        UDP_SEGMENT = 103 => "Cuts what is sent with one call into messages of this size.",
        UDP_GRO = 104 => "Receives several messages with one call.",
    }

    /// Settings of SCTP.
    ///
    /// Options of `SOL_SCTP` (`linux/sctp.h`).
    SCTP "SCTP_???" {
        SCTP_RTOINFO = 0 => "How long to wait for an acknowledgement before sending again.",
        SCTP_ASSOCINFO = 1 => "Limits of one association, SCTP's word for a connection.",
        SCTP_INITMSG = 2 => "How many streams a new association has, and how often it is tried.",
        SCTP_NODELAY = 3 => "Sends small messages at once.",
        SCTP_AUTOCLOSE = 4 => "After how many seconds of silence an association is closed.",
        SCTP_SET_PEER_PRIMARY_ADDR = 5 => "Asks the peer to use this address of ours.",
        SCTP_PRIMARY_ADDR = 6 => "Which address of the peer is used first.",
        SCTP_ADAPTATION_LAYER = 7 => "A number for the layer above, given to the peer.",
        SCTP_DISABLE_FRAGMENTS = 8 => "Large messages fail instead of being cut into pieces.",
        SCTP_PEER_ADDR_PARAMS = 9 => "How an address of the peer is watched.",
        SCTP_DEFAULT_SEND_PARAM = 10 => "Stream and settings of messages that do not name their own.",
        SCTP_EVENTS = 11 => "Which news of an association are received.",
        SCTP_I_WANT_MAPPED_V4_ADDR = 12 => "IPv4 addresses are shown as IPv6.",
        SCTP_MAXSEG = 13 => "How large the pieces of a message are at most.",
        SCTP_STATUS = 14 => "Asks for the state of an association. Read only.",
        SCTP_GET_PEER_ADDR_INFO = 15 => "Asks for the state of an address of the peer. Read only.",
        SCTP_DELAYED_SACK = 16 => "How long an acknowledgement may wait.",
        SCTP_CONTEXT = 17 => "A number that comes back with failed messages.",
        SCTP_FRAGMENT_INTERLEAVE = 18 => "Whether pieces of several messages may alternate.",
        SCTP_PARTIAL_DELIVERY_POINT = 19 => "From which size on a message is delivered in parts.",
        SCTP_MAX_BURST = 20 => "How many packets are sent at once.",
        SCTP_AUTH_CHUNK = 21 => "Which parts of packets must be signed.",
        SCTP_HMAC_IDENT = 22 => "With which algorithms packets are signed.",
        SCTP_AUTH_KEY = 23 => "A key to sign with.",
        SCTP_AUTH_ACTIVE_KEY = 24 => "Which key is used.",
        SCTP_AUTH_DELETE_KEY = 25 => "Forgets a key.",
        SCTP_PEER_AUTH_CHUNKS = 26 => "Asks which parts the peer wants signed. Read only.",
        SCTP_LOCAL_AUTH_CHUNKS = 27 => "Asks which parts we want signed. Read only.",
        SCTP_GET_ASSOC_NUMBER = 28 => "Asks how many associations there are. Read only.",
        SCTP_GET_ASSOC_ID_LIST = 29 => "Asks for the numbers of all associations. Read only.",
        SCTP_AUTO_ASCONF = 30 => "Reports new addresses to peers by itself.",
        SCTP_PEER_ADDR_THLDS = 31 => "After how many failures an address of the peer counts as bad.",
        SCTP_RECVRCVINFO = 32 => "Receives with each message its stream and more.",
        SCTP_RECVNXTINFO = 33 => "Receives with each message something about the next one.",
        SCTP_DEFAULT_SNDINFO = 34 => "Stream and settings of messages that do not name their own.",
        SCTP_AUTH_DEACTIVATE_KEY = 35 => "No longer uses a key.",
        SCTP_REUSE_PORT = 36 => "Lets several sockets use a port.",
        SCTP_PEER_ADDR_THLDS_V2 = 37 => "The newer form of SCTP_PEER_ADDR_THLDS.",
        SCTP_SOCKOPT_BINDX_ADD = 100 => "Adds own addresses; the library's sctp_bindx.",
        SCTP_SOCKOPT_BINDX_REM = 101 => "Gives up own addresses; the library's sctp_bindx.",
        SCTP_SOCKOPT_PEELOFF = 102 => "Makes a socket of its own for one association.",
        SCTP_GET_PEER_ADDRS_NUM_OLD = 103 => "The older way to ask how many addresses the peer has.",
        SCTP_GET_PEER_ADDRS_OLD = 104 => "The older way to ask for the peer's addresses.",
        SCTP_GET_LOCAL_ADDRS_NUM_OLD = 105 => "The older way to ask how many addresses we have.",
        SCTP_GET_LOCAL_ADDRS_OLD = 106 => "The older way to ask for our addresses.",
        SCTP_SOCKOPT_CONNECTX_OLD = 107 => "The older way to connect to several addresses.",
        SCTP_GET_PEER_ADDRS = 108 => "Asks for the peer's addresses. Read only.",
        SCTP_GET_LOCAL_ADDRS = 109 => "Asks for our addresses. Read only.",
        SCTP_SOCKOPT_CONNECTX = 110 => "Connects to a peer that has several addresses.",
        SCTP_SOCKOPT_CONNECTX3 = 111 => "Connects to a peer that has several addresses, and returns the association.",
        SCTP_GET_ASSOC_STATS = 112 => "Asks for figures of an association. Read only.",
        SCTP_PR_SUPPORTED = 113 => "Whether messages may be given up that are too late.",
        SCTP_DEFAULT_PRINFO = 114 => "When messages are given up that have no rule of their own.",
        SCTP_PR_ASSOC_STATUS = 115 => "Asks how many messages of an association were given up. Read only.",
        SCTP_PR_STREAM_STATUS = 116 => "Asks how many messages of a stream were given up. Read only.",
        SCTP_RECONFIG_SUPPORTED = 117 => "Whether streams may be changed later.",
        SCTP_ENABLE_STREAM_RESET = 118 => "Which changes of streams the peer may ask for.",
        SCTP_RESET_STREAMS = 119 => "Begins streams anew.",
        SCTP_RESET_ASSOC = 120 => "Begins an association anew.",
        SCTP_ADD_STREAMS = 121 => "Adds streams.",
        SCTP_SOCKOPT_PEELOFF_FLAGS = 122 => "Makes a socket of its own for one association, with flags.",
        SCTP_STREAM_SCHEDULER = 123 => "How streams take turns.",
        SCTP_STREAM_SCHEDULER_VALUE = 124 => "The weight of a stream among the others.",
        SCTP_INTERLEAVING_SUPPORTED = 125 => "Whether pieces of messages of several streams may alternate.",
        SCTP_SENDMSG_CONNECT = 126 => "Connects with the first message; the library's sctp_sendv.",
        SCTP_EVENT = 127 => "Whether one kind of news is received.",
        SCTP_ASCONF_SUPPORTED = 128 => "Whether addresses may change while connected.",
        SCTP_AUTH_SUPPORTED = 129 => "Whether packets may be signed.",
        SCTP_ECN_SUPPORTED = 130 => "Whether routers may mark packets instead of dropping them.",
        SCTP_EXPOSE_POTENTIALLY_FAILED_STATE = 131 => "Whether addresses that seem bad are reported so.",
        SCTP_REMOTE_UDP_ENCAPS_PORT = 132 => "The peer's UDP port, if SCTP travels inside UDP.",
        SCTP_PLPMTUD_PROBE_INTERVAL = 133 => "How often to try whether larger packets pass.",
    }

    /// Settings of DCCP.
    ///
    /// Options of `SOL_DCCP` (`linux/dccp.h`).
    DCCP "DCCP_SOCKOPT_???" {
        DCCP_SOCKOPT_PACKET_SIZE = 1 => "An old setting without effect.",
        DCCP_SOCKOPT_SERVICE = 2 => "A number for the service that is offered or wanted.",
        DCCP_SOCKOPT_CHANGE_L = 3 => "An old setting to agree on features.",
        DCCP_SOCKOPT_CHANGE_R = 4 => "An old setting to agree on features.",
        DCCP_SOCKOPT_GET_CUR_MPS = 5 => "Asks how large a packet may be now. Read only.",
        DCCP_SOCKOPT_SERVER_TIMEWAIT = 6 => "The server, not the client, keeps the closed connection for a while.",
        DCCP_SOCKOPT_SEND_CSCOV = 10 => "How much of what is sent the checksum covers.",
        DCCP_SOCKOPT_RECV_CSCOV = 11 => "How much of what arrives the checksum must cover.",
        DCCP_SOCKOPT_AVAILABLE_CCIDS = 12 => "Asks which congestion controls there are. Read only.",
        DCCP_SOCKOPT_CCID = 13 => "The congestion control of both directions.",
        DCCP_SOCKOPT_TX_CCID = 14 => "The congestion control for sending.",
        DCCP_SOCKOPT_RX_CCID = 15 => "The congestion control for receiving.",
        DCCP_SOCKOPT_QPOLICY_ID = 16 => "In which order packets wait to be sent.",
        DCCP_SOCKOPT_QPOLICY_TXQLEN = 17 => "How many packets may wait to be sent.",
        DCCP_SOCKOPT_CCID_RX_INFO = 128 => "Asks for figures of receiving. Read only.",
        DCCP_SOCKOPT_CCID_TX_INFO = 192 => "Asks for figures of sending. Read only.",
    }

    /// Settings of RxRPC sockets, the remote calls of the AFS file system.
    ///
    /// Options of `SOL_RXRPC` (`linux/rxrpc.h`).
    RXRPC "RXRPC_???" {
        RXRPC_SECURITY_KEY = 1 => "The key for calls to servers.",
        RXRPC_SECURITY_KEYRING = 2 => "The keys of a server.",
        RXRPC_EXCLUSIVE_CONNECTION = 3 => "Uses a connection of its own for the calls.",
        RXRPC_MIN_SECURITY_LEVEL = 4 => "How well calls must be protected at least.",
        RXRPC_UPGRADEABLE_SERVICE = 5 => "A service that can offer more under another number.",
        RXRPC_SUPPORTED_CMSG = 6 => "Asks which control messages there are. Read only.",
    }

    /// Settings of L2TP tunnels.
    ///
    /// Options of `SOL_PPPOL2TP` (`linux/if_pppol2tp.h`).
    PPPOL2TP "PPPOL2TP_SO_???" {
        PPPOL2TP_SO_DEBUG = 1 => "What is written to the log.",
        PPPOL2TP_SO_RECVSEQ = 2 => "Packets that arrive must be numbered.",
        PPPOL2TP_SO_SENDSEQ = 3 => "Packets that are sent are numbered.",
        PPPOL2TP_SO_LNSMODE = 4 => "Whether this is the network's side of the tunnel.",
        PPPOL2TP_SO_REORDERTO = 5 => "How long to wait for packets that were overtaken, in milliseconds.",
    }

    /// Settings of RDS sockets, which connect the machines of a cluster.
    ///
    /// Options of `SOL_RDS` (`linux/rds.h`).
    RDS "RDS_???" {
        RDS_CANCEL_SENT_TO = 1 => "Gives up what waits to be sent to an address.",
        RDS_GET_MR = 2 => "Offers memory to the peer's network card.",
        RDS_FREE_MR = 3 => "No longer offers memory to the peer's network card.",
        RDS_BARRIER = 4 => "A reserved number without effect.",
        RDS_RECVERR = 5 => "Reports errors of what was sent.",
        RDS_CONG_MONITOR = 6 => "Reports when a peer that was too busy has room again.",
        RDS_GET_MR_FOR_DEST = 7 => "Offers memory to the network card of one peer.",
        SO_RDS_TRANSPORT = 8 => "The network below: TCP or InfiniBand.",
        SO_RDS_MSG_RXPATH_LATENCY = 10 => "Receives with each message how long its steps took.",
        SO_TIMESTAMP_OLD = 29 => "Receives with each message when it arrived, in microseconds.",
    }

    /// Settings of the kernel connection multiplexor.
    ///
    /// Options of `SOL_KCM` (`linux/kcm.h`).
    KCM "KCM_???" {
        KCM_RECV_DISABLE = 1 => "This socket gets no messages any more.",
    }

    /// Settings of encryption that the kernel does itself.
    ///
    /// Options of `SOL_TLS` (`linux/tls.h`).
    TLS "TLS_???" {
        TLS_TX = 1 => "The keys with which the kernel encrypts what is sent.",
        TLS_RX = 2 => "The keys with which the kernel decrypts what arrives.",
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
