"""A power cut, played at the level of files: what a process wrote is taken down by strace, and put together again as a
disk may have it afterwards.

What was written before a file's last fsync is there. What came later is there, is not, or is there in part, each write
by itself, in whatever order. The names of files are taken to be durable at once.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

CALLS = "openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,link"
SECTOR = 512

_CALL = re.compile(r"([0-9.]+) (\w+)\((.*)\) += ([0-9]+)(?:<.*>)?$")
_HEX = r"((?:\\x[0-9a-f]{2})*)"
_WRITE = re.compile(rf'(\d+)<{_HEX}>, "{_HEX}", \d+(?:, (\d+))?')
_SYNC = re.compile(rf"\d+<{_HEX}>$")
_CUT = re.compile(rf"\d+<{_HEX}>, (\d+)$")
_NAMES = re.compile(rf'"{_HEX}"')


@dataclass(frozen=True)
class Step:
    """One call: `what` is write, sync, cut, link, unlink or told; `octets` at `offset`, or the other name of a link."""

    what: str
    path: str
    octets: bytes = b""
    offset: int = 0


def taken_down(command, folder, traces):
    """What `command` did to the files in `folder`, and what it told (on standard output), in order."""
    prefix = traces / "trace"
    words = ["strace", "-ff", "-ttt", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(prefix), *command]
    subprocess.run(words, check=True, stdout=subprocess.PIPE, timeout=120)
    found = []
    for trace in traces.iterdir():
        calls = filter(None, map(_CALL.match, trace.read_text().splitlines()))
        found += [(float(call[1]), _step(call[2], call[3], str(folder))) for call in calls]
    return [step for _, step in sorted(found, key=lambda timed: timed[0]) if step]


def _step(name, arguments, folder):
    if name in ("write", "pwrite64"):
        written = _WRITE.match(arguments)
        path, octets = _octets(written[2]).decode(), _octets(written[3])
        if written[1] == "1":
            return Step("told", "", octets)
        step = Step("write", path, octets, int(written[4]) if written[4] else -1)
    elif name in ("fsync", "fdatasync"):
        step = Step("sync", _octets(_SYNC.match(arguments)[1]).decode())
    elif name == "ftruncate":
        cut = _CUT.match(arguments)
        step = Step("cut", _octets(cut[1]).decode(), b"", int(cut[2]))
    elif name in ("unlink", "link"):
        names = [_octets(found) for found in _NAMES.findall(arguments)]
        step = Step(name, names[0].decode(), names[-1])
    else:
        return None
    return step if step.path.startswith(folder) else None


def _octets(escaped):
    return bytes.fromhex(escaped.replace("\\x", ""))


def after_a_cut(steps, chance, target, folder):
    """Write into `target` what is on the disk of `folder` after `steps`, as `chance` has it."""
    safe = {step.path: number for number, step in enumerate(steps) if step.what == "sync"}
    last = {step.path: number for number, step in enumerate(steps)}
    files, gone = {}, set()
    for number, step in enumerate(steps):
        content = files.setdefault(step.path, bytearray()) if step.path else None
        is_safe = number < safe.get(step.path, -1)
        if step.what == "write":
            _write(content, step, is_safe or chance.random() < 0.5, chance)
        elif step.what == "cut" and (is_safe or chance.random() < 0.5):
            del content[step.offset :]
            content.extend(bytes(step.offset - len(content)))
        elif step.what == "link":
            files[step.octets.decode()] = content
        # What is written to a name afterwards is another file.
        elif step.what == "unlink" and (last[step.path] > number or chance.random() < 0.5):
            files[step.path] = bytearray()
            gone.add(step.path)
        if step.what == "write":
            gone.discard(step.path)
    for path, content in files.items():
        if path and path not in gone and not Path(path).is_dir():
            (target / Path(path).relative_to(folder)).write_bytes(content)


def _write(content, step, is_kept, chance):
    offset = len(content) if step.offset < 0 else step.offset
    octets = step.octets
    if not is_kept:
        # Of a write that was not waited for, some of the first sectors may be there.
        octets = octets[: chance.randrange(0, len(octets) + 1) // SECTOR * SECTOR]
    if octets:
        content.extend(bytes(max(0, offset - len(content))))
        content[offset : offset + len(octets)] = octets
