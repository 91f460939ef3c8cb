"""Comments are told from strings, and lead to what stands beside or below them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souverain.model import SourceText
from souverain.suppress.areas import Areas
from souverain.suppress.comments import comments


def said(path: str, text: str) -> list[tuple[int, bool, str]]:
    """Line, whether alone, and what each directive says."""
    return [
        (span.line, comment.alone, words)
        for comment in comments(SourceText(path, text.encode()))
        for words, span in comment.said()
    ]


def covered(path: str, text: str) -> list[str]:
    """The text that each comment with a directive covers."""
    source = SourceText(path, text.encode())
    found = comments(source)
    areas = Areas(source, found)
    return [areas.covered_by(c).text for c in found for _ in c.said()]


NATIVE = """\
resource "a" "b" { # souverain: ignore[A]
  region = "x" // souverain: ignore[B]
  /* souverain: ignore[C] */ zone = 1
  /*
   * souverain: ignore[D]
   * souverain: ignore[E] */
  text = "# souverain: ignore[NO] ${ "/* souverain: ignore[NO] */" }"
  long = <<-EOT
    # souverain: ignore[NO]
    ${ x /* souverain: ignore[F] */ }
    // souverain: ignore[NO]
  EOT
  #souverain:ignore[G]
  ### souverain: ignore[H]
  # see souverain: ignore[NO]
  # "souverain: ignore[NO]"
} // souverain: ignore[é]"""


def test_native_syntax() -> None:
    assert said("main.tf", NATIVE) == [
        (1, False, "ignore[A]"),
        (2, False, "ignore[B]"),
        (3, False, "ignore[C]"),
        (5, True, "ignore[D]"),
        (6, True, "ignore[E]"),
        (10, False, "ignore[F]"),
        (13, True, "ignore[G]"),
        (14, True, "ignore[H]"),
        (17, False, "ignore[é]"),
    ]


@pytest.mark.parametrize("path", ["a.tofu", "terraform.tfvars", "x.auto.tfvars"])
def test_other_native_files(path: str) -> None:
    assert said(path, 'a = 1 # souverain: ignore[A]\r\nb = "#"\r\n') == [(1, False, "ignore[A]")]


@pytest.mark.parametrize("path", ["a.tf.json", "plan.json", "README.md"])
def test_json_has_no_comments(path: str) -> None:
    assert said(path, '{"//": "# souverain: ignore[A]"}\n# souverain: ignore[A]\n') == []


def test_a_comment_that_does_not_end_is_none() -> None:
    assert said("a.tf", "a = 1\n/* souverain: ignore[A]\nb = 2\n") == []


YAML = """\
# souverain: ignore[A]
é: "x # souverain: ignore[NO]" # souverain: ignore[B]
block: |
  # souverain: ignore[NO]
  text
# souverain: ignore[C]
{{- if .Values.x }}
name: {{ .x | quote }} # souverain: ignore[D]
{{- end }}
list:
  - a#b  # souverain: ignore[E]
  # souverain: ignore[F]
quoted: 'it''s
  # souverain: ignore[NO]'
plain: a
  b # souverain: ignore[é]
"""


def test_yaml() -> None:
    assert said("deploy.yaml", YAML) == [
        (1, True, "ignore[A]"),
        (2, False, "ignore[B]"),
        (6, True, "ignore[C]"),
        (8, False, "ignore[D]"),
        (11, False, "ignore[E]"),
        (12, True, "ignore[F]"),
        (16, False, "ignore[é]"),
    ]


def test_nothing_counts_after_yaml_that_cannot_be_scanned() -> None:
    text = "# souverain: ignore[A]\na: b\nc: 'open\n# souverain: ignore[NO]\n"
    assert said("a.yaml", text) == [(1, True, "ignore[A]")]
    assert said("a.yaml", "a: \xff".encode("latin-1").decode("utf-8", "replace")) == []
    assert comments(SourceText("a.yaml", b"\xff # souverain: ignore[A]\n")) == ()


# --- what is covered ----------------------------------------------------------------------


def test_a_comment_beside_code_covers_what_begins_there() -> None:
    text = 'resource "a" "b" { # souverain: ignore[A]\n  region = "x" # souverain: ignore[B]\n}\n'
    assert covered("a.tf", text) == [text.rstrip("\n"), 'region = "x"']


def test_a_comment_above_covers_the_next_line() -> None:
    block = 'a "b" {\n  c = 1\n}'
    assert covered("a.tf", f"# souverain: ignore[A]\n{block}\n") == [block]
    stacked = f"# souverain: ignore[A]\n# why\n/* souverain: ignore[B]\n*/\n{block}\n"
    assert covered("a.tf", stacked) == [block, block]


@pytest.mark.parametrize("below", ["", "\n", "\n\na = 1\n", "\n}\n"])
def test_a_comment_above_nothing_covers_no_element(below: str) -> None:
    (text,) = covered("a.tf", f"x {{\n# souverain: ignore[A]{below}")
    assert text.strip() in ("", "}")


def test_a_comment_after_a_value_of_several_lines_covers_that_line() -> None:
    text = "tags = {\n  a = 1\n} # souverain: ignore[A]\n"
    assert covered("a.tf", text) == ["} # souverain: ignore[A]\n"]


def test_a_nested_block() -> None:
    text = "a {\n  # souverain: ignore[A]\n  b {\n    c = 1\n  }\n}\n"
    assert covered("a.tf", text) == ["b {\n    c = 1\n  }"]


def test_a_key_of_yaml_covers_what_it_holds() -> None:
    text = (
        "spec: # souverain: ignore[A]\n  a: 1\n\n  b:\n    c: 2\n"
        "# souverain: ignore[B]\nlist:\n- x\n- y\nend: 1\n"
    )
    whole, listed = covered("a.yaml", text)
    assert whole.startswith("spec: #")
    assert whole.endswith("    c: 2\n")
    assert listed == "list:\n- x\n- y\n"


def test_an_item_covers_itself() -> None:
    text = "a:\n  - x: 1 # souverain: ignore[A]\n    y: 2\n  - z: 3\n"
    assert covered("a.yaml", text) == ["  - x: 1 # souverain: ignore[A]\n    y: 2\n"]


OBJECT = """\
# souverain: ignore[A]
apiVersion: v1
kind: Service
--- # souverain: ignore[B]
kind: Pod
spec: 1
---

# why
# souverain: ignore[C]
{{- if .x }}
apiVersion: v1
kind: Secret # souverain: ignore[D]
data: 1
...
"""


def test_an_object_is_covered_with_its_first_line() -> None:
    first, second, conditional, kind = covered("a.yaml", OBJECT)
    assert first == "apiVersion: v1\nkind: Service\n"
    assert second == "--- # souverain: ignore[B]\nkind: Pod\nspec: 1\n"
    assert conditional == "{{- if .x }}\n"
    assert kind == "kind: Secret # souverain: ignore[D]\n"


SYNTAX = st.lists(
    st.sampled_from(
        ["#", "//", "/*", "*/", '"', "\\", "\n", "\r\n", " ", "a", "{", "}", "=", "<<E\n", "E\n",
         "${", "souverain: ignore[A]", "- ", ": ", "|", "'", "é", "\t", "{{", "}}", "&x", "[", ","]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(SYNTAX, st.sampled_from(["a.tf", "a.yaml"]))
def test_nothing_crashes(text: str, path: str) -> None:
    source = SourceText(path, text.encode())
    found = comments(source)
    areas = Areas(source, found)
    for comment in found:
        span = areas.covered_by(comment)
        assert 0 <= span.start <= span.end <= len(source.data)
        assert comment.span.text.startswith(("#", "//", "/*"))


@pytest.mark.parametrize(
    "text",
    ["{{" * 200_000, "{{ x }}" * 100_000, "{{/*\n" * 100_000, "/*" * 200_000, "[" * 200_000],
    ids=lambda text: text[:4].strip(),
)
@pytest.mark.parametrize("path", ["a.tf", "a.yaml"])
def test_hostile_text_takes_no_time(path: str, text: str) -> None:
    started = time.process_time()
    comments(SourceText(path, f"{text}\n# souverain: ignore[A]\n".encode()))
    assert time.process_time() - started < 20
