"""Where a process begins. An entry point only translates."""
