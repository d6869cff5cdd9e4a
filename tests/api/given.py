"""What the API's tests agree on."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = b"0123456789abcdef"
OWNER = "owner@club.example"
OTHER = "other@club.example"
