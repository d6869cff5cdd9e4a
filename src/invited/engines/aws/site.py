"""The apps' files, as they come with the code, in the bucket that CloudFront serves."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FOREVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"


def files(built: Path) -> Iterator[tuple[str, Path]]:
    """What stands in the bucket: (key, file). The apps' pages do not, since the application gives each a nonce."""
    for app in ("app", "admin"):
        for file in sorted((built / app / "assets").rglob("*")):
            if file.is_file():
                yield file.relative_to(built).as_posix(), file
    yield "button.js", built / "button" / "button.js"


def publish(s3: Any, bucket: str, built: Path) -> int:
    """Put the files into the bucket, by a boto3 client of S3; how many.

    Those of earlier versions stay: whoever has an earlier page open still loads them.
    """
    told = list(files(built))
    for key, file in told:
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=file.read_bytes(),
            ContentType=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
            CacheControl=_FOREVER if "/assets/" in key else _AN_HOUR,
        )
    return len(told)


def clear(s3: Any, bucket: str) -> None:
    """Take all files away, since a bucket that is not empty cannot be deleted."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        if keys := [{"Key": told["Key"]} for told in page.get("Contents", [])]:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
