"""The documented HTTP API under ``/api/v1``, and what kiosk pages post."""
