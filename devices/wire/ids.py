"""Ids made by devices: time-ordered, so that files and logs sort by them, and random enough to meet nowhere."""

import secrets
import time


def new_id() -> str:
    """22 characters of 0-9 and a-f: milliseconds since 1970, then 40 random bits."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(5)}"
