//! Addresses of rare families, whose layout depends on their length or on a field.

use super::layout::field;
use super::{Array, Kind, Layout, Record, SockAddr, Tail, Value};
use crate::xlat::family::{
    BDADDR_TYPE, CRYPTO_ALG, HCI_CHANNEL, IEEE802154_ADDR_TYPE, IEEE802154_PANID, IEEE802154_SHORT, L2CAP_CID,
    L2CAP_PSM, NFC_PROTO, RXRPC_SERVICE,
};
use crate::xlat::socket::SOCK_TYPE;

/// `ax25_address`, `linux/ax25.h`.
pub static AX25_ADDRESS: Layout = Layout {
    name: "ax25_address",
    size: 7,
    doc: "The call sign of an amateur radio station.",
    fields: &[field("ax25_call", 0, Kind::Callsign, "The call sign.")],
};

/// `struct sockaddr_ax25`, `linux/ax25.h`, the family included.
pub static SOCKADDR_AX25: Layout = Layout {
    name: "sockaddr_ax25",
    size: 16,
    doc: "The address of an amateur radio station.",
    fields: &[
        field("sax25_call", 2, Kind::Record(&AX25_ADDRESS), "The call sign."),
        field("sax25_ndigis", 12, Kind::Int(4), "How many stations relay."),
    ],
};

/// `struct full_sockaddr_ax25`, `linux/ax25.h`.
pub static FULL_SOCKADDR_AX25: Layout = Layout {
    name: "full_sockaddr_ax25",
    size: 16,
    doc: "The address of an amateur radio station, and the stations that relay.",
    fields: &[
        field("fsa_ax25", 0, Kind::Record(&SOCKADDR_AX25), "The station."),
        field("fsa_digipeater", 16, Kind::Callsigns, "The stations that relay."),
        field("more", 16, Kind::More, "More bytes follow, which belong to no station."),
    ],
};

/// `struct x25_address`, `linux/x25.h`.
pub static X25_ADDRESS: Layout = Layout {
    name: "x25_address",
    size: 16,
    doc: "An address of X.25, an old packet network.",
    fields: &[field("x25_addr", 0, Kind::CString(16), "The digits of the address.")],
};

/// `struct sockaddr_x25`, `linux/x25.h`.
pub static SOCKADDR_X25: Layout = Layout {
    name: "sockaddr_x25",
    size: 18,
    doc: "The address of an X.25 socket.",
    fields: &[field("sx25_addr", 2, Kind::Record(&X25_ADDRESS), "The address.")],
};

/// `struct sockaddr_hci`, `net/bluetooth/hci_sock.h`; without a channel when it is short.
pub static SOCKADDR_HCI: Layout = Layout {
    name: "sockaddr_hci",
    size: 6,
    doc: "A Bluetooth adapter.",
    fields: &[
        field("hci_dev", 2, Kind::Le16, "Which adapter."),
        field("hci_channel", 4, Kind::Const(&HCI_CHANNEL, 2), "Which of its channels."),
    ],
};

/// `struct sockaddr_sco`, `net/bluetooth/sco.h`.
pub static SOCKADDR_SCO: Layout = Layout {
    name: "sockaddr_sco",
    size: 8,
    doc: "The address of a Bluetooth audio link.",
    fields: &[field("sco_bdaddr", 2, Kind::Mac(6), "The Bluetooth address.")],
};

/// `struct sockaddr_rc`, `net/bluetooth/rfcomm.h`.
pub static SOCKADDR_RC: Layout = Layout {
    name: "sockaddr_rc",
    size: 10,
    doc: "A Bluetooth serial port.",
    fields: &[
        field("rc_bdaddr", 2, Kind::Mac(6), "The Bluetooth address."),
        field("rc_channel", 8, Kind::Uint(1), "The channel, 1 to 30."),
    ],
};

/// `struct sockaddr_l2`, `net/bluetooth/l2cap.h`; without the type when it is short.
pub static SOCKADDR_L2: Layout = Layout {
    name: "sockaddr_l2",
    size: 14,
    doc: "An address of L2CAP, Bluetooth's packets.",
    fields: &[
        field("l2_psm", 2, Kind::Le16Const(&L2CAP_PSM), "The service, as a port is elsewhere."),
        field("l2_bdaddr", 4, Kind::Mac(6), "The Bluetooth address."),
        field("l2_cid", 10, Kind::Le16Const(&L2CAP_CID), "The channel."),
        field("l2_bdaddr_type", 12, Kind::Const(&BDADDR_TYPE, 1), "The kind of Bluetooth address."),
    ],
};

/// `struct ieee802154_addr_sa`, `net/af_ieee802154.h`, with a long address or none.
pub static IEEE802154_ADDR: Layout = Layout {
    name: "ieee802154_addr_sa",
    size: 16,
    doc: "The address of a low-power radio device.",
    fields: &[
        field("addr_type", 0, Kind::Const(&IEEE802154_ADDR_TYPE, 4), "Whether the address is long, short or missing."),
        field("pan_id", 4, Kind::Const(&IEEE802154_PANID, 2), "The radio network."),
        field("hwaddr", 6, Kind::Mac(8), "The long address."),
    ],
};

/// `struct ieee802154_addr_sa` with a short address.
pub static IEEE802154_SHORT_ADDR: Layout = Layout {
    name: "ieee802154_short_addr_sa",
    size: 16,
    doc: "The short address of a low-power radio device.",
    fields: &[
        field("addr_type", 0, Kind::Const(&IEEE802154_ADDR_TYPE, 4), "Whether the address is long, short or missing."),
        field("pan_id", 4, Kind::Const(&IEEE802154_PANID, 2), "The radio network."),
        field("short_addr", 6, Kind::Const(&IEEE802154_SHORT, 2), "The short address."),
    ],
};

/// `struct sockaddr_ieee802154`, `net/af_ieee802154.h`.
pub static SOCKADDR_IEEE802154: Layout = Layout {
    name: "sockaddr_ieee802154",
    size: 20,
    doc: "The address of a low-power radio socket.",
    fields: &[field("addr", 4, Kind::Record(&IEEE802154_ADDR), "The device.")],
};

/// `struct sockaddr_ieee802154` with a short address.
pub static SOCKADDR_IEEE802154_SHORT: Layout = Layout {
    name: "sockaddr_ieee802154_short",
    size: 20,
    doc: "The address of a low-power radio socket, the short kind.",
    fields: &[field("addr", 4, Kind::Record(&IEEE802154_SHORT_ADDR), "The device.")],
};

/// `struct sockaddr_alg`, `linux/if_alg.h`; the name extends to the end of the address.
pub static SOCKADDR_ALG: Layout = Layout {
    name: "sockaddr_alg",
    size: 25,
    doc: "An algorithm of the kernel's, such as a hash or a cipher.",
    fields: &[
        field("salg_type", 2, Kind::CString(14), "The kind of algorithm: hash, skcipher, aead, rng."),
        field("salg_feat", 16, Kind::Flags(&CRYPTO_ALG, 4), "Properties that it must have."),
        field("salg_mask", 20, Kind::Flags(&CRYPTO_ALG, 4), "Which properties count."),
        field("salg_name", 24, Kind::Rest, "The algorithm's name, such as sha256."),
    ],
};

/// `struct sockaddr_nfc`, `linux/nfc.h`; bytes that are too few for the longer one are only mentioned.
pub static SOCKADDR_NFC: Layout = Layout {
    name: "sockaddr_nfc",
    size: 16,
    doc: "A chip or card that is held near (NFC).",
    fields: &[
        field("dev_idx", 4, Kind::Uint(4), "Which reader."),
        field("target_idx", 8, Kind::Hex(4), "Which card."),
        field("nfc_protocol", 12, Kind::Const(&NFC_PROTO, 4), "How it talks."),
        field("more", 16, Kind::More, "More bytes follow, too few for the longer form."),
    ],
};

/// `struct sockaddr_nfc_llcp`, `linux/nfc.h`.
pub static SOCKADDR_NFC_LLCP: Layout = Layout {
    name: "sockaddr_nfc_llcp",
    size: 96,
    doc: "A service on a device that is held near (NFC).",
    fields: &[
        field("dev_idx", 4, Kind::Uint(4), "Which reader."),
        field("target_idx", 8, Kind::Hex(4), "Which card."),
        field("nfc_protocol", 12, Kind::Const(&NFC_PROTO, 4), "How it talks."),
        field("dsap", 16, Kind::Hex(1), "The access point there."),
        field("ssap", 17, Kind::Hex(1), "The access point here."),
        field("service_name", 18, Kind::Bytes(63), "The service's name."),
        field("service_name_len", 88, Kind::Uint(8), "The name's length."),
    ],
};

/// `struct sockaddr_rxrpc`, `linux/rxrpc.h`.
pub static SOCKADDR_RXRPC: Layout = Layout {
    name: "sockaddr_rxrpc",
    size: 36,
    doc: "A service of RxRPC, the remote calls of the AFS file system.",
    fields: &[
        field("srx_service", 2, Kind::Const(&RXRPC_SERVICE, 2), "Which service."),
        field("transport_type", 4, Kind::Const(&SOCK_TYPE, 2), "How its packets travel."),
        field("transport_len", 6, Kind::Uint(2), "The length of the address that follows."),
        field("transport", 8, Kind::Transport, "The address where it is reached."),
    ],
};

/// Every structure that [`read`] may choose.
pub(crate) static LAYOUTS: &[&Layout] = &[
    &SOCKADDR_AX25,
    &FULL_SOCKADDR_AX25,
    &SOCKADDR_X25,
    &SOCKADDR_HCI,
    &SOCKADDR_SCO,
    &SOCKADDR_RC,
    &SOCKADDR_L2,
    &SOCKADDR_IEEE802154,
    &SOCKADDR_IEEE802154_SHORT,
    &SOCKADDR_ALG,
    &SOCKADDR_NFC,
    &SOCKADDR_NFC_LLCP,
    &SOCKADDR_RXRPC,
];

/// An address of one of these families; `None` if it is too short or of another family.
pub(super) fn read(family: u16, bytes: &[u8]) -> Option<Record> {
    let len = bytes.len();
    let whole = |layout: &'static Layout| (len >= layout.size).then(|| Record::read(layout, bytes));
    match i32::from(family) {
        libc::AF_AX25 => ax25(bytes),
        libc::AF_X25 => whole(&SOCKADDR_X25),
        // Only the length distinguishes the addresses of the Bluetooth protocols.
        libc::AF_BLUETOOTH => match len {
            4 => Some(first(Record::read(&SOCKADDR_HCI, bytes), 1)),
            6 => whole(&SOCKADDR_HCI),
            8 => whole(&SOCKADDR_SCO),
            10 => whole(&SOCKADDR_RC),
            12 => Some(first(Record::read(&SOCKADDR_L2, bytes), 3)),
            14 => whole(&SOCKADDR_L2),
            _ => None,
        },
        libc::AF_IEEE802154 => {
            const SHORT: u8 = 2; // IEEE802154_ADDR_SHORT
            match bytes.get(4..8)? {
                [SHORT, 0, 0, 0] => whole(&SOCKADDR_IEEE802154_SHORT),
                kind => {
                    let mut record = whole(&SOCKADDR_IEEE802154)?;
                    if let (&[0, 0, 0, 0], Some(Value::Record(addr))) = (kind, record.fields.first_mut()) {
                        addr.fields.truncate(2);
                    }
                    Some(record)
                }
            }
        }
        libc::AF_ALG => whole(&SOCKADDR_ALG),
        libc::AF_NFC => match len {
            ..16 => None,
            16 => whole(&SOCKADDR_NFC).map(|record| first(record, 3)),
            17..96 => whole(&SOCKADDR_NFC),
            _ => {
                let mut record = whole(&SOCKADDR_NFC_LLCP)?;
                let len = match record.fields.last() {
                    Some(Value::Uint(len)) => usize::try_from(*len).unwrap_or(usize::MAX),
                    _ => 0,
                };
                if let Some(Value::Bytes(name)) = record.fields.get_mut(5) {
                    name.data.truncate(len);
                }
                Some(record)
            }
        },
        libc::AF_RXRPC => {
            let mut record = whole(&SOCKADDR_RXRPC)?;
            let len = match record.fields.get(2) {
                Some(Value::Uint(len)) => (*len as usize).clamp(2, bytes.len() - 8),
                _ => 2,
            };
            record.fields[3] = Value::SockAddr(transport(&bytes[8..8 + len]));
            Some(record)
        }
        _ => None,
    }
}

/// Keeps the first `count` fields.
fn first(mut record: Record, count: usize) -> Record {
    record.fields.truncate(count);
    record.cut = None;
    record
}

/// The address within an RXRPC address: only IP is decoded there.
pub(super) fn transport(bytes: &[u8]) -> SockAddr {
    let address = SockAddr::from_bytes(bytes);
    match address {
        SockAddr::Inet { .. } | SockAddr::Inet6 { .. } => address,
        _ => SockAddr::Raw { family: address.family(), data: bytes.get(2..).unwrap_or_default().to_vec() },
    }
}

/// A station with the digipeaters on the way to it, at most eight.
fn ax25(bytes: &[u8]) -> Option<Record> {
    let station = (bytes.len() >= SOCKADDR_AX25.size).then(|| Record::read(&SOCKADDR_AX25, bytes))?;
    let wanted = match station.get("sax25_ndigis") {
        Some(Value::Int(count)) => usize::try_from(*count).unwrap_or(0).min(MAX_DIGIPEATERS),
        _ => 0,
    };
    if wanted == 0 && bytes.len() == SOCKADDR_AX25.size {
        return Some(station);
    }
    let there = &bytes[SOCKADDR_AX25.size..];
    let room = (there.len() / AX25_ADDRESS.size).min(MAX_DIGIPEATERS);
    let calls = there.chunks_exact(AX25_ADDRESS.size).take(wanted.min(room));
    let items = calls.map(|call| Value::Record(Record::read(&AX25_ADDRESS, call))).collect();
    let tail = if wanted > room { Tail::Elided } else { Tail::End };
    let mut fields = vec![Value::Record(station), Value::Array(Array { items, tail })];
    if there.len() > room * AX25_ADDRESS.size {
        fields.push(Value::Short);
    }
    Some(Record { layout: &FULL_SOCKADDR_AX25, fields, cut: None })
}

/// `AX25_MAX_DIGIS`, `linux/ax25.h`.
const MAX_DIGIPEATERS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    /// An address of `len` bytes that count up after the family.
    fn address(family: i32, len: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..len as u8).collect();
        bytes[..2].copy_from_slice(&(family as u16).to_ne_bytes());
        bytes
    }

    #[test]
    fn the_length_distinguishes_bluetooth_addresses() {
        for (len, name, fields) in [
            (4, "sockaddr_hci", 1),
            (6, "sockaddr_hci", 2),
            (8, "sockaddr_sco", 1),
            (10, "sockaddr_rc", 2),
            (12, "sockaddr_l2", 3),
            (14, "sockaddr_l2", 4),
        ] {
            let record = read(libc::AF_BLUETOOTH as u16, &address(libc::AF_BLUETOOTH, len)).unwrap();
            assert_eq!((record.layout.name, record.fields.len()), (name, fields), "{len}");
        }
        assert_eq!(read(libc::AF_BLUETOOTH as u16, &address(libc::AF_BLUETOOTH, 5)), None);
    }

    #[test]
    fn an_address_too_short_for_its_family_is_none() {
        for (family, least) in [
            (libc::AF_AX25, 16),
            (libc::AF_X25, 18),
            (libc::AF_IEEE802154, 20),
            (libc::AF_ALG, 25),
            (libc::AF_NFC, 16),
            (libc::AF_RXRPC, 36),
        ] {
            assert_eq!(read(family as u16, &address(family, least - 1)), None, "{family}");
            assert!(read(family as u16, &address(family, least)).is_some(), "{family}");
        }
    }

    #[test]
    fn what_a_program_passes_comes_back() {
        for (family, len) in [
            (libc::AF_AX25, 37),
            (libc::AF_X25, 18),
            (libc::AF_BLUETOOTH, 6),
            (libc::AF_BLUETOOTH, 14),
            (libc::AF_IEEE802154, 20),
            (libc::AF_ALG, 30),
            (libc::AF_NFC, 16),
            (libc::AF_NFC, 96),
            (libc::AF_RXRPC, 36),
        ] {
            let mut bytes = address(family, len);
            match family {
                libc::AF_AX25 => bytes[12..16].copy_from_slice(&3i32.to_ne_bytes()),
                // A string without a NUL loses its last byte.
                libc::AF_X25 | libc::AF_ALG => bytes[len - 1] = 0,
                _ => {}
            }
            if family == libc::AF_ALG {
                bytes[15] = 0;
            }
            let once = SockAddr::from_bytes(&bytes);
            let sent = once.to_bytes();
            assert_eq!(SockAddr::from_bytes(&sent[..len.min(sent.len())]), once, "{family}");
        }
    }

    #[test]
    fn no_more_digipeaters_than_there_are_or_were_announced() {
        let mut bytes = address(libc::AF_AX25, 40);
        for (announced, shown, tail) in [(0, 0, Tail::End), (2, 2, Tail::End), (9, 3, Tail::Elided)] {
            bytes[12..16].copy_from_slice(&i32::to_ne_bytes(announced));
            let record = read(libc::AF_AX25 as u16, &bytes).unwrap();
            let Some(Value::Array(calls)) = record.get("fsa_digipeater") else { panic!("{record:?}") };
            assert_eq!((calls.items.len(), calls.tail), (shown, tail));
            assert_eq!(record.get("more"), Some(&Value::Short));
        }
    }
}
