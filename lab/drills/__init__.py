"""`make drills`: faults that are really made, and what became of each mail and each event.

A drill is a file in `faults/`: what it does is its docstring's first line, and `run` does it.
"""
