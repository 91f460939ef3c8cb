"""From options to a report, and from a report to files and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from souverain.analysis import Request, analyse
from souverain.cli import EXIT_CLEAN, EXIT_ERROR, EXIT_FINDINGS, EXIT_NOTHING
from souverain.cli.errors import ConfigurationError
from souverain.cli.locale import wants_color
from souverain.cli.options import Common, Target
from souverain.cli.progress import Progress
from souverain.doctrine import InvalidPolicyError
from souverain.model import SEVERITY_ORDER, Lang, Report, Severity, phrase
from souverain.policystore import PolicyError
from souverain.project import ProjectError
from souverain.records import replace
from souverain.report.terminal import clean
from souverain.report.text import Style
from souverain.rules.load import UnknownRuleError
from souverain.sources import MAX_PIPED, PIPED, SourcesError
from souverain.text import render

STDIN = Path(PIPED)


def report_for(options: Common, *, whole: bool = False) -> Report:
    """Analyses what was asked for. Raises :class:`ConfigurationError`.

    ``whole``: with all facts of what only transmits or configures.
    """
    paths = options.paths or (Path(),)
    request = Request(
        paths=tuple(path for path in paths if path != STDIN),
        stdin=sys.stdin.buffer.read(MAX_PIPED + 1) if STDIN in paths else None,
        helm_values=options.helm_values,
        helm_sets=options.helm_sets,
        jobs=options.jobs,
        as_of=options.day,
        values=options.values,
        workspace=options.workspace,
        config=options.config,
        select=options.select,
        ignore=options.ignore,
        baseline=options.baseline,
        whole=whole,
    )
    report = analysed(request, options.language)
    if options.write_baseline is None:
        return report
    return _accepted(report, request, options.write_baseline, options.language)


def _accepted(report: Report, request: Request, path: Path, language: Lang) -> Report:
    """Writes a baseline that accepts what was found, and sets that aside.

    Of the one that the file holds already, what the run did not look at stays.
    """
    from souverain.suppress import baseline

    kept: Iterable[baseline.Entry] = ()
    if path.is_file():
        with _told(language):
            kept = baseline.unseen(baseline.load(path), request.trees(), report)
    written = baseline.written(report, kept)
    write_file(path, written.text)
    told = phrase("report.baseline-written", path=path.as_posix(), count=len(written.accepts))
    sys.stderr.write(render(told, language, clean) + "\n")
    return baseline.applied(report, written, path)


def analysed(request: Request, language: Lang) -> Report:
    """The report of a request. Raises :class:`ConfigurationError`, in the user's language."""
    progress = Progress(sys.stderr, language)
    try:
        with _told(language):
            return analyse(replace(request, progress=progress))
    finally:
        progress.close()


@contextmanager
def _told(language: Lang) -> Iterator[None]:
    """Turns what a user did wrong into :class:`ConfigurationError`, in their language."""
    try:
        yield
    except ProjectError as error:
        lines = (
            f"{clean(p.span.file)}:{p.span.line}:{p.span.column}: "
            f"{render(p.message, language, clean)}"
            for p in error.problems
        )
        raise ConfigurationError("\n".join(lines)) from None
    except (SourcesError, UnknownRuleError) as error:
        raise ConfigurationError(render(error.reason, language, clean)) from None
    except (PolicyError, InvalidPolicyError) as error:
        raise ConfigurationError(clean(str(error).removeprefix(f"{Path.cwd()}/"))) from None


def write(
    targets: Sequence[Target], options: Common, render_as: Callable[[str, Style], str]
) -> None:
    """Writes each report where it goes. ``render_as`` takes a format and a style."""
    for target in targets:
        if target.output is None:
            color = wants_color(options.color, sys.stdout)
            sys.stdout.write(render_as(target.format, _style(options, color=color)))
        else:
            style = _style(options, color=options.color == "always")
            write_file(target.output, render_as(target.format, style))


def _style(options: Common, *, color: bool) -> Style:
    return Style(options.language, color, options.verbosity, options.show_suppressed)


def write_file(path: Path, text: str) -> None:
    """Writes a report to a file. Raises :class:`ConfigurationError` when it cannot."""
    try:
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None


def exit_code(report: Report, fail_on: str = "error", *, strict: bool = False) -> int:
    """What a run ends with: 2 beats 1, and 1 beats 3."""
    statuses = {entry.status for entry in report.ledger.entries}
    if report.internal_error or "failed" in statuses:
        return EXIT_ERROR
    live = [finding for finding in report.findings if finding.suppressed is None]
    if fail_on != "never":
        threshold = SEVERITY_ORDER[_severity(fail_on)]
        if any(SEVERITY_ORDER[finding.severity] >= threshold for finding in live):
            return EXIT_FINDINGS
    undecided = "undecided" in statuses
    if strict and (undecided or any(f.verdict == "undecided" for f in live)):
        return EXIT_FINDINGS
    found = undecided or "analysed" in statuses or bool(report.assets)
    return EXIT_CLEAN if found else EXIT_NOTHING


def end(report: Report, options: Common, fail_on: str) -> int:
    """The exit code of a run; on the standard error stream, what to do when it found nothing."""
    code = exit_code(report, options.fail_on or fail_on, strict=options.strict)
    if code == EXIT_NOTHING and options.allow_empty:
        return EXIT_CLEAN
    if code == EXIT_NOTHING:
        sys.stderr.write(render(phrase("report.nothing-analysed"), options.language) + "\n")
    return code


def _severity(name: str) -> Severity:
    return "error" if name == "error" else "warning" if name == "warning" else "info"
