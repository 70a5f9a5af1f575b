"""Bytes become the same commands however the network splits them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from devices.simulated.escpos_stream import Command, Stream, Text, Token

SAMPLE = (
    b"\x1b@\x1ba\x01\x1d!\x77\x1bE\x01\x1dB\x00A012\n\x1c&"
    + "新设企业，。".encode("gb18030")
    + b"\x1c.\n\x1d(k\x04\x001A2\x00\x1d(k\x07\x001P0\x1b@\x10\x04\x1d(k\x03\x001Q0\x1dv0\x00\x01\x00\x02\x00\x10\x04"
    + b"\x1bd\x03\x1bJ\x10\x1dV\x00\x1dVB\x00\x1dr\x01\x10\x04\x04\x1da\xff"
)


def joined(tokens: list[Token]) -> list[Token]:
    """Neighbouring pieces of text as one."""
    whole: list[Token] = []
    for token in tokens:
        if isinstance(token, Text) and whole and isinstance(whole[-1], Text):
            whole[-1] = Text(whole[-1].data + token.data)
        else:
            whole.append(token)
    return whole


def test_every_command_is_read_with_its_arguments() -> None:
    stream = Stream()
    tokens = list(stream.feed(SAMPLE))
    names = [token.name for token in tokens if isinstance(token, Command)]
    assert stream.unknown == 0
    assert Command("GS !", b"\x77") in tokens
    assert Command("GS V", b"\x00") in tokens
    assert Command("GS V", b"B\x00") in tokens
    assert Command("GS v 0", b"\x00\x01\x00\x02\x00\x10\x04") in tokens
    assert names[-3:] == ["GS r", "DLE EOT", "GS a"]


def test_arguments_that_look_like_commands_are_arguments() -> None:
    tokens = list(Stream().feed(SAMPLE))
    assert [token for token in tokens if isinstance(token, Command) and token.name == "DLE EOT"] == [
        Command("DLE EOT", b"\x04")
    ]
    assert sum(1 for token in tokens if isinstance(token, Command) and token.name == "ESC @") == 1


@given(st.lists(st.integers(1, len(SAMPLE) - 1), max_size=12))
def test_a_split_changes_nothing(cuts: list[int]) -> None:
    stream = Stream()
    tokens: list[Token] = []
    edges = [0, *sorted(set(cuts)), len(SAMPLE)]
    for start, end in pairwise(edges):
        tokens += stream.feed(SAMPLE[start:end])
    assert joined(tokens) == joined(list(Stream().feed(SAMPLE)))


def test_an_unfinished_command_waits() -> None:
    stream = Stream()
    assert list(stream.feed(b"\x1d(k\x08\x001P0ab")) == []
    assert list(stream.feed(b"cde")) == [Command("GS ( k", b"\x08\x001P0abcde")]


def test_what_is_no_command_is_skipped_and_counted() -> None:
    stream = Stream()
    assert list(stream.feed(b"\x1b\x01\x00A")) == [Text(b"A")]
    assert stream.unknown == 2


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    list(Stream().feed(data))
