"""The wire: RFC 5545, 5546, 6047, 3464. Bytes in, domain objects out, and back; no I/O."""
