"""Where each value of a TOML text stands: ``tomllib`` reads values but tells no lines.

The text must be one that ``tomllib`` has read; this scanner only has to find its way through valid TOML.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping


def line_numbers(text: str) -> Mapping[str, int]:
    """Path (``windows[3].floor``, lists from 0) to line (from 1) of every key, table and list member."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def line_of(lines: Mapping[str, int], path: str) -> int | None:
    """The line of the path, or of the nearest thing around it that is written down (a field may be missing)."""
    while path:
        if path in lines:
            return lines[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return None


def join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[str, int] = {}
        # tomllib reads \r\n as \n.
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._starts = [0, *(n + 1 for n, char in enumerate(self._text) if char == "\n")]
        self._tables: dict[str, int] = {}

    def document(self) -> None:
        prefix = ""
        while self._skip():
            if self._peek("[["):
                prefix = self._header(2)
            elif self._peek("["):
                prefix = self._header(1)
            else:
                self._pair(prefix)

    def _header(self, brackets: int) -> str:
        start = self._at
        self._at += brackets
        parts = self._key()
        self._at += brackets
        path = ""
        for n, part in enumerate(parts):
            path = join(path, part)
            if brackets == 2 and n == len(parts) - 1:
                self._tables[path] = self._tables.get(path, -1) + 1
                self._mark(path, start)
            if path in self._tables:
                path = f"{path}[{self._tables[path]}]"
            self._mark(path, start)
        return path

    def _pair(self, prefix: str) -> None:
        start = self._at
        path = prefix
        for part in self._key():
            path = join(path, part)
            self._mark(path, start)
        self._at += 1  # "="
        self._space()
        self._value(path)

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._space()
            char = self._text[self._at]
            if char in "\"'":
                parts.append(self._string())
            else:
                start = self._at
                while self._text[self._at] not in " \t.=]":
                    self._at += 1
                parts.append(self._text[start : self._at])
            self._space()
            if not self._peek("."):
                return parts
            self._at += 1

    def _value(self, path: str) -> None:
        char = self._text[self._at]
        if char in "\"'":
            self._string()
        elif char == "[":
            self._members("]", path)
        elif char == "{":
            self._members("}", path)
        else:
            while self._at < len(self._text) and self._text[self._at] not in ",]}#\n":
                self._at += 1

    def _members(self, closing: str, path: str) -> None:
        self._at += 1
        count = 0
        while self._skip() and not self._peek(closing):
            if self._peek(","):
                self._at += 1
            elif closing == "}":
                self._pair(path)
            else:
                member = f"{path}[{count}]"
                self._mark(member, self._at)
                self._value(member)
                count += 1
        self._at += 1

    def _string(self) -> str:
        """Step over a string; its content is only meaningful for keys, where escapes are rare and kept as written."""
        quote = self._text[self._at]
        fence = quote * 3 if self._peek(quote * 3) else quote
        self._at += len(fence)
        start = self._at
        while not self._peek(fence):
            self._at += 2 if quote == '"' and self._text[self._at] == "\\" else 1
        end = self._at
        self._at += len(fence)
        if len(fence) == 3:
            # Up to two quotes may stand right before the fence.
            while self._peek(quote):
                self._at += 1
        return self._text[start:end]

    def _skip(self) -> bool:
        """Past blanks, line ends and comments; False at the end of the text."""
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif self._text[self._at] in " \t\n":
                self._at += 1
            else:
                return True
        return False

    def _space(self) -> None:
        while self._at < len(self._text) and self._text[self._at] in " \t":
            self._at += 1

    def _peek(self, what: str) -> bool:
        return self._text.startswith(what, self._at)

    def _mark(self, path: str, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self._starts, at))
