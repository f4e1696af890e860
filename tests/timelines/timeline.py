"""Checks a timeline by the classes that Perfetto's own package has, against the JSON of the same trace.

timeline.py TIMELINE JSONL LINKS [DURATIONS]: LINKS is what `sockscope sockets --links --format json` prints. Slices last as
long as calls did; with DURATIONS=cut they may be shorter, where the trace's times are coarser than calls.
Prints what it found, one JSON object.
"""

import json
import sys
from collections import Counter, defaultdict

from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as pb

timeline, lines, links = sys.argv[1:4]
exact = sys.argv[4:] != ["cut"]
trace = pb.Trace()
trace.ParseFromString(open(timeline, "rb").read())
events = [json.loads(line) for line in open(lines)]
links = [json.loads(line) for line in open(links)]
by_seq = {event["seq"]: event for event in events}
timed = any(event["ts_ns"] for event in events)


def is_known(message):
    """No field that Perfetto does not know, at any depth."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    assert not len(UnknownFieldSet(message)), message
    for field, value in message.ListFields():
        if field.message_type:
            for one in value if field.is_repeated else [value]:
                is_known(one)


def value_of(one):
    """An annotation as a value of JSON."""
    kinds = ["bool_value", "uint_value", "int_value", "double_value", "string_value"]
    found = [getattr(one, kind) for kind in kinds if one.HasField(kind)]
    if one.dict_entries:
        found.append({entry.name: value_of(entry) for entry in one.dict_entries})
    if one.array_values:
        found.append([value_of(entry) for entry in one.array_values])
    assert len(found) <= 1, one
    return found[0] if found else None


def pruned(value):
    """A value without what has no type: nulls and empty lists and objects."""
    if isinstance(value, dict):
        kept = {key: pruned(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one is not None} or None
    if isinstance(value, list):
        return [pruned(one) for one in value] or None
    return value


def same(a, b):
    """Equal, with equal types: 1 is not true."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


# The clock is stated before any time, and everything that is numbered before it is used.
for packet in trace.packet:
    is_known(packet)
    assert packet.trusted_packet_sequence_id == 1
if timed:
    snapshot = trace.packet[0].clock_snapshot
    assert snapshot.primary_trace_clock == pb.BUILTIN_CLOCK_REALTIME
    assert [clock.clock_id for clock in snapshot.clocks] == [pb.BUILTIN_CLOCK_REALTIME]
first = next(packet for packet in trace.packet if packet.HasField("trace_packet_defaults"))
assert first.sequence_flags == pb.TracePacket.SEQ_INCREMENTAL_STATE_CLEARED
assert not timed or first.trace_packet_defaults.timestamp_clock_id == pb.BUILTIN_CLOCK_REALTIME
interned = first.interned_data
functions = {one.iid: one.str.decode() for one in interned.function_names}
files = {one.iid: one.str.decode() for one in interned.source_paths}
mappings = {one.iid for one in interned.mappings}
frames = {one.iid: one for one in interned.frames}
stacks = {one.iid: list(one.frame_ids) for one in interned.callstacks}
assert all(frame.mapping_id in mappings for frame in frames.values())

# Tracks.
tracks = {}
for packet in trace.packet:
    if packet.HasField("track_descriptor"):
        track = packet.track_descriptor
        assert track.uuid not in tracks
        assert not track.parent_uuid or track.parent_uuid in tracks, "a parent is described first"
        tracks[track.uuid] = track
processes = {uuid: track.process.pid for uuid, track in tracks.items() if track.HasField("process")}
threads = {uuid: (track.thread.pid, track.thread.tid) for uuid, track in tracks.items() if track.HasField("thread")}
sockets = {uuid: track for uuid, track in tracks.items() if uuid not in processes and uuid not in threads}
assert all(processes[tracks[uuid].parent_uuid] == pid for uuid, (pid, _) in threads.items())
assert all(track.parent_uuid in processes for track in sockets.values())
kinds = ("call", "signal", "exit", "killed", "stopped", "started")
assert sorted(threads.values()) == sorted({(event["pid"], event["tid"]) for event in events if event["type"] in kinds})

# Events, in the order of time; each track's slices lie within each other or beside each other.
last_ns = 0
stack_of = defaultdict(list)
slices, instants = [], []
from_ids, to_ids = defaultdict(list), defaultdict(list)
for packet in trace.packet:
    if not packet.HasField("track_event"):
        continue
    assert packet.timestamp >= last_ns
    assert packet.sequence_flags == pb.TracePacket.SEQ_NEEDS_INCREMENTAL_STATE
    last_ns = packet.timestamp
    event = packet.track_event
    assert event.track_uuid in tracks
    open_slices = stack_of[event.track_uuid]
    if event.type == pb.TrackEvent.TYPE_SLICE_BEGIN:
        assert event.name and not open_slices, (event, open_slices)
        assert event.track_uuid not in processes
        one = {"event": event, "begin": last_ns, "end": None, "depth": len(open_slices)}
        open_slices.append(one)
        slices.append(one)
    elif event.type == pb.TrackEvent.TYPE_SLICE_END:
        one = open_slices.pop()
        one["end"] = last_ns
    else:
        assert event.type == pb.TrackEvent.TYPE_INSTANT and event.name
        one = {"event": event, "begin": last_ns, "within": bool(open_slices)}
        instants.append(one)
    for flow in event.flow_ids:
        from_ids[flow].append(one)
    for flow in event.terminating_flow_ids:
        to_ids[flow].append(one)

# Every call has its slice, with its time, its arguments and its stack.
calls = {event["seq"]: event for event in events if event["type"] == "call"}
seen = set()
for one in slices:
    event = one["event"]
    if event.track_uuid not in threads:
        continue
    shown = {entry.name: value_of(entry) for entry in event.debug_annotations}
    call = calls[shown["seq"]]
    one["seq"] = call["seq"]
    seen.add(call["seq"])
    assert threads[event.track_uuid] == (call["pid"], call["tid"])
    assert event.name == " ".join(filter(None, [call["syscall"], call["errno"]])), (event.name, call)
    if timed:
        assert one["begin"] == call["ts_ns"], call
    unfinished = call["ret"] is None and call["errno"] is None
    if one["end"] is None:
        assert unfinished, call
    elif exact and not unfinished:
        assert one["end"] - one["begin"] == (call["dur_ns"] or 0), call
    elif not unfinished:
        assert one["end"] - one["begin"] <= (call["dur_ns"] or 0), call
    assert same(shown.get("args"), pruned(call["args"])), (shown.get("args"), call["args"])
    # A slice shows what the line has, but for what it has in another form.
    for key in ("ret", "errno", "dur_ns", "sock", "socks", "peer_sock", "family", "proto", "local", "peer", "offset", "why"):
        assert same(shown.get(key), pruned(call.get(key))), (key, shown.get(key), call.get(key))
    python = call.get("python")
    assert bool(python) == event.HasField("callstack_iid")
    if python:
        stack = [frames[number] for number in stacks[event.callstack_iid]]
        found = [
            (functions[frame.function_name_id], files[frame.source_path_iid], frame.line_number or None)
            for frame in stack
        ]
        assert found == [(frame["function"], frame["file"], frame["line"]) for frame in reversed(python)]
        assert len(shown["python"]) == len(python) and shown["python"][0].startswith(python[0]["file"])
assert seen == set(calls), set(calls) ^ seen

# Flows: one for each link that has both ends in the trace, from the sending to the receiving call.
both = [link for link in links if link["from_seq"] is not None and link["to_seq"] is not None]
flows = [(one["seq"], to_ids[flow][0]["seq"]) for flow, [one] in from_ids.items()]
assert from_ids.keys() == to_ids.keys() and all(len(ends) == 1 for ends in to_ids.values())
assert Counter(flows) == Counter((link["from_seq"], link["to_seq"]) for link in both)
for flow, [one] in from_ids.items():
    [to] = to_ids[flow]
    assert to["end"] is not None and (not exact or to["end"] >= one["begin"]), (one, to)

# Sockets: their states one after the other, and their bytes.
states = defaultdict(list)
for one in slices:
    if one["event"].track_uuid in sockets:
        assert one["end"] is None or one["end"] >= one["begin"]
        states[one["event"].track_uuid].append(one["event"].name)
bytes_of = Counter()
for one in instants:
    if one["event"].track_uuid in sockets:
        verb, count, _ = one["event"].name.split()
        bytes_of[verb] += int(count)
for link in both:
    if link["kind"] in ("bytes", "datagram"):
        bytes_of["linked"] += link["bytes"]

print(
    json.dumps(
        {
            "slices": len(seen),
            "unfinished": sum(one["end"] is None for one in slices if "seq" in one),
            "threads": len(threads),
            "processes": len(processes),
            "sockets": {track.name: states[uuid] for uuid, track in sockets.items()},
            "flows": len(flows),
            "kinds": Counter(link["kind"] for link in both),
            "whys": [one["event"].name for one in instants if one["event"].name.startswith("why: ")],
            "instants": [one["event"].name for one in instants if one["event"].track_uuid in threads],
            "stacks": len(stacks),
            "bytes": bytes_of,
        }
    )
)
