"""The S3 bucket: octets by key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from invited.domain.errors import Aside
from invited.engines.aws.calls import call, code_of


class Objects:
    """The bucket `name`, by a boto3 client of S3. It encrypts by itself and its objects go by its life cycle."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def put(self, key: str, octets: bytes) -> None:
        """Keep an object; raises Temporary."""
        call(self._client.put_object, Bucket=self._name, Key=key, Body=octets)

    def get(self, key: str, most: int | None = None) -> bytes:
        """An object; raises KeyError where there is none, Aside where it has more than `most` octets, or Temporary."""
        found = self._asked(self._client.get_object, key)
        if most is not None and found["ContentLength"] > most:
            found["Body"].close()
            raise Aside(f"a mail of {found['ContentLength']} octets")
        octets: bytes = found["Body"].read()
        return octets

    def listed(self, prefix: str, most: int) -> list[tuple[str, int, str]]:
        """(key, octets, a mark of the content) of the first objects below a prefix, 1,000 at most; raises Temporary."""
        told = call(self._client.list_objects_v2, Bucket=self._name, Prefix=prefix, MaxKeys=most)
        return [(found["Key"], int(found["Size"]), str(found["ETag"])) for found in told.get("Contents", [])]

    def _asked(self, operation: Callable[..., Any], key: str) -> Any:
        try:
            return call(operation, Bucket=self._name, Key=key)
        except ClientError as error:
            if code_of(error) in ("NoSuchKey", "404"):
                raise KeyError(key) from None
            raise
