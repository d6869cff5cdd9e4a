"""Lists of people as others keep them: bytes in, addresses and names out, in constant memory; no I/O, pure."""
