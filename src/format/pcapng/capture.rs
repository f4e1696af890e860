//! The file: packets in the order of time, with their headers and comments.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use etherparse::{IpHeaders, PacketBuilder, PacketBuilderStep, TcpHeader, TcpOptionElement};
use pcap_file::DataLink;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{InterfaceDescriptionBlock, InterfaceDescriptionOption};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};

/// How many bytes a packet has at most: with headers they are below 64 KB.
pub(super) const MAX_PAYLOAD: u64 = 65_000;
/// The longest comment, in bytes.
const MAX_COMMENT: usize = 4000;
const HOPS: u8 = 64;
/// Windows are so large that nothing is waited for.
const WINDOW: u16 = u16::MAX;
const WINDOW_SCALE: u8 = 14;

/// Packets that were made.
#[derive(Default)]
pub(super) struct Capture {
    packets: Vec<Packet>,
    /// Packets with data, and how many of them lack some.
    pub(super) full: u64,
    pub(super) cut: u64,
}

struct Packet {
    at_ns: u64,
    data: Vec<u8>,
    length: usize,
    comment: String,
}

/// What a TCP segment says beside its bytes.
#[derive(Clone, Copy, Default)]
pub(super) struct Segment {
    pub(super) sequence: u32,
    pub(super) acknowledged: Option<u32>,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
}

impl Capture {
    /// A segment of TCP: its bytes as far as they are known, and how many there were.
    pub(super) fn tcp(
        &mut self,
        at_ns: u64,
        ends: (SocketAddr, SocketAddr),
        segment: Segment,
        known: &[u8],
        bytes: u64,
        comment: &str,
    ) {
        let mut header = TcpHeader::new(ends.0.port(), ends.1.port(), segment.sequence, WINDOW);
        (header.syn, header.fin, header.rst) = (segment.syn, segment.fin, segment.rst);
        header.psh = bytes > 0;
        if let Some(acknowledged) = segment.acknowledged {
            (header.ack, header.acknowledgment_number) = (true, acknowledged);
        }
        if segment.syn {
            let segment = TcpOptionElement::MaximumSegmentSize(MAX_PAYLOAD as u16);
            // Two options fit.
            let _ = header.set_options(&[segment, TcpOptionElement::WindowScale(WINDOW_SCALE)]);
        }
        self.add(at_ns, known, bytes, comment, |payload, packet| {
            // A vector takes everything, and the lengths are below those of headers.
            let _ = ip(ends).tcp_header(header).write(packet, payload);
        });
    }

    /// A datagram of UDP.
    pub(super) fn udp(&mut self, at_ns: u64, ends: (SocketAddr, SocketAddr), known: &[u8], bytes: u64, comment: &str) {
        self.add(at_ns, known, bytes, comment, |payload, packet| {
            let _ = ip(ends).udp(ends.0.port(), ends.1.port()).write(packet, payload);
        });
    }

    fn add(&mut self, at_ns: u64, known: &[u8], bytes: u64, comment: &str, write: impl FnOnce(&[u8], &mut Vec<u8>)) {
        let bytes = usize::try_from(bytes.min(MAX_PAYLOAD)).unwrap_or_default();
        let known = &known[..known.len().min(bytes)];
        let mut payload = known.to_vec();
        payload.resize(bytes, 0);
        let mut data = Vec::new();
        write(&payload, &mut data);
        let length = data.len();
        data.truncate(length - (bytes - known.len()));
        self.full += u64::from(bytes > 0);
        self.cut += u64::from(known.len() < bytes);
        self.packets.push(Packet { at_ns, data, length, comment: comment.to_owned() });
    }

    /// The file.
    pub(super) fn write(mut self, out: &mut Vec<u8>) {
        self.packets.sort_by_key(|packet| packet.at_ns);
        let application = concat!("sockscope ", env!("CARGO_PKG_VERSION"));
        let section = SectionHeaderBlock {
            options: vec![
                SectionHeaderOption::Comment("made of system calls; no packet was captured".into()),
                SectionHeaderOption::UserApplication(application.into()),
            ],
            ..SectionHeaderBlock::default()
        };
        let interface = InterfaceDescriptionBlock {
            linktype: DataLink::RAW,
            snaplen: 0,
            options: vec![
                InterfaceDescriptionOption::IfName("sockscope".into()),
                InterfaceDescriptionOption::IfTsResol(9),
            ],
        };
        // Writing to a vector cannot fail.
        let Ok(mut writer) = PcapNgWriter::with_section_header(out, section) else { return };
        let _ = writer.write_pcapng_block(interface);
        for packet in &self.packets {
            let comment = cut(&packet.comment);
            let _ = writer.write_pcapng_block(EnhancedPacketBlock {
                interface_id: 0,
                timestamp: Duration::from_nanos(packet.at_ns),
                original_len: u32::try_from(packet.length).unwrap_or(u32::MAX),
                data: Cow::Borrowed(&packet.data),
                options: if comment.is_empty() { vec![] } else { vec![EnhancedPacketOption::Comment(comment.into())] },
            });
        }
    }
}

/// A comment's beginning, whole characters.
fn cut(comment: &str) -> &str {
    let mut end = comment.len().min(MAX_COMMENT);
    while !comment.is_char_boundary(end) {
        end -= 1;
    }
    &comment[..end]
}

fn ip((from, to): (SocketAddr, SocketAddr)) -> PacketBuilderStep<IpHeaders> {
    match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => PacketBuilder::ipv4(from.octets(), to.octets(), HOPS),
        (from, to) => PacketBuilder::ipv6(six(from), six(to), HOPS),
    }
}

fn six(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}
