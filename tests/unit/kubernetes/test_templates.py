"""Marks on template lines, and what lines take from the values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souverain.kubernetes.templates import MARKS, Template

PIECES = st.sampled_from(
    [
        "key: value", "key:", "- item", "  ", "\n", "\r\n", "{{ .Values.a }}", "{{- end }}",
        "{{ if .x -}}", "{{/* note }} */}}", "{{ `}}` }}", '{{ "}}" }}', "{{", "}}", "---",
        "{{- with .Values.a.b }}", "| \n", "'", '"', "`", "é", "{{ define \"x\" }}", "# note",
        "{{ $x := .Values.c }}", "{{ $x }}",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join))
def test_without_its_marks_a_template_is_itself(text: str) -> None:
    marked = Template(text).marked()

    assert MARKS.sub("", marked) == text
    assert marked.count("\n") == text.count("\n")


@given(st.lists(PIECES, max_size=30).map("".join))
def test_a_mark_tells_its_own_line(text: str) -> None:
    for number, line in enumerate(Template(text).marked().split("\n"), 1):
        for mark in MARKS.findall(line):
            # An action of several lines is told by the line where its text began.
            assert int(mark) <= number


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("a: 1\nb: 2\n", ["1", "2"]),
        ("{{- if .Values.x }}\na: 1\n{{- end }}\n", ["2"]),
        # The white space after it is taken away with the line break: no place for a mark.
        ("a: {{ .x -}}\nb: 2\n", ["2"]),
        ('{{ include "x" (dict\n  "a" 1) }}\nb: 2', ["1", "3"]),
        ('{{ define "x" }}\na: 1\n{{ end }}\nb: 2', ["4"]),
        ("---\na: 1", ["2"]),
        ("a: |\n  text\n  more\nb: 1", ["1", "2", "3", "4"]),
        # A comment would end a plain scalar that goes on in the next line.
        ("a: text that\n  goes on\n  and on\nb: 1", ["3", "4"]),
        ("- text that\n  goes on\n- b", ["2", "3"]),
        ("{{ $x := .Values.a }}\nb: {{ $x }}", ["2"]),
    ],
)
def test_lines_that_give_text_are_marked(text: str, marks: list[str]) -> None:
    assert MARKS.findall(Template(text).marked()) == marks


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("a: {{ .Values.x.y | quote }}", {1: [("x", "y")]}),
        ('a: "{{ .Values.r }}/{{ $.Values.i }}:{{ .Chart.AppVersion }}"', {1: [("r",), ("i",)]}),
        ("{{ with .Values.a }}\nb: {{ .c.d }}\n{{ toYaml . }}\n{{ end }}",
         {1: [("a",)], 2: [("a", "c", "d")], 3: [("a",)]}),
        ("{{ with .Values.a }}\n{{ else }}\nb: {{ .c }}\n{{ end }}", {1: [("a",)]}),
        ("{{ range $h := .Values.hosts }}\n- {{ $h.name }}\n{{ end }}",
         {1: [("hosts",)], 2: [("hosts", "name")]}),
        ('{{ $x := .Values.a }}\nb: {{ $x.c | default "{{ .Values.no }}" }}',
         {1: [("a",)], 2: [("a", "c")]}),
        ("b: {{ .Release.Name }}", {}),
        ("{{ with .Values.a }}\nb: {{ .Release.Name }}\n{{ end }}", {1: [("a",)]}),
    ],
)  # fmt: skip
def test_lines_tell_what_they_take_from_the_values(
    text: str, references: dict[int, list[tuple[str, ...]]]
) -> None:
    found = {line.number: list(line.references) for line in Template(text).lines}

    assert {number: paths for number, paths in found.items() if paths} == references


def test_reading_a_template_takes_time_in_proportion_to_its_length() -> None:
    for text in ("{{ \" ' ` " * 30_000, "{{" * 100_000, "{{ ' }}" * 30_000, '{{ "a" }}' * 30_000):
        assert MARKS.sub("", Template(text).marked()) == text
