"""What the house is about: events, invitations, receipts. Pure rules: no I/O, no clock, no logging."""
