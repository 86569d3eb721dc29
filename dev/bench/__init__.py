"""What the benchmark measures, and the data that it measures on."""
