//! Packets, by tshark.

use serde_json::{Value, json};

use super::*;

/// HTTP, much data, both families, a path, a name server, connections that are cut off and refused. Prints who had which port.
const PROGRAM: &str = "
import http.server, json, os, socket, struct, threading, urllib.request
facts = {}
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header('Content-Length', '1200'); self.end_headers()
        self.wfile.write(b'hello ' * 200)
    def log_message(self, *a): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), H)
threading.Thread(target=server.serve_forever, daemon=True).start()
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for path in 'one', 'two': opener.open('http://127.0.0.1:%d/%s' % (server.server_port, path)).read()
server.shutdown(); facts['http'] = server.server_port
def whole(s, n):
    while n: n -= len(s.recv(min(n, 7000)))
def both(server, client, address, size):
    accepted = []
    thread = threading.Thread(target=lambda: accepted.append(server.accept()[0])); thread.start()
    client.connect(address); thread.join()
    thread = threading.Thread(target=whole, args=(accepted[0], size)); thread.start()
    client.sendall(bytes(n % 251 for n in range(size))); thread.join()
    accepted[0].sendall(b'thanks'); whole(client, 6)
    return accepted[0]
six = socket.socket(socket.AF_INET6); six.bind(('::1', 0)); six.listen()
client = socket.socket(socket.AF_INET6)
accepted = both(six, client, six.getsockname(), 200000); client.close(); accepted.close(); six.close()
path = os.path.join(os.environ['FOLDER'], 'there')
unix = socket.socket(socket.AF_UNIX); unix.bind(path); unix.listen()
client = socket.socket(socket.AF_UNIX)
accepted = both(unix, client, path, 300); accepted.close(); client.close()
name, asker = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
name.bind(('127.0.0.1', 0)); facts['dns'] = name.getsockname()[1]
question = b'\\x07example\\x03org\\0\\0\\1\\0\\1'
asker.sendto(b'ab\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0' + question, name.getsockname())
_, who = name.recvfrom(512)
name.sendto(b'ab\\x81\\x80\\0\\1\\0\\1\\0\\0\\0\\0' + question + b'\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\x3c\\0\\4\\x7f\\1\\2\\3', who)
asker.recvfrom(512); facts['asker'] = asker.getsockname()[1]
four = socket.socket(); four.bind(('127.0.0.1', 0)); four.listen(); facts['cut'] = four.getsockname()[1]
client = socket.create_connection(four.getsockname())
accepted, _ = four.accept()
client.sendall(b'not read'); accepted.recv(1)
accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); accepted.close()
try: client.recv(1)
except ConnectionResetError: facts['reset'] = True
four.close(); client.close()
try: socket.create_connection(('127.0.0.1', facts['cut']))
except ConnectionRefusedError: facts['refused'] = True
print(json.dumps(facts))
";

/// tshark on a file; it complains about being root on standard error.
fn tshark(file: &Path, options: &[&str]) -> String {
    let mut command = Command::new("tshark");
    command.args(["-n", "-r"]).arg(file).args(["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"]);
    output(command.args(["-o", "udp.check_checksum:TRUE"]).args(options))
}

/// Fields of the packets that a filter lets through, a row for each.
fn fields(file: &Path, filter: &str, names: &[&str]) -> Vec<Vec<String>> {
    let mut options = vec!["-Y", filter, "-T", "fields"];
    names.iter().for_each(|name| options.extend(["-e", name]));
    tshark(file, &options).lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// What the two sides of a stream sent, as tshark follows it: from the client, from the server.
fn followed(file: &Path, stream: &str) -> [Vec<u8>; 2] {
    let text = tshark(file, &["-q", "-z", &format!("follow,tcp,raw,{stream}")]);
    let mut sides = [Vec::new(), Vec::new()];
    for line in text.lines().skip_while(|line| !line.starts_with("Node 1")).skip(1) {
        let (side, hex) = line.strip_prefix('\t').map_or((0, line), |hex| (1, hex));
        if hex.is_empty() || hex.starts_with("===") {
            continue;
        }
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        sides[side].extend((0..hex.len()).step_by(2).map(byte));
    }
    sides
}

/// The number of the only stream with a port, or at an address.
fn stream(file: &Path, filter: &str) -> String {
    let mut found: Vec<String> = fields(file, filter, &["tcp.stream"]).into_iter().flatten().collect();
    found.dedup();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), 1, "{filter}: {found:?}");
    found.remove(0)
}

fn sent(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n % 251) as u8).collect()
}

/// What holds of any whole trace of the program.
fn checked(file: &Path, facts: &Value) {
    // Wireshark finds nothing wrong: neither sums, nor gaps, nor acknowledgements of what was not sent.
    let wrong = "ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0 || tcp.analysis.flags || \
                 _ws.malformed || _ws.expert.severity == error";
    assert_eq!(fields(file, wrong, &["frame.number", "_ws.col.Info"]), Vec::<Vec<String>>::new());
    let good = fields(file, "tcp.checksum.status == 1", &["frame.number"]).len();
    assert_eq!(good, fields(file, "tcp", &["frame.number"]).len());
    let six = followed(file, &stream(file, "ipv6.addr == ::1 && tcp.len > 0"));
    assert!(six == [sent(200_000), b"thanks".to_vec()], "{} {}", six[0].len(), six[1].len());
    let unix = followed(file, &stream(file, "ipv6.addr == fd73:6f63:6b::/48 && tcp.len > 0"));
    assert!(unix == [sent(300), b"thanks".to_vec()], "{} {}", unix[0].len(), unix[1].len());
    // No packet is larger than a packet can be, and 200,000 bytes are several.
    assert!(fields(file, "ipv6.addr == ::1 && tcp.len > 60000", &["frame.len"]).len() >= 3);
    let as_http = format!("tcp.port=={},http", facts["http"]);
    let http = tshark(
        file,
        &[
            "-d",
            &as_http,
            "-Y",
            "http",
            "-T",
            "fields",
            "-e",
            "http.request.uri",
            "-e",
            "http.response.code",
            "-e",
            "http.content_length",
        ],
    );
    let wanted = ["/one\t\t", "\t200\t1200", "/two\t\t", "\t200\t1200"];
    let http: Vec<&str> = http.lines().map(|line| line.trim_end_matches('\n')).collect();
    assert_eq!(http.len(), 4, "{http:?}");
    assert!(http.iter().zip(wanted).all(|(line, wanted)| line.contains(wanted.trim())), "{http:?}");
    let as_dns = format!("udp.port=={},dns", facts["dns"]);
    let dns = tshark(
        file,
        &[
            "-d",
            &as_dns,
            "-Y",
            "dns",
            "-T",
            "fields",
            "-e",
            "dns.qry.name",
            "-e",
            "dns.a",
            "-e",
            "udp.srcport",
            "-e",
            "udp.dstport",
        ],
    );
    let (dns_port, asker) = (&facts["dns"], &facts["asker"]);
    assert_eq!(dns, format!("example.org\t\t{asker}\t{dns_port}\nexample.org\t127.1.2.3\t{dns_port}\t{asker}\n"));
    // A connection that is cut off, and one that is refused; each that came about has its handshake.
    let cut = format!("tcp.port == {}", facts["cut"]);
    let flags = fields(file, &cut, &["tcp.flags.str"]).into_iter().flatten();
    let flags: Vec<String> = flags.map(|flags| flags.replace('·', "")).collect();
    assert_eq!(flags, ["S", "AS", "A", "AP", "AR", "S", "AR"], "{flags:?}");
    let streams = 2 + 1 + 1 + 1; // HTTP's, that of IPv6, that of the path, the one that is cut off
    assert_eq!(fields(file, "tcp.flags.syn == 1 && tcp.flags.ack == 1", &["tcp.stream"]).len(), streams);
}

#[test]
fn packets_are_what_calls_sent() {
    if alone(packets_are_what_calls_sent) {
        return;
    }
    if !have(Need::Tshark) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let traced = |name: &str, options: &[&str]| -> (PathBuf, Value, String) {
        let to = file(&folder, name);
        let _ = std::fs::remove_file(file(&folder, "there"));
        let mut trace = sockscope();
        trace.args(["trace", "-f", "-q"]).args(options).arg("-o").arg(&to).env("FOLDER", folder.path());
        let out = trace.arg(interpreters::python3()).args(["-c", PROGRAM]).output().unwrap();
        let errors = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "{errors}");
        (to, serde_json::from_slice(&out.stdout).unwrap(), errors)
    };
    // Recorded as packets: all bytes are there without being asked for.
    let (packets, facts, errors) = traced("a.pcapng", &["--python"]);
    assert!(facts["reset"] == true && facts["refused"] == true, "{facts}");
    assert!(!errors.contains("lack bytes"), "{errors}");
    checked(&packets, &facts);
    let comments: Vec<String> =
        fields(&packets, "tcp.len > 0 || udp", &["frame.comment"]).into_iter().flatten().collect();
    let comment = |wanted: &[&str]| comments.iter().any(|comment| wanted.iter().all(|part| comment.contains(part)));
    assert!(comment(&["pid ", "sendto, ", " both: "]) || comment(&["pid ", "sendto, <string>:"]), "{comments:?}");
    assert!(comment(&["/there"]), "{comments:?}");
    // As recorded otherwise, and converted.
    let (lines, facts, _) = traced("b.jsonl", &["-s", "300000"]);
    let packets = file(&folder, "b.pcapng");
    output(sockscope().arg("convert").arg(&lines).arg("-o").arg(&packets));
    checked(&packets, &facts);
    // From strace's text.
    let (text, facts, _) = traced("c.strace", &["-s", "300000", "-ttt", "-T"]);
    let packets = file(&folder, "c.pcapng");
    output(sockscope().arg("convert").arg(&text).arg("-o").arg(&packets));
    checked(&packets, &facts);
    // Cut when it was recorded: the lengths are right, and standard error has a sentence about it.
    let (lines, facts, _) = traced("d.jsonl", &["-s", "10"]);
    let packets = file(&folder, "d.pcapng");
    let out = sockscope().arg("convert").arg(&lines).arg("-o").arg(&packets).output().unwrap();
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(errors.contains(" packets with data lack bytes that were not recorded; record with -s 65536"), "{errors}");
    let lengths = fields(&packets, "ipv6.addr == ::1 && tcp.len > 0", &["frame.len", "frame.cap_len"]);
    let total = |at: usize| -> usize { lengths.iter().map(|row| row[at].parse::<usize>().unwrap() - 60).sum() };
    assert_eq!(total(0), 200_006, "{lengths:?}");
    assert!(total(1) < 1000, "{lengths:?}");
    assert_eq!(json!(fields(&packets, &format!("tcp.port == {}", facts["cut"]), &["tcp.flags"]).len()), 7);
}

/// What came from outside the trace is there as it was received, and strace's own text is enough.
#[test]
fn strace_text_makes_packets() {
    if !have(Need::Tshark) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (text, packets) = (file(&folder, "a.strace"), file(&folder, "a.pcapng"));
    let lines = [
        "7 1700000000.000001 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3 <0.000010>",
        "7 1700000000.001000 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"198.51.100.7\")}, 16) = 0 <0.000500>",
        "7 1700000000.002000 sendto(3, \"GET / HTTP/1.0\\r\\n\\r\\n\", 18, 0, NULL, 0) = 18 <0.000010>",
        "7 1700000000.003000 recvfrom(3, \"HTTP/1.0 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\n\", 100, 0, NULL, NULL) = 38 <0.000010>",
        "7 1700000000.004000 recvfrom(3, \"abcd\", 100, 0, NULL, NULL) = 4 <0.000010>",
        "7 1700000000.005000 recvfrom(3, \"\", 100, 0, NULL, NULL) = 0 <0.000010>",
        "7 1700000000.006000 close(3) = 0 <0.000010>",
        "7 1700000000.007000 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 3 <0.000010>",
        "7 1700000000.008000 recvfrom(3, \"\\1\\2\", 100, 0, {sa_family=AF_INET, sin_port=htons(5000), sin_addr=inet_addr(\"198.51.100.8\")}, [16]) = 2 <0.000010>",
    ];
    std::fs::write(&text, lines.join("\n") + "\n").unwrap();
    output(sockscope().arg("convert").arg(&text).arg("-o").arg(&packets));
    let flags = fields(&packets, "tcp", &["tcp.flags.str"]).into_iter().flatten();
    let flags: Vec<String> = flags.map(|flags| flags.replace('·', "")).collect();
    assert_eq!(flags, ["S", "AS", "A", "AP", "AP", "AP", "AF", "AF", "A"]);
    assert_eq!(fields(&packets, "http.response", &["http.response.code", "http.file_data"]).len(), 1);
    assert_eq!(followed(&packets, "0").map(|side| side.len()), [18, 42]);
    let udp = fields(&packets, "udp", &["ip.src", "udp.srcport", "ip.dst", "udp.payload"]);
    assert_eq!(udp, [["198.51.100.8", "5000", "192.0.2.1", "0102"]]);
    let times = fields(&packets, "tcp.len > 0", &["frame.time_epoch"]).concat();
    assert_eq!(times, ["1700000000.002000000", "1700000000.003010000", "1700000000.004010000"]);
    assert_eq!(fields(&packets, "tcp.analysis.flags", &["frame.number"]).len(), 0);
}
