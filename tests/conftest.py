"""What holds for every test: no deadline on shared machines, nothing of the caller's hub settings."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("hall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hall")

for _name in [name for name in os.environ if name.startswith("HALLHUB_") and name != "HALLHUB_EMUPOS"]:
    del os.environ[_name]
