"""``--help`` in French says what the English one says."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
import pytest

from souverain.cli import app
from souverain.cli.french import option_text, texts


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            sub = command.get_command(context, name)
            assert sub is not None
            yield from commands(sub, f"{path} {name}")


COMMANDS = dict(commands(app.app, "souverain"))


def described(command: click.Command) -> set[str]:
    """Long names of the options that say what they do."""
    options = (p for p in command.params if isinstance(p, click.Option))
    return {max(option.opts, key=len) for option in options if option.help}


def test_every_command_and_no_other_is_translated() -> None:
    written = texts()["commands"]
    assert set(written) == set(COMMANDS)
    for path, command in COMMANDS.items():
        assert written[path]["help"].strip()
        assert bool(written[path].get("epilog")) == bool(command.epilog), path


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_is_translated(path: str) -> None:
    assert [name for name in described(COMMANDS[path]) if not option_text(name, path)] == []


def test_no_translation_is_left_over() -> None:
    used = {path: described(command) for path, command in COMMANDS.items()}
    for path, own in texts()["commands"].items():
        below = {
            name for p, names in used.items() if f"{p} ".startswith(f"{path} ") for name in names
        }
        assert set(own.get("options", {})) <= below, path
    everywhere = set().union(*used.values()) | {"--help"}
    assert set(texts()["options"]) <= everywhere


@pytest.mark.parametrize("path", COMMANDS)
def test_examples_are_the_same(path: str) -> None:
    def examples(epilog: str | None) -> list[str]:
        lines = (epilog or "").splitlines()
        return [line.split("  ")[1] for line in lines if line.startswith("  souverain")]

    french = texts()["commands"][path].get("epilog", "").replace("registre.csv", "register.csv")
    assert examples(french) == examples(COMMANDS[path].epilog)


def shown(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert app.run(list(arguments)) == 0
    sys.stdout.flush()
    return capsys.readouterr().out


def test_help_follows_the_option_and_the_locale(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    english = shown("trace", "--help", capsys=capsys)
    assert english.startswith("Usage: souverain trace [OPTIONS]\n\n  Show which rule checks")
    french = shown("trace", "--lang", "fr", "--help", capsys=capsys)
    assert french.startswith("Usage : souverain trace [OPTIONS]\n\n  Montre quelle règle vérifie")
    assert "Forme du résultat.  [par défaut : text]" in french
    assert "  -h, --help                      Affiche cette aide.\n" in french
    assert shown("trace", "--help", capsys=capsys) == english
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert shown("trace", "--help", capsys=capsys) == french
    assert "\nCommandes :\n  alternatives  Liste" in shown("catalog", "--help", capsys=capsys)
    assert shown("trace", "--lang=en", "--help", capsys=capsys) == english
    assert "\n  check        Vérifie qui" in shown("--help", capsys=capsys)
