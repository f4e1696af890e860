"""Tables of pandas and polars."""

from __future__ import annotations

import socket

import pandas
import polars
import pytest
import sockscope


@pytest.fixture(scope="module")
def traced() -> sockscope.Tracing:
    with sockscope.trace() as trace:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()
    return trace


def test_pandas(traced: sockscope.Tracing) -> None:
    frame = traced.to_pandas()
    assert list(frame["syscall"]) == [call.syscall for call in traced.calls]
    assert str(frame.dtypes["time"]) == "datetime64[ns, UTC]" and frame["time"].is_monotonic_increasing
    assert str(frame.dtypes["duration"]).startswith("timedelta64") and (frame["duration"] > pandas.Timedelta(0)).all()
    assert str(frame.dtypes["args.addr.port"]) == "Int64"
    connect = frame[frame["syscall"] == "connect"].iloc[0]
    assert connect["args.addr.ip"] == "127.0.0.1" and connect["function"] == "traced"


def test_polars(traced: sockscope.Tracing) -> None:
    frame = traced.to_polars()
    assert frame["syscall"].to_list() == [call.syscall for call in traced.calls]
    assert frame.schema["time"] == polars.Datetime("ns", "UTC")
    assert frame.schema["duration"] == polars.Duration("ns")
    assert frame.schema["args.addr.port"] == polars.Int64
    assert frame["time"].dt.epoch("ns").to_list() == [call.ts_ns for call in traced.calls]


def test_without_calls() -> None:
    with sockscope.trace() as empty:
        pass
    assert empty.to_pandas().shape[0] == 0 and "time" in empty.to_pandas().columns
    assert empty.to_polars().height == 0 and "time" in empty.to_polars().columns
