"""Much work, one module each, whose docstring says what; `run(world)` does it."""
