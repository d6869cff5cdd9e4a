"""Fuzz one target for some time, led by what code is reached (atheris): `make fuzz`, or `python -m tests.fuzz list 60`.

Without a target, each has its turn in a process of its own. What does harm is left in `fuzz-findings/` and ends the run
of its target with status 1: a crash, an input that takes longer than SLOW seconds, or a process beyond MEMORY MB. The
examples found on the way are kept in `.fuzz/`, so that the next run begins where this one ended.
"""

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import structlog

SLOW = 20
MEMORY = 1_500

LOOKED_INTO = ["invited", "aiosmtpd", "flufl"]
"""The packages whose code it tries to reach all of."""

FOUND, FINDINGS = Path(".fuzz"), Path("fuzz-findings")


def main(words):
    if words and not words[0].isdecimal():
        fuzz(words[0], int(words[1]) if len(words) > 1 else 600)
        return
    seconds = words[0] if words else "600"
    from tests.fuzz.targets import TARGETS

    failed = {name for name in TARGETS if _has_failed(name, seconds)}
    print("\n".join(f"{name}: {'HARM FOUND' if name in failed else 'no harm'}" for name in TARGETS))
    sys.exit(bool(failed))


def _has_failed(name, seconds):
    return subprocess.run([sys.executable, "-m", "tests.fuzz", name, seconds], check=False).returncode != 0


def fuzz(name, seconds):
    """Never returns: the fuzzer ends the process."""
    import atheris

    # It tells of every module that it has looked into.
    with contextlib.redirect_stderr(io.StringIO()), atheris.instrument_imports(include=LOOKED_INTO):
        from tests.fuzz.targets import TARGETS
    structlog.configure(processors=[_drop])
    target = TARGETS[name]
    here, seeds = FOUND / name, FOUND / f"{name}-seeds"
    for folder in (here, seeds, FINDINGS):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (seeds / f"{number:04}").write_bytes(seed)
    words = FOUND / f"{name}.dict"
    words.write_text("".join(f'"{_escaped(word[:64])}"\n' for word in target.words))
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOW}",
        f"-rss_limit_mb={MEMORY}",
        f"-max_len={target.longest}",
        f"-dict={words}",
        f"-artifact_prefix={FINDINGS}/{name}-",
        "-print_final_stats=1",
        "-len_control=0",
        "-verbosity=0",
    ]
    atheris.Setup([name, *options, str(here), str(seeds)], target.holds)
    atheris.Fuzz()


def _drop(*_):
    raise structlog.DropEvent


def _escaped(word):
    return "".join(f"\\x{octet:02x}" for octet in word)


if __name__ == "__main__":
    main(sys.argv[1:])
