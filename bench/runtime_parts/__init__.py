"""Parts of bench/runtime.py; each `*_run.py` is a process of its own."""
