"""The broker in a folder: whoever looks while a message is written finds nothing, and afterwards all of it."""

from __future__ import annotations

from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

import mdeprep.celery  # noqa: F401 - the broker becomes known with the application
from mdeprep.broker import Transport

QUEUE = "celery"


@pytest.fixture
def channel(tmp_path):
    (tmp_path / "messages").mkdir()
    places = {"data_folder_in": str(tmp_path / "messages"), "data_folder_out": str(tmp_path / "messages"),
              "control_folder": str(tmp_path / "control")}  # fmt: skip
    with Connection("filesystem://localhost", transport_options=places) as connection:
        assert isinstance(connection.transport, Transport)
        yield connection.channel()


def test_messages_arrive_whole_and_in_order(channel):
    for number in range(3):
        channel._put(QUEUE, {"number": number, "words": "Größe"})
    assert [channel._get(QUEUE)["number"] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(Empty):
        channel._get(QUEUE)


def test_whoever_looks_while_it_is_written_finds_nothing_yet(channel, monkeypatch):
    seen = []
    write, move = Path.write_text, Path.replace

    def looked(path, *args, **options):
        path.touch()
        seen.append(_found(channel))
        return write(path, *args, **options)

    def moved(path, target):
        seen.append(_found(channel))
        return move(path, target)

    monkeypatch.setattr(Path, "write_text", looked)
    monkeypatch.setattr(Path, "replace", moved)
    channel._put(QUEUE, {"number": 1})
    assert seen == [None, None]
    assert _found(channel) == {"number": 1}


def test_a_folder_that_cannot_be_written_is_said(channel, tmp_path):
    (tmp_path / "messages").rmdir()
    with pytest.raises(ChannelError, match="Cannot put a message into"):
        channel._put(QUEUE, {})


def _found(channel):
    try:
        return channel._get(QUEUE)
    except Empty:
        return None
