//! Netlink messages: what all families have in common, `linux/netlink.h`.

pub mod diag;
pub mod link;
pub mod named;
pub mod route;

xlat! {
    /// How a netlink message is to be treated.
    NLMSG_FLAGS "NLM_F_???" {
        NLM_F_REQUEST = 0x1,
        NLM_F_MULTI = 0x2,
        NLM_F_ACK = 0x4,
        NLM_F_ECHO = 0x8,
        NLM_F_DUMP_INTR = 0x10,
        NLM_F_DUMP_FILTERED = 0x20,
    }

    /// How a request for information is to be treated.
    NLM_GET "NLM_F_???" behind NLMSG_FLAGS {
        NLM_F_DUMP = 0x300,
        NLM_F_ROOT = 0x100,
        NLM_F_MATCH = 0x200,
        NLM_F_ATOMIC = 0x400,
    }

    /// How something is to be made or changed.
    NLM_NEW "NLM_F_???" behind NLMSG_FLAGS {
        NLM_F_REPLACE = 0x100,
        NLM_F_EXCL = 0x200,
        NLM_F_CREATE = 0x400,
        NLM_F_APPEND = 0x800,
    }

    /// How something is to be deleted.
    NLM_DELETE "NLM_F_???" behind NLMSG_FLAGS {
        NLM_F_NONREC = 0x100,
        NLM_F_BULK = 0x200,
    }

    /// What an answer to a request has left out or added.
    NLM_ANSWER "NLM_F_???" behind NLMSG_FLAGS {
        NLM_F_CAPPED = 0x100,
        NLM_F_ACK_TLVS = 0x200,
    }

    /// Netlink messages that all families have.
    NLMSG_TYPE "NLMSG_???" {
        NLMSG_NOOP = 1,
        NLMSG_ERROR = 2,
        NLMSG_DONE = 3,
        NLMSG_OVERRUN = 4,
    }

    /// What an attribute says about itself.
    NLA_FLAGS "NLA_F_???" {
        NLA_F_NESTED = 0x8000,
        NLA_F_NET_BYTEORDER = 0x4000,
    }

    /// What the kernel adds to the answer that a request failed.
    NLMSGERR_ATTR "NLMSGERR_ATTR_???" {
        NLMSGERR_ATTR_UNUSED = 0,
        NLMSGERR_ATTR_MSG = 1,
        NLMSGERR_ATTR_OFFS = 2,
        NLMSGERR_ATTR_COOKIE = 3,
        NLMSGERR_ATTR_POLICY = 4,
        NLMSGERR_ATTR_MISS_TYPE = 5,
        NLMSGERR_ATTR_MISS_NEST = 6,
    }
}
