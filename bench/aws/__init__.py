"""What the system costs on AWS: real pipelines on an emulator, every request counted and priced."""
