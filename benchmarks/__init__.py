"""What the hub reaches, measured beside its floors (``python -m benchmarks``), and its parts by themselves."""
