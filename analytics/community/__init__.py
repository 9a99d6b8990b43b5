"""What packages, people and organisations learn of the runs of packages."""
