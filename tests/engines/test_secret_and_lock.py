"""What is made once per data folder: its secret, and the server that holds it."""

import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from invited.domain.errors import Refused
from invited.engines import open_engine
from invited.engines.embedded.lock import hold
from invited.engines.embedded.secret import kept
from invited.settings import Settings


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "secret"
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: kept(path), range(32)))
    assert len(secrets) == 1
    assert len(secrets.pop()) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_secret_is_refused(tmp_path):
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(Refused, match="5 bytes instead of 32"):
        kept(tmp_path / "secret")


def test_the_engine_keeps_its_secret_in_a_folder_of_its_own(settings):
    with open_engine(settings) as engine:
        secret = engine.ports.secret
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700
    with open_engine(settings) as engine:
        assert engine.ports.secret == secret


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(Refused, match="cannot be made"):
            open_engine(Settings(domain="invites.example", data_dir=path))


def test_an_engine_that_does_not_open_leaves_nothing_open(settings):
    with open_engine(settings):
        pass
    (settings.data_dir / "lab.db").write_bytes(b"This is not a database. " * 100)
    with pytest.raises(Refused, match=r"lab\.db cannot be used"):
        open_engine(settings)


def test_memory_touches_no_disk(settings):
    with open_engine(settings, memory=True):
        assert not settings.data_dir.exists()


def test_a_folder_that_cannot_be_written_to_is_refused(settings):
    (settings.data_dir / "serve.lock").mkdir(parents=True)  # what even root cannot open for writing
    with pytest.raises(Refused, match="cannot be written to"), hold(settings.data_dir):
        pass


HOLDER = """
import pathlib, sys
from invited.engines.embedded.lock import hold
with hold(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_server_is_told_the_first_ones_process(settings):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(settings.data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Refused, match=f"process {holder.pid}"), hold(settings.data_dir):
            pass
        holder.send_signal(signal.SIGKILL)
    for _ in range(2):
        with hold(settings.data_dir) as descriptor:
            assert os.fstat(descriptor).st_size == len(str(os.getpid()))
