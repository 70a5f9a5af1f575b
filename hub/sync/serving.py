"""What the hub serves to an online hall that can reach in, put together: the resources behind the signatures."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager

from starlette.routing import Mount, Router

from hub.core.epoch import epoch_path, load_epoch
from hub.core.hub import Hub
from hub.log.key_reader import KeyReader
from hub.log.names import EVENTS
from hub.log.sqlite_reader import SqliteLogReader
from hub.settings import SyncSettings
from hub.sync.allowed import ALLOWED
from hub.sync.credentials import Credentials, guarded
from hub.sync.egress import Egress
from hub.sync.protocol import ROOT
from hub.sync.served import Served
from hub.views.masks import masked_name


class NoSigningKey(ValueError):
    """Nothing is served to who cannot prove who they are."""


@contextmanager
def serving(hub: Hub, settings: SyncSettings, hall: str) -> Generator[Mount]:
    """The mount at ``/sync/v1``. Raises ``NoSigningKey``, and ``ValueError`` for an epoch that cannot be read."""
    credentials = Credentials.of(settings, hub.paths.log)
    if not credentials.signing:
        raise NoSigningKey(
            "[sync] serve = true 需要签名密钥：hallhub sync keys new。 "
            "[sync] serve = true needs a signing key: hallhub sync keys new."
        )
    epoch = load_epoch(epoch_path(hub.paths.log))
    with closing(SqliteLogReader(hub.paths.log)) as reader, closing(KeyReader(hub.paths.keys)) as keys:
        gate = Egress(EVENTS, ALLOWED, keys.clear, masked_name)
        served = Served(hub, settings.hall or hall, epoch, reader, gate)
        yield Mount(ROOT, app=guarded(Router(served.routes()), credentials))
