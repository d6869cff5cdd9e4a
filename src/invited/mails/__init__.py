"""The mails that people read: their templates, what those are given, and how a domain has its own."""
