"""`invited`, the calendar invite server: mail in an invite, send it to anybody, count the answers."""

import zoneinfo

# Time zones come from the pinned `tzdata` package, never from the system, whose data may be years old.
zoneinfo.reset_tzpath(to=())
