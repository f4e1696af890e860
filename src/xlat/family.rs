//! Constants within the addresses of rarely used families: Bluetooth, IEEE 802.15.4, NFC, RXRPC, the kernel's crypto.

use super::Xlat;

xlat! {
    /// What a Bluetooth adapter's socket is used for.
    ///
    /// Channels of an HCI socket (`net/bluetooth/hci_sock.h`).
    HCI_CHANNEL "HCI_CHANNEL_???" {
        HCI_CHANNEL_RAW = 0,
        HCI_CHANNEL_USER = 1,
        HCI_CHANNEL_MONITOR = 2,
        HCI_CHANNEL_CONTROL = 3,
        HCI_CHANNEL_LOGGING = 4,
    }

    /// Services of Bluetooth, as ports are elsewhere.
    ///
    /// Protocol multiplexers of L2CAP (`net/bluetooth/l2cap.h`).
    L2CAP_PSM "L2CAP_PSM_???" {
        L2CAP_PSM_SDP = 1,
        L2CAP_PSM_RFCOMM = 3,
        L2CAP_PSM_3DSP = 0x21,
        L2CAP_PSM_IPSP = 0x23,
        L2CAP_PSM_LE_DYN_START = 0x80,
        L2CAP_PSM_LE_DYN_END = 0xff,
        L2CAP_PSM_DYN_START = 0x1001,
        L2CAP_PSM_AUTO_END = 0x10ff,
        L2CAP_PSM_DYN_END = 0xffff,
    }

    /// Channels of a Bluetooth connection.
    ///
    /// Channels of L2CAP (`net/bluetooth/l2cap.h`).
    L2CAP_CID "L2CAP_CID_???" {
        L2CAP_CID_SIGNALING = 1,
        L2CAP_CID_CONN_LESS = 2,
        L2CAP_CID_A2MP = 3,
        L2CAP_CID_ATT = 4,
        L2CAP_CID_LE_SIGNALING = 5,
        L2CAP_CID_SMP = 6,
        L2CAP_CID_SMP_BREDR = 7,
        L2CAP_CID_DYN_START = 0x40,
        L2CAP_CID_DYN_END = 0xffff,
    }

    /// Kinds of Bluetooth address.
    ///
    /// Kinds of Bluetooth address (`net/bluetooth/bluetooth.h`).
    BDADDR_TYPE "BDADDR_???" {
        BDADDR_BREDR = 0,
        BDADDR_LE_PUBLIC = 1,
        BDADDR_LE_RANDOM = 2,
    }

    /// Kinds of address of a low-power radio device.
    ///
    /// Kinds of IEEE 802.15.4 address (`net/af_ieee802154.h`).
    IEEE802154_ADDR_TYPE "IEEE802154_ADDR_???" {
        IEEE802154_ADDR_NONE = 0,
        IEEE802154_ADDR_SHORT = 2,
        IEEE802154_ADDR_LONG = 3,
    }

    /// Networks of low-power radio devices.
    ///
    /// Networks of IEEE 802.15.4.
    IEEE802154_PANID "" {
        IEEE802154_PANID_BROADCAST = 0xffff,
    }

    /// Short addresses of low-power radio devices.
    ///
    /// Short addresses of IEEE 802.15.4.
    IEEE802154_SHORT "" {
        IEEE802154_ADDR_UNDEF = 0xfffe,
        IEEE802154_ADDR_BROADCAST = 0xffff,
    }

    /// Ways in which a near card or device talks (NFC).
    ///
    /// Protocols of NFC targets (`linux/nfc.h`).
    NFC_PROTO "NFC_PROTO_???" {
        NFC_PROTO_JEWEL = 1,
        NFC_PROTO_MIFARE = 2,
        NFC_PROTO_FELICA = 3,
        NFC_PROTO_ISO14443 = 4,
        NFC_PROTO_NFC_DEP = 5,
        NFC_PROTO_ISO14443_B = 6,
        NFC_PROTO_ISO15693 = 7,
    }

    /// Services of the AFS file system.
    ///
    /// Services of AFS, reached by RXRPC.
    RXRPC_SERVICE "???_SERVICE" {
        CM_SERVICE = 1,
        YFS_FS_SERVICE = 2500,
        YFS_CM_SERVICE = 2501,
    }

    /// Properties of the kernel's own ciphers and hashes.
    ///
    /// Flags of the kernel's algorithms that a program may ask for (`linux/crypto.h`).
    CRYPTO_ALG "CRYPTO_ALG_???" {
        CRYPTO_ALG_KERN_DRIVER_ONLY = 0x1000,
    }
}

/// The tables whose members are always written with number and name.
pub fn is_always_explained(table: &Xlat) -> bool {
    [
        &IEEE802154_ADDR_TYPE,
        &IEEE802154_PANID,
        &IEEE802154_SHORT,
        &RXRPC_SERVICE,
        &CRYPTO_ALG,
        &super::admin::SYSLOG_ACTION,
        &super::process::PID_TYPE,
    ]
    .contains(&table)
}

/// The first member of the range that `raw` lies in, where members are written by their distance from it.
pub fn start_of_range(table: &Xlat, raw: u64) -> Option<u64> {
    match raw {
        0x41.. if table == &L2CAP_CID => Some(0x40),
        0x81..0x100 if table == &L2CAP_PSM => Some(0x80),
        0x1002.. if table == &L2CAP_PSM => Some(0x1001),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[
            &HCI_CHANNEL,
            &L2CAP_PSM,
            &L2CAP_CID,
            &BDADDR_TYPE,
            &NFC_PROTO,
            &RXRPC_SERVICE,
            &CRYPTO_ALG,
            &IEEE802154_ADDR_TYPE,
        ]);
    }

    #[test]
    fn ranges_begin_at_a_named_member() {
        for (table, raw, start) in [(&L2CAP_CID, 0x50, 0x40), (&L2CAP_PSM, 0x90, 0x80), (&L2CAP_PSM, 0x1102, 0x1001)] {
            assert_eq!(start_of_range(table, raw), Some(start));
            assert!(table.name(start).is_some());
        }
        assert_eq!((start_of_range(&L2CAP_CID, 8), start_of_range(&L2CAP_PSM, 0x100)), (None, None));
    }
}
