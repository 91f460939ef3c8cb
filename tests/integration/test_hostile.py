"""Hostile and broken input: an account of it and an exit code, never a crash or a hang.

Every case runs the command line and is held to a bound on time. What is asserted is the
entry of the ledger, the exit code, and that the sound part of the project is still read.
"""

from __future__ import annotations

import errno
import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from souverain.cli.app import run

SECONDS = 20
DEEP = 10_000
MEGABYTE = 1 << 20

OK = 'resource "scaleway_object_bucket" "ok" {\n  region = "fr-par"\n}\n'
BUCKET = 'resource "scaleway_object_bucket" "c" {{\n  region = {}\n}}\n'


@dataclass(frozen=True)
class Outcome:
    code: int
    document: dict[str, Any]

    @property
    def ledger(self) -> dict[str, tuple[str, str]]:
        """Status and reason by path; the entries of module calls are left out."""
        return {
            entry["path"]: (entry["status"], entry["reason"] or "")
            for entry in self.document["sources"]
            if entry["kind"] != "module"
        }

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Status and reason of what stands beside the files of the ledger."""
        seen: set[str] = set()
        beside = []
        for entry in self.document["sources"]:
            if entry["path"] in seen or entry["kind"] == "module":
                beside.append((entry["status"], entry["reason"]))
            seen.add(entry["path"])
        return beside

    @property
    def rules(self) -> set[str]:
        return {finding["rule"] for finding in self.document["findings"]}

    def undecided(self, address: str) -> list[str]:
        return [
            finding["message"]
            for finding in self.document["findings"]
            if finding["address"] == address and finding["verdict"] == "undecided"
        ]


Check = Callable[..., Outcome]
Files = dict[str, str | bytes]


def write(root: Path, files: Files) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Check]:
    """Writes files in a new project and checks it, within bounds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()

    def call(files: Files, *options: str) -> Outcome:
        write(tmp_path, files)
        began = time.process_time()
        code = run(["check", ".", "--format", "json", *options])
        spent = time.process_time() - began
        sys.stdout.flush()
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        assert spent < SECONDS
        return Outcome(code, json.loads(out))

    yield call
    gc.enable()


def assets(outcome: Outcome) -> int:
    count: int = outcome.document["summary"]["assets"]
    return count


# --- bytes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + OK.encode(),
        OK.replace("\n", "\r\n").encode(),
        OK.rstrip("\n").encode(),
        b"# comment\n" * 10 + OK.encode(),
    ],
    ids=["byte-order-mark", "crlf", "no-last-newline", "comments"],
)
def test_every_way_to_write_a_file(check: Check, content: bytes) -> None:
    outcome = check({"main.tf": content})
    assert (outcome.code, outcome.ledger, assets(outcome)) == (0, {"main.tf": ("analysed", "")}, 1)


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (OK.encode() + b'locals {\n  a = "\xff"\n}\n', 5, "not valid UTF-8"),
        (OK.encode("utf-16"), 1, "not valid UTF-8"),
        (OK.encode() + b"\0", 4, "U+0000"),
        (OK.encode() + b"/* never closed", 4, "comment is never closed"),
        (OK.encode() + b"locals {\n  a = <<E\n", 5, "heredoc is never closed"),
        (OK.encode() + b"{" * 1000, 4, "Expected"),
    ],
    ids=["latin-1", "utf-16", "nul", "comment", "heredoc", "braces"],
)
def test_a_file_that_is_not_terraform(check: Check, content: bytes, line: int, words: str) -> None:
    outcome = check({"main.tf": content})
    status, reason = outcome.ledger["main.tf"]
    assert (outcome.code, status) == (2, "failed")
    assert words in reason
    [finding] = [f for f in outcome.document["findings"] if f["rule"] == "SRC001"]
    assert (finding["file"], finding["line"]) == ("main.tf", line)


def test_an_empty_file_is_read(check: Check) -> None:
    outcome = check({"main.tf": b""})
    assert (outcome.code, outcome.ledger) == (0, {"main.tf": ("analysed", "")})


# --- size -----------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "code"), [(10 * MEGABYTE, 0), (10 * MEGABYTE + 1, 2)])
def test_the_largest_file(check: Check, size: int, code: int) -> None:
    line = b"#" + b"x" * 98 + b"\n"
    content = OK.encode() + line * (size // len(line))
    outcome = check({"main.tf": content.ljust(size, b" ")[:size]})
    status, reason = outcome.ledger["main.tf"]
    assert (outcome.code, status) == (code, "failed" if code else "analysed")
    assert ("larger than 10 MB" in reason) == bool(code)
    assert assets(outcome) == (0 if code else 1)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("main.tf", "locals {}\n" * 150_000, "More than 100000 blocks"),
        ("main.tf", "locals {\n  a = [" + "1," * 300_000 + "]\n}\n", "more than 50000 parts"),
        ("main.tf.json", '{"locals": {"a": [' + "1," * 300_000 + "1]}}", "More than 200000 values"),
        ("x.auto.tfvars", "".join(f"a{n} = {n}\n" for n in range(150_000)), "More than 100000"),
    ],
    ids=["blocks", "expression", "json", "variables"],
)
def test_more_than_memory_should_hold(check: Check, name: str, content: str, words: str) -> None:
    outcome = check({"ok.tf": OK, name: content})
    status, reason = outcome.ledger[name]
    assert (outcome.code, status, assets(outcome)) == (2, "failed", 1)
    assert words in reason


def test_memory_stays_bounded(tmp_path: Path) -> None:
    """A process of its own: 2 MB of small blocks within 400 MB."""
    blocks = "".join(f'resource "scaleway_vpc" "v{n}" {{\n}}\n' for n in range(50_000))
    write(tmp_path, {".git/x": "", "main.tf": blocks})
    result = subprocess.run(
        [sys.executable, "-c", "from souverain.cli import main; main()", "check", ".", "-q"],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (400 * MEGABYTE,) * 2),
    )
    assert b"MemoryError" not in result.stderr
    assert result.returncode == 0


def test_many_small_files(check: Check) -> None:
    files: Files = {f"d{n // 100}/f{n}.tf": OK.replace("ok", f"b{n}") for n in range(2_000)}
    outcome = check(files)
    assert (outcome.code, assets(outcome)) == (0, 2_000)
    assert set(outcome.ledger.values()) == {("analysed", "")}
    assert len(outcome.document["sources"]) == 2_000


# --- nesting --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "(" * DEEP + "1" + ")" * DEEP,
        "[" * DEEP + "1" + "]" * DEEP,
        "{a=" * DEEP + "1" + "}" * DEEP,
        '"${' * DEEP + "1" + '}"' * DEEP,
        '"%{if true}' * DEEP + '%{endif}"' * DEEP,
        "!" * DEEP + "true",
        "true ? 1 : " * DEEP + "1",
        "1 + " * DEEP + "1",
        "a" + ".b" * DEEP,
        "a" + "[0]" * DEEP,
        "f(" * DEEP + ")" * DEEP,
        "[for a in " * DEEP + "b" + ": a]" * DEEP,
        "[" * DEEP,
    ],
    ids=lambda value: str(value)[:8],
)
def test_deep_expressions(check: Check, value: str) -> None:
    outcome = check({"main.tf": f"{OK}locals {{\n  a = {value}\n}}\n"})
    assert (outcome.code, outcome.ledger["main.tf"][0]) == (2, "failed")
    assert assets(outcome) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.tf", 'resource "scaleway_vpc" "v" {\n' + "b {\n" * DEEP + "}\n" * DEEP + "}\n"),
        ("deep.tf.json", '{"locals": {"a": ' + "[" * DEEP + "]" * DEEP + "}}"),
        ("deep.tf.json", '{"locals": ' * DEEP + "1" + "}" * DEEP),
        ("deep.json", '{"format_version": "1", "planned_values": ' + '{"a": ' * DEEP),
        ("terraform.tfvars", "a = " + "[" * DEEP + "]" * DEEP + "\n"),
    ],
    ids=["blocks", "json-lists", "json-objects", "plan", "tfvars"],
)
def test_deep_files(check: Check, name: str, content: str) -> None:
    outcome = check({"ok.tf": OK, name: content})
    assert (outcome.code, outcome.ledger[name][0]) == (2, "failed")
    assert outcome.ledger[name][1]


@pytest.mark.parametrize("function", ["jsondecode", "yamldecode"])
def test_deep_documents_of_an_expression(check: Check, function: str) -> None:
    text = f'{function}("' + "[" * DEEP + "]" * DEEP + '")[0]'
    outcome = check({"main.tf": OK + BUCKET.format(text)})
    assert (outcome.code, assets(outcome)) == (0, 2)
    assert outcome.undecided("scaleway_object_bucket.c")


# --- evaluation -----------------------------------------------------------------------


def doubling(first: str, pattern: str, times: int = 60) -> str:
    lines = [f"  a0 = {first}"]
    lines += [f"  a{n + 1} = {pattern.format(f'local.a{n}')}" for n in range(times)]
    return "locals {\n" + "\n".join(lines) + f"\n}}\n{BUCKET.format(f'local.a{times}')}"


@pytest.mark.parametrize(
    "text",
    [
        doubling('"ab"', '"${{{0}}}${{{0}}}"'),
        doubling('"${terraform.workspace}x"', '"${{{0}}}${{{0}}}"'),
        doubling('["ab"]', "[{0}, {0}]").replace("local.a60\n", "jsonencode(local.a60)\n"),
        doubling('["ab"]', "concat({0}, {0})").replace("local.a60\n", "local.a60[0]\n"),
        doubling('"ab"', "{0}", times=5_000),
        "locals {\n  a = local.a\n}\n" + BUCKET.format("local.a"),
        "locals {\n  a = local.b\n  b = local.a\n}\n" + BUCKET.format("local.a"),
        'variable "r" {\n  default = var.r\n}\n' + BUCKET.format("var.r"),
        BUCKET.format("scaleway_object_bucket.c.region"),
        BUCKET.format('regex("(a*)*b", "' + "a" * 5_000 + '")'),
        BUCKET.format('regex("((a{1,1000}){1,1000}){1,1000}", "aaa")'),
        BUCKET.format('replace("' + "a" * 5_000 + '", "/(a|a)*(a|a)*$/", var.none)'),
        BUCKET.format("9" * 1_000_000),
        BUCKET.format("pow(10, 1e9)"),
        BUCKET.format('format("%1000000000d", 1)'),
        BUCKET.format("range(1000000000)[0]"),
        BUCKET.format('join("", [for a in range(1000) : [for b in range(1000) : a]][0])'),
        BUCKET.format('file("/etc/passwd")'),
        BUCKET.format('file("../../../../../../etc/passwd")'),
        BUCKET.format('fileset("/", "**")'),
    ],
    ids=lambda text: str(text)[-60:-4],
)
def test_values_that_nobody_can_compute(check: Check, text: str) -> None:
    outcome = check({"main.tf": OK + text})
    assert (outcome.code, outcome.ledger) == (0, {"main.tf": ("analysed", "")})
    assert assets(outcome) == 2
    [message, *_] = outcome.undecided("scaleway_object_bucket.c")
    assert len(message) < 2_000


@pytest.mark.parametrize(
    ("argument", "found", "status"),
    [
        ("count = 1000000000", 2, "undecided"),
        ("count = -1", 2, "undecided"),
        ("count = 10 * 1e999999999", 2, "analysed"),
        ("count = length(range(1000000000))", 2, "analysed"),
        ("count = length(setproduct(range(1000), range(1000), range(1000)))", 2, "analysed"),
        ('for_each = toset([for n in range(1024) : "x${n}"])', 1025, "analysed"),
        ("count = 20 * 1000", 2, "undecided"),
    ],
)
def test_more_instances_than_anyone_has(
    check: Check, argument: str, found: int, status: str
) -> None:
    text = f'resource "scaleway_object_bucket" "c" {{\n  {argument}\n  region = "fr-par"\n}}\n'
    outcome = check({"main.tf": OK + text})
    assert (outcome.code, assets(outcome)) == (0, found)
    assert outcome.ledger["main.tf"][0] == status
    assert ("SRC004" in outcome.rules) == (status == "undecided")


def test_modules_that_multiply(check: Check) -> None:
    call = 'module "m" {{\n  count = 100\n  source = "{}"\n}}\n'
    outcome = check(
        {
            "main.tf": OK + call.format("./a"),
            "a/main.tf": call.format("../b"),
            "b/main.tf": call.format("../c"),
            "c/main.tf": OK,
        }
    )
    assert outcome.code == 0
    assert assets(outcome) <= 10_000
    status, reason = outcome.ledger["c/main.tf"]
    assert status == "undecided"
    assert "10000 instances" in reason


def test_more_alternatives_than_can_be_told_apart(check: Check) -> None:
    names = range(40)
    variables = "".join(f'variable "v{n}" {{\n  type = bool\n}}\n' for n in names)
    each = ", ".join(f'var.v{n} ? "fr-par" : "us-east-1"' for n in names)
    outcome = check({"main.tf": variables + BUCKET.format(f"[{each}][var.v0 ? 0 : 1]")})
    assert (outcome.code, outcome.ledger["main.tf"][0]) == (0, "analysed")
    assert outcome.undecided("scaleway_object_bucket.c")


# --- modules and files ----------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        {
            "a/main.tf": OK + 'module "b" {\n  source = "../b"\n}\n',
            "b/main.tf": 'module "a" {\n  source = "../a"\n}\n',
        },
        {"main.tf": OK + 'module "b" {\n  source = "./"\n}\n'},
    ],
    ids=["each-other", "itself"],
)
def test_modules_that_call_each_other(check: Check, files: Files) -> None:
    outcome = check(files)
    assert outcome.code == 0
    [(status, reason)] = outcome.calls
    assert status == "undecided"
    assert "calls itself" in reason
    assert set(outcome.ledger.values()) == {("analysed", "")}


@pytest.mark.parametrize("source", ["../../../..", "../outside", "./../../etc"])
def test_a_module_outside_the_project_is_not_read(
    check: Check, tmp_path: Path, source: str
) -> None:
    write(tmp_path.parent, {"outside/main.tf": BUCKET.format('"us-east-1"')})
    outcome = check({"main.tf": f'{OK}module "m" {{\n  source = "{source}"\n}}\n'})
    assert outcome.code == 0
    [(status, reason)] = outcome.calls
    assert status == "undecided"
    assert "outside the project" in reason
    assert not any("outside" in entry["path"] for entry in outcome.document["sources"])


def test_links_never_lead_out_of_the_project(check: Check, tmp_path: Path) -> None:
    write(tmp_path.parent, {"secret/main.tf": BUCKET.format('"us-east-1"')})
    for name, target in {
        "loop": ".",
        "passwd.tf": "/etc/passwd",
        "out": "../secret",
        "self.tf": "self.tf",
        "gone.tf": "nowhere.tf",
    }.items():
        (tmp_path / name).symlink_to(target)
    outcome = check({"main.tf": OK})
    statuses = {path: status for path, (status, _) in outcome.ledger.items()}
    assert statuses == {
        "main.tf": "analysed",
        "loop": "skipped",
        "passwd.tf": "failed",
        "out": "undecided",
        "self.tf": "failed",
        "gone.tf": "failed",
    }
    assert (outcome.code, assets(outcome)) == (2, 1)
    assert "root:" not in json.dumps(outcome.document)


def test_a_directory_may_be_called_main_tf(check: Check) -> None:
    outcome = check({"main.tf/inside.tf": OK, "ok.tf": OK})
    assert outcome.code == 0
    assert set(outcome.ledger) == {"main.tf/inside.tf", "ok.tf"}


def test_a_pipe_does_not_hang(check: Check, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tf")
    outcome = check({"main.tf": OK})
    assert outcome.code == 2
    assert outcome.ledger["pipe.tf"][0] == "failed"


def test_an_unreadable_file_fails(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the operating system says it: permissions do not stop the superuser."""
    really = os.open

    def refuse(path: Any, *rest: Any) -> int:
        if Path(path).name == "secret.tf":
            raise PermissionError(errno.EACCES, "Permission denied")
        return really(path, *rest)

    monkeypatch.setattr(os, "open", refuse)
    outcome = check({"main.tf": OK, "secret.tf": OK.replace("ok", "ko")})
    assert (outcome.code, outcome.ledger["secret.tf"][0], assets(outcome)) == (2, "failed", 1)


def test_a_broken_variable_file_fails_and_the_root_is_read(check: Check) -> None:
    text = OK + 'variable "r" {}\n' + BUCKET.format("var.r")
    outcome = check({"main.tf": text, "terraform.tfvars": "r = \n"})
    assert (outcome.code, assets(outcome)) == (2, 2)
    assert outcome.ledger["main.tf"] == ("analysed", "")
    assert outcome.ledger["terraform.tfvars"][0] == "failed"
    assert outcome.undecided("scaleway_object_bucket.c")


def test_two_roots_may_share_a_module(check: Check) -> None:
    call = 'module "m" {{\n  source = "../m"\n  r = "{}"\n}}\n'
    outcome = check(
        {
            "m/main.tf": 'variable "r" {}\n' + BUCKET.format("var.r"),
            "a/main.tf": call.format("fr-par"),
            "b/main.tf": call.format("nl-ams"),
        }
    )
    assert (outcome.code, assets(outcome)) == (0, 2)
    assert sorted(entry["path"] for entry in outcome.document["sources"]) == [
        "a/main.tf",
        "b/main.tf",
        "m/main.tf",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (OK * 2, "resource.scaleway_object_bucket.ok"),
        (OK + 'provider "scaleway" {\n}\n' * 2, "provider.scaleway"),
        (OK + 'variable "v" {}\n' * 2, "variable.v"),
        (OK + "locals {\n  l = 1\n}\n" * 2, "local.l"),
    ],
)
def test_what_is_declared_twice(check: Check, text: str, name: str) -> None:
    outcome = check({"main.tf": text})
    status, reason = outcome.ledger["main.tf"]
    assert (outcome.code, status, assets(outcome)) == (2, "failed", 1)
    assert f"`{name}` is declared twice" in reason


@pytest.mark.parametrize(
    "resources", ["[1, null]", '[{"address": 3}]', '[{"address": "a.b"}]', '"x"', "{}"]
)
def test_a_plan_that_makes_no_sense_fails(check: Check, resources: str) -> None:
    plan = '{"format_version": "1.2", "planned_values": {"root_module": {"resources": %s}}}'
    outcome = check({"plan.json": plan % resources, "main.tf": OK})
    assert (outcome.code, outcome.ledger["plan.json"][0]) == (2, "failed")
    assert assets(outcome) == 1


# --- what reaches a terminal ----------------------------------------------------------

EVIL = "\u202e\x1b[31m<b>|`x`\u2066::error::y"


@pytest.mark.parametrize("command", ["check", "inventory"])
def test_names_cannot_write_on_the_terminal(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    command: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    escaped = EVIL.replace("\x1b", "\\u001b")
    text = (
        f'module "m" {{\n  source = "./{escaped}"\n}}\n'
        'resource "scaleway_object_bucket" "c" {\n'
        f'  for_each = {{ "{escaped}" = 1 }}\n  region = "us-{escaped}"\n'
        f'  tags = {{ data = "health", x = "{escaped}" }}\n}}\n'
    )
    write(tmp_path, {".git/x": "", "main.tf": text, "a\x1b[31m\u202e.tf": "{"})
    code = run([command, ".", "--color", "never"])
    sys.stdout.flush()
    printed = "".join(capfd.readouterr())
    gc.enable()
    assert code == 2
    assert "scaleway_object_bucket.c" in printed
    assert [mark for mark in ("\x1b", "\u202e", "\u2066") if mark in printed] == []
