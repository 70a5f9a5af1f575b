"""One MQTT 3.1.1 connection that never holds the board up.

The socket does not block: `service` takes what has come, sends what it can, and returns. Every wait has an end (TCP
and TLS, CONNACK, SUBACK, PUBACK, PINGRESP), and a broker that lets one pass counts as down. Then the next connection
is made by itself, after a growing and jittered pause, and subscribed again. Only the look-up of a name can block (a
board with an address instead of a name has none), and the arithmetic of a TLS handshake.

QoS 0 and 1; clean sessions; packets of at most `RX_BYTES` in, longer ones are counted and skipped.
"""

import random
import select
import socket
import struct
from binascii import a2b_base64

RX_BYTES = 4096
TX_BYTES = 4096
IN_FLIGHT = 8
ANSWER_MS = 5000
KEEPALIVE_S = 15
PAUSE_FIRST_MS = 200
PAUSE_MOST_MS = 5000
SETTLED_MS = 5000
_LONGEST_HEAD = 512  # of a publication: its topic and packet id
_IN_PROGRESS = (115, 119, 11, 112)  # EINPROGRESS, of lwIP, EAGAIN, EHOSTDOWN of some ports while they still try

_CLOSED, _CONNECTING, _GREETING, _SUBSCRIBING, UP = 0, 1, 2, 3, 4


class LinkDown(Exception):
    """Never leaves this file."""


class Broker:
    """Where the broker is. `tls`: a file with the authority's certificate (PEM or DER), None for plain TCP."""

    def __init__(self, host, port, user=None, password=None, tls=None):
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.tls = tls


class MqttLink:
    """`will` gives (topic, payload) anew for every connection; `filters` are (topic, QoS).

    `on_message(topic, payload)` gets text and bytes, and PUBACK leaves after it; `on_up()`, `on_down()`,
    `on_puback(pid)`.
    """

    def __init__(self, broker, client_id, filters, will, monotonic):
        self._broker = broker
        self._client_id = client_id
        self._filters = filters
        self._will = will
        self._ms = monotonic.ms
        self.on_message = self.on_up = self.on_down = self.on_puback = None
        self.state = _CLOSED
        self.why = "not connected yet"
        self.connections = 0
        self.oversized = 0
        self._poller = select.poll()
        self._sock = None
        self._raw = None
        self._address = None
        self._rx = bytearray(RX_BYTES)
        self._rx_view = memoryview(self._rx)
        self._rx_end = 0
        self._skip = 0
        self._tx = bytearray(TX_BYTES)
        self._tx_view = memoryview(self._tx)
        self._tx_end = 0
        self._pid = 0
        self._in_flight = {}
        self._until = 0
        self._again_at = 0
        self._attempt = 0
        self._up_since = 0
        self._heard = self._spoke = self._pinged = 0

    # -- what a session uses ------------------------------------------------------------------------------------------

    @property
    def is_up(self):
        return self.state == UP

    def has_room(self, size):
        """Whether a QoS 1 publication with `size` bytes of topic and payload would be taken now."""
        return self.state == UP and len(self._in_flight) < IN_FLIGHT and self._tx_end + size + 16 <= TX_BYTES

    def publish(self, topic, payload, qos=1, retain=False):
        """Hands a packet to the socket's queue; returns its packet id (0 for QoS 0), or None when there is no room."""
        topic = topic.encode()
        if self.state != UP or self._tx_end + len(topic) + len(payload) + 16 > TX_BYTES:
            return None
        pid = 0
        if qos:
            if len(self._in_flight) >= IN_FLIGHT:
                return None
            pid = self._next_pid()
            self._in_flight[pid] = self._ms() + ANSWER_MS
        self._send(
            0x30 | qos << 1 | (1 if retain else 0), _text(topic), struct.pack("!H", pid) if qos else b"", payload
        )
        return pid

    def register(self, stream):
        """A key press on `stream` ends the wait of `service` as well."""
        self._poller.register(stream, select.POLLIN)

    def unregister(self, stream):
        self._poller.unregister(stream)

    def service(self, wait_ms):
        """One round; it waits at most `wait_ms` for something to happen."""
        try:
            if self.state == _CLOSED:
                if self._ms() >= self._again_at:
                    self._open()
            elif not self._turn():
                self._wait(wait_ms)
                self._turn()
                return
            else:
                wait_ms = 0
        except (LinkDown, OSError, ValueError) as error:
            # ValueError is what a TLS object of a broken handshake says.
            self._close(str(error) or repr(error))
        self._wait(wait_ms)

    def drop(self, why):
        """Gives the connection up without a word; the next one comes by itself."""
        if self.state != _CLOSED:
            self._close(why)

    # -- the connection -----------------------------------------------------------------------------------------------

    def _open(self):
        broker = self._broker
        self._rx_end = self._tx_end = self._skip = 0
        self._in_flight.clear()
        self._until = self._ms() + ANSWER_MS
        self.state = _CONNECTING
        self.connections += 1
        if self._address is None or self._attempt % 4 == 3:
            self._address = socket.getaddrinfo(broker.host, broker.port, 0, socket.SOCK_STREAM)[0][-1]
        self._sock = self._raw = socket.socket()
        self._raw.setblocking(False)
        try:
            self._raw.setsockopt(
                6, 1, 1
            )  # TCP_NODELAY: the second small packet would wait 40 ms for the first one's ACK
        except OSError:
            pass
        try:
            self._raw.connect(self._address)
        except OSError as error:
            if error.errno not in _IN_PROGRESS:
                raise
        self._poller.register(self._raw, select.POLLIN | select.POLLOUT)
        topic, payload = self._will()
        flags = 0x02 | 0x04 | 0x08 | 0x20  # clean session, a will of QoS 1 that is retained
        parts = [_text(self._client_id.encode()), _text(topic.encode()), _text(payload)]
        if broker.user is not None:
            flags |= 0x80
            parts.append(_text(broker.user.encode()))
        if broker.password is not None:
            flags |= 0x40
            parts.append(_text(broker.password.encode()))
        self._send(0x10, b"\0\4MQTT\4" + struct.pack("!BH", flags, KEEPALIVE_S), *parts)

    def _connected(self):
        """TCP stands: TLS on top, if it is asked for, shakes hands with the first bytes."""
        self._poller.unregister(self._raw)
        if self._broker.tls is not None:
            import ssl

            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=_certificate(self._broker.tls))
            self._sock = context.wrap_socket(
                self._raw, server_hostname=self._broker.host, do_handshake_on_connect=False
            )
        self._poller.register(self._sock, select.POLLIN)
        self.state = _GREETING
        self._until = self._ms() + ANSWER_MS

    def _close(self, why):
        was = self.state
        self.state, self.why = _CLOSED, why
        for sock in (self._sock, self._raw):
            if sock is not None:
                try:
                    self._poller.unregister(sock)
                except (OSError, KeyError, ValueError):
                    pass
                try:
                    sock.close()
                except OSError:
                    pass
        self._sock = self._raw = None
        if was == UP and self._ms() - self._up_since > SETTLED_MS:
            self._attempt = 0
        pause = min(PAUSE_MOST_MS, PAUSE_FIRST_MS << min(self._attempt, 5))
        self._attempt += 1
        self._again_at = self._ms() + pause // 2 + random.getrandbits(16) * (pause // 2) // 65536
        if was == UP and self.on_down:
            self.on_down()

    def _wait(self, wait_ms):
        if self._sock is not None and self.state != _CONNECTING:
            self._poller.modify(self._sock, select.POLLIN | (select.POLLOUT if self._tx_end else 0))
        for _ in self._poller.ipoll(wait_ms):
            pass

    def _turn(self):
        """Reads, answers, writes, and looks at the clock; returns whether anything moved."""
        if self.state == _CLOSED:
            return False
        now = self._ms()
        if self.state == _CONNECTING:
            ready = 0
            for sock, what in self._poller.ipoll(0):
                if sock is self._raw:
                    ready = what
            if ready & (select.POLLERR | select.POLLHUP):
                raise LinkDown("nobody listens there")
            if not ready & select.POLLOUT:
                if now > self._until:
                    raise LinkDown("no connection in time")
                return False
            self._connected()
        moved = self._write()
        moved = self._read() or moved
        self._check_time(now)
        return moved

    def _write(self):
        if not self._tx_end:
            return False
        sent = self._sock.write(self._tx_view[: self._tx_end])
        if not sent:
            return False
        rest = self._tx_end - sent
        if rest:
            self._tx[:rest] = self._tx_view[sent : self._tx_end]
        self._tx_end = rest
        return True

    def _read(self):
        got = self._sock.readinto(self._rx_view[self._rx_end :])
        if got is None:
            return False
        if not got:
            raise LinkDown("the broker closed the connection")
        self._heard = self._ms()
        self._rx_end += got
        at = 0
        while self.state != _CLOSED:
            if self._skip:
                skipped = min(self._skip, self._rx_end - at)
                self._skip -= skipped
                at += skipped
            frame = self._frame(at)
            if frame is None:
                break
            length, start = frame
            if start + length > self._rx_end:
                if start - at + length > RX_BYTES and self._rx_end - at >= _LONGEST_HEAD:
                    self.oversized += 1
                    self._pass_over(at, start)
                    self._skip = start + length - at
                    continue
                break
            self._take(self._rx[at], start, start + length)
            at = start + length
        if at:
            rest = self._rx_end - at
            if rest:
                self._rx[:rest] = self._rx_view[at : self._rx_end]
            self._rx_end = rest
        return True

    def _frame(self, at):
        """(length, start of the body) of the packet at `at`, or None while its head is incomplete."""
        length = shift = 0
        start = at + 1
        while start < self._rx_end:
            byte = self._rx[start]
            length |= (byte & 0x7F) << shift
            start += 1
            if not byte & 0x80:
                return length, start
            shift += 7
            if shift > 21:
                raise LinkDown("no MQTT")
        return None

    def _pass_over(self, at, start):
        # A QoS 1 message that is too long is acknowledged all the same, else the broker sends it again for ever.
        if self._rx[at] & 0xF6 == 0x32 and start + 2 <= self._rx_end:
            pid_at = start + 2 + (self._rx[start] << 8 | self._rx[start + 1])
            if pid_at + 2 <= self._rx_end:
                self._send(0x40, bytes(self._rx_view[pid_at : pid_at + 2]))

    def _take(self, head, start, end):
        kind = head & 0xF0
        rx = self._rx_view
        if kind == 0x30:
            if self.state != UP:
                raise LinkDown("a message before the subscription")
            at = start + 2 + (rx[start] << 8 | rx[start + 1])
            topic = str(rx[start + 2 : at], "utf-8")
            pid = None
            if head & 0x06:
                pid = bytes(rx[at : at + 2])
                at += 2
            if at > end:
                raise LinkDown("no MQTT")
            self.on_message(topic, bytes(rx[at:end]))
            if pid is not None and self.state == UP:
                self._send(0x40, pid)
        elif kind == 0x40:
            pid = rx[start] << 8 | rx[start + 1]
            if self._in_flight.pop(pid, None) is not None:
                self.on_puback(pid)
        elif kind == 0x20:
            if rx[start + 1]:
                raise LinkDown("refused with code %d" % rx[start + 1])
            self._subscribe()
        elif kind == 0x90:
            for at in range(start + 2, end):
                if rx[at] & 0x80:
                    raise LinkDown("subscription %d refused" % (at - start - 2))
            if self.state == _SUBSCRIBING:
                self.state = UP
                self._up_since = self._ms()
                self.why = ""
                self.on_up()
        elif kind == 0xD0:
            self._pinged = 0

    def _subscribe(self):
        self.state = _SUBSCRIBING
        self._until = self._ms() + ANSWER_MS
        parts = [struct.pack("!H", self._next_pid())]
        for topic, qos in self._filters:
            parts.append(_text(topic.encode()))
            parts.append(bytes((qos,)))
        self._send(0x82, *parts)

    def _check_time(self, now):
        if self.state != UP:
            if now > self._until:
                raise LinkDown("no answer in time")
            return
        for until in self._in_flight.values():
            if now > until:
                raise LinkDown("no PUBACK in time")
        if self._pinged:
            if now - self._pinged > ANSWER_MS:
                raise LinkDown("no PINGRESP in time")
        elif now - self._heard > KEEPALIVE_S * 500 or now - self._spoke > KEEPALIVE_S * 500:
            self._pinged = now
            self._send(0xC0)

    def _send(self, head, *parts):
        length = 0
        for part in parts:
            length += len(part)
        tx, at = self._tx, self._tx_end
        if at + length + 5 > TX_BYTES:
            raise LinkDown("the broker does not read")
        tx[at] = head
        at += 1
        rest = length
        while True:
            tx[at] = rest & 0x7F | (0x80 if rest > 0x7F else 0)
            at += 1
            rest >>= 7
            if not rest:
                break
        for part in parts:
            tx[at : at + len(part)] = part
            at += len(part)
        self._tx_end = at
        self._spoke = self._ms()

    def _next_pid(self):
        while True:
            self._pid = self._pid % 65535 + 1
            if self._pid not in self._in_flight:
                return self._pid


def _text(encoded):
    return struct.pack("!H", len(encoded)) + encoded


def _certificate(path):
    """The first certificate of a file as DER: some ports of mbedTLS are built without PEM."""
    with open(path, "rb") as file:
        raw = file.read()
    begins = raw.find(b"-----BEGIN CERTIFICATE-----")
    if begins < 0:
        return raw
    return a2b_base64(raw[begins + 27 : raw.find(b"-----END", begins)])
