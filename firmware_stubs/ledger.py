"""The command ledger: what became of each command, so that none is run twice, through a cut of the power too.

On the disk: `F fence`, and `R id state at facts` for every step. Judged in this order: a known id gets its stored
result, even past its deadline; a fence below the highest seen is `rejected`; past its deadline it is `expired`.
"""

from records import Damaged, RecordFile, line

STALE_FENCE = '{"code":"stale-fence","fence":%d}'


class Ledger:
    """The last `kept` commands. `interrupted` are the ids that were running when the power went: now `unknown`."""

    def __init__(self, path, kept=60, most=32768):
        self._kept = kept
        self._most = most
        self._file = RecordFile(path)
        self._results = {}
        self._order = []
        self.fence = 0
        self.damaged = 0
        for _, found in self._file.records():
            if isinstance(found, Damaged):
                self.damaged += 1
            elif found[0] == "F":
                self.fence = int(found[1])
            elif found[0] == "R":
                id_, state, at, facts = found[1].split(" ", 3)
                self._remember(id_, (state, at, facts))
        self.interrupted = [id_ for id_ in self._order if self._results[id_][0] == "running"]
        for id_ in self.interrupted:
            self.record(id_, "unknown", self._results[id_][1], '{"code":"interrupted"}')
        if self.damaged:
            self._rewrite()

    def judge(self, id_, fence, deadline, now, written):
        """The settled (state, at, facts) of a command, or None when it is to be run. `written` writes a time."""
        known = self._results.get(id_)
        if known is not None:
            return known
        if fence < self.fence:
            # Not stored: a newer hub may send the same id under its own fence.
            return "rejected", written(now), STALE_FENCE % self.fence
        if fence > self.fence:
            self._file.append("F", str(fence))
            self.fence = fence
        if now > deadline:
            return self.record(id_, "expired", written(now), "{}")
        return None

    def result(self, id_):
        return self._results.get(id_)

    def record(self, id_, state, at, facts):
        """Stores how far a command is, durably, and returns it. `running` comes before anything moves.

        Raises `OSError` when the disk takes no more: then nothing may move.
        """
        self._file.append("R", "%s %s %s %s" % (id_, state, at, facts))
        self._remember(id_, (state, at, facts))
        if self._file.size > self._most:
            self._rewrite()
        return self._results[id_]

    def close(self):
        self._file.close()

    def _remember(self, id_, result):
        if id_ not in self._results:
            self._order.append(id_)
        self._results[id_] = result
        while len(self._order) > self._kept:
            del self._results[self._order.pop(0)]

    def _rewrite(self):
        def lines():
            yield line("F", str(self.fence))
            for id_ in self._order:
                yield line("R", "%s %s %s %s" % ((id_,) + self._results[id_]))

        self._file.rewrite(lines())
