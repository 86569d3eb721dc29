"""The laboratory: stand-ins of the outside world, and the experiments made with them.

The sandbox plays the providers and DNS; the demo, the benchmark, the drills and the fuzzer use it.
This package may import `dev`, and `dev` never imports this one.
"""
