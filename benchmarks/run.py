"""Measures Souverain and its peers on the same trees in the same run and prints ratios.

See README.md beside this file. Standard library only, so that it runs anywhere.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path

from generate import generate
from manifests import generate as generate_manifests

SLOW = 60.0
"""Seconds above which a tool is run once, without a warm-up."""
TERRAFORM = (".tf", ".tofu", ".tfvars", ".tf.json")
MANIFESTS = (".yaml", ".yml")
PEERS = {"checkov": "checkov>=3.3,<3.4", "c7n-left": "c7n-left"}
CHANGED_AMONG = 500
"""Manifests of the project of which one is checked alone."""
C7N_POLICY = """\
policies:
  - name: every-resource
    resource: "terraform.*"
    filters:
      - type: value
        key: __tfmeta.src_dir
        value: present
"""


@dataclass(frozen=True)
class Figure:
    """Medians over the counted runs of one command: seconds, seconds, megabytes."""

    wall: float
    cpu: float
    memory: float
    codes: tuple[int, ...]


@dataclass(frozen=True)
class Tool:
    name: str
    command: tuple[str, ...]
    """``{tree}`` stands for the tree, ``{root}`` for one Terraform root of it."""


def once(command: list[str], timeout: float) -> tuple[float, float, float, int]:
    """Run a command to its end: wall seconds, CPU seconds, peak MB, exit code."""
    with tempfile.TemporaryFile() as sink:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL)
        timer_expired = False
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - start > timeout:
                process.kill()
                _, status, usage = os.wait4(process.pid, 0)
                timer_expired = True
                break
            time.sleep(0.002)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    code = 124 if timer_expired else process.returncode
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, code


def measure(tools: list[Tool], tree: Path, runs: int, timeout: float) -> dict[str, Figure]:
    """Median figures of every tool on one tree; the tools take turns."""
    samples: dict[str, list[tuple[float, float, float, int]]] = {tool.name: [] for tool in tools}
    slow: set[str] = set()
    root = one_root(tree)
    for turn in range(runs + 1):
        for tool in tools:
            if tool.name in slow:
                continue
            sample = once([part.format(tree=tree, root=root) for part in tool.command], timeout)
            if sample[0] > SLOW:
                slow.add(tool.name)
            if turn or tool.name in slow:
                samples[tool.name].append(sample)
    return {name: _medians(taken) for name, taken in samples.items()}


def _medians(taken: list[tuple[float, float, float, int]]) -> Figure:
    wall, cpu, memory = (statistics.median(sample[i] for sample in taken) for i in range(3))
    return Figure(wall, cpu, memory, tuple(sorted({sample[3] for sample in taken})))


def size_of(tree: Path, suffixes: tuple[str, ...] = TERRAFORM) -> tuple[int, int]:
    """Number and bytes of the files of a tree that have one of some suffixes."""
    files = [f for f in tree.rglob("*") if f.is_file() and f.name.endswith(suffixes)]
    return len(files), sum(f.stat().st_size for f in files)


def one_root(tree: Path) -> Path:
    """The tree itself when Terraform files stand at its top, else its largest directory."""
    sizes: dict[Path, int] = {}
    for file in filter(Path.is_file, tree.rglob("*.tf")):
        sizes[file.parent] = sizes.get(file.parent, 0) + file.stat().st_size
    return tree if tree in sizes or not sizes else max(sizes, key=lambda d: (sizes[d], str(d)))


def install_peers(home: Path) -> None:
    """Install each peer in a virtual environment of its own below ``home``."""
    for name, requirement in PEERS.items():
        target = home / name
        if not (target / "bin" / name).exists():
            print(f"installing {requirement} ...", file=sys.stderr)
            venv.create(target, with_pip=True)
            subprocess.run([target / "bin" / "pip", "install", "-q", requirement], check=True)


def tools_available(peers: Path, policies: Path) -> list[Tool]:
    """Souverain and the peers that are installed."""
    beside = Path(sys.executable).parent
    souverain = shutil.which("souverain", path=str(beside)) or shutil.which("souverain")
    if souverain is None:
        raise SystemExit("souverain is not installed: python -m pip install -e .")
    (policies / "policy.yaml").write_text(C7N_POLICY, encoding="utf-8")
    commands = {
        "checkov": ("-d", "{tree}", "--framework", "terraform", "--compact", "--quiet"),
        "c7n-left": ("run", "-p", str(policies), "-d", "{root}"),
    }
    tools = [Tool("souverain", (souverain, "check", "{tree}", "--format", "json"))]
    for name, arguments in commands.items():
        found = peers / name / "bin" / name
        program = str(found) if found.exists() else shutil.which(name)
        if program:
            tools.append(Tool(name, (program, *arguments)))
    return tools


def reading_manifests(tools: list[Tool]) -> list[Tool]:
    """Those of the tools that read Kubernetes manifests, told to."""
    return [
        Tool(tool.name, tuple("kubernetes" if p == "terraform" else p for p in tool.command))
        for tool in tools
        if tool.name in ("souverain", "checkov")
    ]


def print_table(
    tree: Path,
    label: str,
    figures: dict[str, Figure],
    files: tuple[str, tuple[str, ...]] = ("Terraform files", TERRAFORM),
) -> None:
    kind, suffixes = files
    count, size = size_of(tree, suffixes)
    ours = figures["souverain"]
    print(f"\n{label}: {count} {kind}, {size / 1e6:.2f} MB")
    print(f"{'tool':<12}{'wall s':>10}{'cpu s':>10}{'peak MB':>10}{'wall ratio':>12}  exit codes")
    for name, figure in figures.items():
        codes = ",".join(map(str, figure.codes))
        print(
            f"{name:<12}{figure.wall:>10.2f}{figure.cpu:>10.2f}{figure.memory:>10.0f}"
            f"{figure.wall / ours.wall:>11.1f}x  {codes}"
        )


def print_scaling(tool: Tool, tree: Path, runs: int, timeout: float, space: Path) -> None:
    print(f"\nscaling of {tool.name}")
    print(f"{'copies':<8}{'MB':>8}{'wall s':>10}{'s per MB':>10}{'peak MB':>10}")
    for copies in (1, 4, 16):
        home = space / f"copies-{copies}"
        for number in range(copies):
            shutil.copytree(tree, home / str(number), ignore=shutil.ignore_patterns(".git"))
        figure = measure([tool], home, runs, timeout)[tool.name]
        megabytes = size_of(home)[1] / 1e6
        print(
            f"{copies:<8}{megabytes:>8.2f}{figure.wall:>10.2f}{figure.wall / megabytes:>10.2f}"
            f"{figure.memory:>10.0f}"
        )


def print_throughput(figures: dict[Path, Figure]) -> None:
    """Bytes of manifests per second of CPU in real trees, start-up included."""
    if not figures:
        return
    sizes = {tree: size_of(tree, MANIFESTS)[1] / 1e6 for tree in figures}
    total = sum(sizes.values()), sum(figure.cpu for figure in figures.values())
    rows = [(tree.resolve().name, sizes[tree], figure.cpu) for tree, figure in figures.items()]
    print("\nmanifests of real trees, souverain, start-up included")
    print(f"{'tree':<24}{'MB':>8}{'cpu s':>10}{'MB per s':>10}")
    for name, megabytes, seconds in (*rows, ("together", *total)):
        print(f"{name:<24}{megabytes:>8.2f}{seconds:>10.2f}{megabytes / seconds:>10.1f}")


def print_manifests(tools: list[Tool], options: argparse.Namespace, space: Path) -> None:
    """Generated manifests (of which one in four applications holds health data, and none),
    real trees, and one changed manifest of a tree."""
    files = ("manifests", MANIFESTS)
    read = reading_manifests(tools)
    for name, labelled in (("manifests", True), ("manifests without labels", False)):
        made = space / name.replace(" ", "-")
        generate_manifests(made, options.count, labelled=labelled)
        print_table(made, name, measure(read, made, options.runs, options.timeout), files)
    ours: dict[Path, Figure] = {}
    for tree in options.manifests:
        figures = measure(read, tree, options.runs, options.timeout)
        print_table(tree, tree.resolve().name, figures, files)
        ours[tree] = figures["souverain"]
    print_throughput(ours)
    home = space / "changed"
    generate_manifests(home, CHANGED_AMONG)
    (home / ".git").mkdir()
    changed = min(home.rglob("deployment.yaml"))
    one = [Tool(t.name, tuple("-f" if p == "-d" else p for p in t.command)) for t in read]
    label = f"one changed manifest of {CHANGED_AMONG}"
    print_table(home, label, measure(one, changed, options.runs, options.timeout), files)


def print_terraform(tools: list[Tool], options: argparse.Namespace, space: Path) -> None:
    """A generated tree, real trees, and copies of the first of them."""
    made = space / "generated"
    generate(made, 90, 500_000)
    for tree in [made, *options.tree]:
        label = "generated" if tree == made else tree.resolve().name
        print_table(tree, label, measure(tools, tree, options.runs, options.timeout))
    first = options.tree[0] if options.tree else made
    print_scaling(tools[0], first, options.runs, options.timeout, space)


def print_startup(tool: Tool, runs: int, space: Path) -> None:
    """``souverain --version`` against the interpreter's own start."""
    pair = [
        Tool("souverain", (tool.command[0], "--version")),
        Tool("python", (sys.executable, "-c", "")),
    ]
    figures = measure(pair, space, max(runs, 5), 60)
    ratio = figures["souverain"].wall / figures["python"].wall
    print(f"\nstart-up: souverain --version takes {ratio:.1f}x the interpreter's own start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, action="append", default=[], help="a real repository")
    parser.add_argument(
        "--manifests", type=Path, action="append", default=[], help="a real tree of manifests"
    )
    parser.add_argument("--only", choices=("terraform", "kubernetes"), help="half of it")
    parser.add_argument("--count", type=int, default=10_000, help="manifests to generate")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each command")
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds for one run")
    parser.add_argument("--install-peers", action="store_true", help="install the missing peers")
    parser.add_argument(
        "--peers", type=Path, default=Path(tempfile.gettempdir()) / "souverain-peers"
    )
    options = parser.parse_args()
    if options.install_peers:
        install_peers(options.peers)
    with tempfile.TemporaryDirectory() as scratch:
        space = Path(scratch)
        (space / "policies").mkdir()
        tools = tools_available(options.peers, space / "policies")
        print_startup(tools[0], options.runs, space / "policies")
        if options.only != "kubernetes":
            print_terraform(tools, options, space)
        if options.only != "terraform":
            print_manifests(tools, options, space)


if __name__ == "__main__":
    main()
