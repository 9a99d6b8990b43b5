"""What metrics are computed from: one file a kind of rollup, each mergeable and cut by periods."""
