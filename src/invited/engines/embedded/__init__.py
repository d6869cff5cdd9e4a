"""One machine: SQLite, SMTP in and out, nothing else to install."""
