"""`python -m invited` is `invited`."""

from invited.cli import main

main()
