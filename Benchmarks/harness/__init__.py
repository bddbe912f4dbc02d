"""The parts of the measurements: data, rules, peers, running, reporting."""
