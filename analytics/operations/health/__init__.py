"""Whether systems answer, keep what is promised, and have room: probes, objectives and gauges."""
