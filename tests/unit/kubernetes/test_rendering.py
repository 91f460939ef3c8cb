"""Limits of the processes that render."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from souverain.kubernetes import rendering
from souverain.kubernetes.rendering import Refused, Rendered, clean, program, run


def python(code: str, home: Path, given: bytes = b"") -> Rendered | Refused:
    return run([sys.executable, "-I", "-c", code], home, given)


def test_what_it_writes_is_the_result(tmp_path: Path) -> None:
    found = python("import sys; sys.stdout.write(sys.stdin.read() * 2)", tmp_path, b"ab")

    assert found == Rendered(b"abab")


def test_a_failure_gives_its_message_cleaned(tmp_path: Path) -> None:
    code = "import sys; sys.exit('WARNING: no\\nError: \\x1b[31mbad\\x07\\n  thing')"

    assert python(code, tmp_path) == Refused("bad thing")


def test_a_failure_without_words_gives_its_code(tmp_path: Path) -> None:
    assert python("import os; os._exit(7)", tmp_path) == Refused("it ended with code 7")


def test_it_sees_nothing_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("KUBECONFIG", "/somewhere")

    found = python("import os, json; print(json.dumps(dict(os.environ)))", tmp_path)

    assert isinstance(found, Rendered)
    assert b"secret" not in found.text
    assert b"somewhere" not in found.text
    assert b'"HTTPS_PROXY": "http://127.0.0.1:1"' in found.text
    assert f'"PATH": "{tmp_path}"'.encode() in found.text


def test_it_may_not_run_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "TIMEOUT", 0.3)

    found = python("while True: pass", tmp_path)

    assert found == Refused("it did not end within 0.3 seconds")


def test_what_it_starts_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "TIMEOUT", 0.5)
    code = (
        "import subprocess, sys;"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).wait()"
    )

    assert isinstance(python(code, tmp_path), Refused)


def test_it_may_not_write_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "MAX_OUTPUT", 1 << 20)

    found = python("while True: print('x' * 1000)", tmp_path)

    assert found == Refused("it wrote more than 1 MB")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a parent bound memory")
def test_it_may_not_take_all_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "MAX_MEMORY", 200 << 20)

    found = python("import time; time.sleep(0.3); x = bytearray(1 << 30)", tmp_path)

    assert isinstance(found, Refused)
    assert "MemoryError" in found.message


def test_a_program_that_cannot_start_is_refused(tmp_path: Path) -> None:
    assert run([str(tmp_path / "none")], tmp_path) == Refused("No such file or directory")


def test_programs_are_not_looked_up_where_the_scan_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helm = tmp_path / "helm"
    helm.write_text("#!/bin/sh\n")
    helm.chmod(0o755)
    monkeypatch.chdir(tmp_path)

    monkeypatch.setenv("PATH", os.pathsep.join(("", ".", "./bin")))
    assert program("helm") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program("helm") == str(helm)


def test_messages_are_short() -> None:
    assert len(clean("x " * 5000)) == 1000
