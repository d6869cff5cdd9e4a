"""The operator's commands, a file for each group; `cli.py` puts them together."""
