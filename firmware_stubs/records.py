"""An append-only file of lines that carry their checksum: what survives a cut of the power, and tells what did not.

A line is one letter (what it is), eight hex digits (CRC-32 of letter and body), a space, the body, a newline. The
body holds no newline. `flush` of a file is a real sync on the unix port (fsync) and on littlefs.
"""

import os
from binascii import crc32


class Damaged:
    """A line that is not what was written. `kind` is its first letter, "" when not even that is there."""

    def __init__(self, kind):
        self.kind = kind


def line(kind, body):
    """The bytes of one record."""
    if isinstance(body, str):
        body = body.encode()
    return b"%s%08x %s\n" % (kind.encode(), crc32(kind.encode() + body) & 0xFFFFFFFF, body)


def read_line(raw):
    """(kind, body text) of a line as read, or `Damaged`."""
    kind = chr(raw[0]) if raw and 65 <= raw[0] <= 90 else ""
    try:
        body = raw[10:-1]
        if raw[9:10] == b" " and raw[-1:] == b"\n" and int(raw[1:9], 16) == crc32(raw[0:1] + body) & 0xFFFFFFFF:
            return kind, body.decode()
    except (ValueError, UnicodeError):
        pass
    return Damaged(kind)


class RecordFile:
    """One such file. Not two writers, and not two `RecordFile`s on it."""

    def __init__(self, path):
        self.path = path
        try:
            os.remove(path + ".new")  # a rewrite that the power cut
        except OSError:
            pass
        try:
            self._file = open(path, "r+b")
        except OSError:
            open(path, "wb").close()
            self._file = open(path, "r+b")
        self._end = self._file.seek(0, 2)
        self._whole = True

    @property
    def size(self):
        return self._end

    def records(self):
        """Every line in order, as (offset, (kind, body) or `Damaged`)."""
        at = 0
        while at < self._end:
            self._file.seek(at)
            raw = self._file.readline()
            if not raw:
                return
            self._whole = raw[-1:] == b"\n"
            yield at, read_line(raw)
            at += len(raw)

    def read(self, offset):
        """The record at an offset, or `Damaged`."""
        self._file.seek(offset)
        return read_line(self._file.readline())

    def append(self, kind, body, sync=True):
        """Writes one record, on the disk when this returns (with `sync`); returns its offset.

        Raises `OSError` when the disk takes no more: then the record is not kept.
        """
        raw = line(kind, body)
        if not self._whole:
            raw = b"\n" + raw
        self._file.seek(self._end)
        try:
            written = self._file.write(raw)
            if written != len(raw):
                raise OSError(28)
            if sync:
                self._file.flush()
        except OSError as error:
            self._whole = False
            self._end = self._file.seek(0, 2)
            raise error
        offset = self._end + (not self._whole)
        self._whole = True
        self._end += len(raw)
        return offset

    def rewrite(self, lines):
        """Replaces the file by these lines, all or nothing. Raises `OSError`: then the old file stays."""
        new = self.path + ".new"
        file = open(new, "wb")
        try:
            for raw in lines:
                if file.write(raw) != len(raw):
                    raise OSError(28)
            file.flush()
        finally:
            file.close()
        self._file.close()
        try:
            os.rename(new, self.path)
        finally:
            self._file = open(self.path, "r+b")
            self._end = self._file.seek(0, 2)
            self._whole = True

    def close(self):
        self._file.close()
