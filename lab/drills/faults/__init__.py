"""The faults, one a file. `run(world)` makes it and returns the `Outcome`."""
