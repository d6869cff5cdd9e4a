"""The worlds that the pipelines can run in."""
