"""The S3 bucket: octets by key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from invited.engines.aws.calls import call, code_of


class Objects:
    """The bucket `name`, by a boto3 client of S3. It encrypts by itself and its objects go by its life cycle."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def put(self, key: str, octets: bytes) -> None:
        """Keep an object; raises Temporary."""
        call(self._client.put_object, Bucket=self._name, Key=key, Body=octets)

    def get(self, key: str) -> bytes:
        """An object; raises KeyError where there is none, or Temporary."""
        octets: bytes = self._asked(self._client.get_object, key)["Body"].read()
        return octets

    def size(self, key: str) -> int:
        """The octets of an object; raises KeyError where there is none, or Temporary."""
        return int(self._asked(self._client.head_object, key)["ContentLength"])

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
