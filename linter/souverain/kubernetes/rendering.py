"""Runs a renderer as a child process that can fetch nothing, call nothing and not run away.

A renderer only ever sees copies in a temporary directory. It gets an environment of its own:
an empty directory as home, cache and PATH, no cluster, and a proxy that leads nowhere should
it try to reach a network all the same. Time, output and (where the system allows it) memory
are limited.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread, Timer
from typing import IO, TYPE_CHECKING, Final, TypeVar

from souverain.model import Phrase
from souverain.records import dataclass
from souverain.regex import regex

if TYPE_CHECKING:
    from souverain.catalog.kinds import KindTable

S = TypeVar("S")
T = TypeVar("T")

MEGABYTE: Final = 1 << 20
MAX_OUTPUT: Final = 64 * MEGABYTE
MAX_MESSAGE: Final = 64 << 10
MAX_MEMORY: Final = 2048 * MEGABYTE
TIMEOUT: Final = 60
"""Seconds for one rendering; a large chart takes less than one."""

_NOWHERE: Final = "http://127.0.0.1:1"
_CONTROL = regex(r"\x1b\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True, eq=False)
class RenderOptions:
    """What is asked of renderers. ``values`` and ``sets`` replace the scenarios of charts."""

    kinds: KindTable
    values: tuple[Path, ...] = ()
    """Values files of the command line, relative to the working directory."""
    sets: tuple[str, ...] = ()
    """``name=value`` each, as ``helm --set`` takes them."""
    jobs: int = 2
    """Renderers that run at once, at most."""
    progress: Callable[[Phrase], None] | None = None

    def tell(self, step: Phrase) -> None:
        """Says what is being done, if anyone listens."""
        if self.progress is not None:
            self.progress(step)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a renderer wrote on standard output."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A rendering that gave nothing, and what the renderer said, cleaned."""

    message: str


def program(name: str) -> str | None:
    """Absolute path of a program of the user's PATH.

    Relative entries are left out: they would be looked up in the tree that is scanned.
    """
    places = os.environ.get("PATH", "").split(os.pathsep)
    found = shutil.which(name, path=os.pathsep.join(filter(os.path.isabs, places)) or os.devnull)
    return found and os.path.abspath(found)  # noqa: PTH100 - links name what they run


@contextmanager
def workspace() -> Iterator[Path]:
    """A temporary directory, links resolved, that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="souverain-", ignore_cleanup_errors=True) as directory:
        yield Path(directory).resolve()


def in_parallel(jobs: int, task: Callable[[S], T], items: Iterable[S]) -> list[T]:
    """Results of a task that mostly waits for a renderer, in the order of the items."""
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        return list(pool.map(task, items))


def run(argv: Sequence[str], home: Path, given: bytes = b"") -> Rendered | Refused:
    """Runs a renderer to its end or to a limit.

    ``home`` is an existing directory that it may fill; ``given`` is its standard input.
    """
    try:
        child = subprocess.Popen(  # noqa: S603 - an absolute path, found by `program`
            argv,
            cwd=home,
            env=_environment(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return Refused(error.strerror or type(error).__name__)
    return _Watched(child).outcome(given)


class _Watched:
    """A running child whose time, memory and output are watched."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self._verdict: str | None = None
        self._output = bytearray()
        self._message = bytearray()

    def outcome(self, given: bytes) -> Rendered | Refused:
        child = self._child
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        _limit_memory(child.pid)
        clock = Timer(TIMEOUT, self._stop, [f"it did not end within {TIMEOUT} seconds"])
        clock.start()
        readers = [
            Thread(target=self._read, args=(child.stdout, self._output, MAX_OUTPUT)),
            Thread(target=self._read, args=(child.stderr, self._message, MAX_MESSAGE)),
        ]
        for reader in readers:
            reader.start()
        with suppress(OSError), child.stdin as stdin:  # it may end without reading
            stdin.write(given)
        for reader in readers:
            reader.join()
        code = child.wait()
        clock.cancel()
        if self._verdict is None and code == 0:
            return Rendered(bytes(self._output))
        return Refused(self._verdict or clean(self._message) or f"it ended with code {code}")

    def _read(self, stream: IO[bytes], into: bytearray, limit: int) -> None:
        with stream:
            while chunk := os.read(stream.fileno(), 1 << 16):
                into += chunk[: limit - len(into)]
                if len(into) == limit and into is self._output:
                    self._stop(f"it wrote more than {limit // MEGABYTE} MB")
                    return

    def _stop(self, verdict: str) -> None:
        self._verdict = verdict
        with suppress(OSError):  # it ended meanwhile
            if sys.platform == "win32":
                self._child.kill()
            else:
                os.killpg(self._child.pid, signal.SIGKILL)


def _limit_memory(pid: int) -> None:
    """Bounds what a child may allocate, where the system lets its parent say so."""
    if sys.platform == "linux":
        import resource

        with suppress(OSError):  # it ended already
            resource.prlimit(pid, resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))


def _environment(home: Path) -> Mapping[str, str]:
    inside = str(home)
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "WINDIR") if name in os.environ}
    homes = ("HOME", "USERPROFILE", "APPDATA", "TMPDIR", "TEMP", "TMP", "PATH")
    own = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "KUSTOMIZE_PLUGIN_HOME")
    helm = ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_PLUGINS")
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy")
    return {
        **kept,
        **dict.fromkeys((*homes, *own, *helm), inside),
        **dict.fromkeys(proxies, _NOWHERE),
        "KUBECONFIG": os.devnull,
        "HELM_NO_PLUGINS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def clean(message: bytes | bytearray | str) -> str:
    """A renderer's words on few lines: no control characters, no warnings, no padding."""
    text = message if isinstance(message, str) else message.decode("utf-8", "replace")
    lines = (_CONTROL.sub("", line).strip() for line in text.splitlines())
    kept = [line for line in lines if line and not _is_chatter(line)]
    return " ".join(kept)[:1000].removeprefix("Error: ").removeprefix("error: ")


def _is_chatter(line: str) -> bool:
    noise = ("WARNING:", "# Warning:", "walk.go:", "Use --debug flag")
    return line.startswith(noise) or "level=WARN" in line or "level=INFO" in line
