"""How fast things are, measured against what they would be without us; `make bench-…` runs them one by one."""
