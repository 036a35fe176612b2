"""Help, exit codes and errors of the command line as a whole, and the README's commands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import cli
from commands import documents, exits
from data.settings import read_settings
from tests.cli.conftest import Run
from tests.conftest import DemoBank

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = cli.canopy.list_commands(click.Context(cli.canopy))


def readme_commands() -> list[str]:
    """Lines of the README's examples that call the command line."""
    return re.findall(r"^ {4,}python cli\.py (.+)$", README, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run: Run, name: str) -> None:
    ran = run(name, "--help")
    assert ran.code == 0
    for option in ("--warehouse", "--state", "--config", "--lang", "--json"):
        assert option in ran.out


def test_the_help_lists_every_command_and_exit_code(run: Run) -> None:
    said = run("--help").out
    assert [name for name in COMMANDS if name not in said] == []
    codes = (exits.OK, exits.FOUND_PROBLEMS, exits.WRONG_USE, exits.NOT_USABLE, exits.REFUSED)
    for code in (*codes, exits.INTERNAL, exits.INTERRUPTED):
        assert re.search(rf"^ +{code}  ", said, re.MULTILINE)
        assert re.search(rf"\b{code} ", README)


def test_the_readme_names_every_command() -> None:
    assert [name for name in COMMANDS if f"| `{name}" not in README] == []


def reading_commands() -> list[str]:
    """Those that only read; what loads or refreshes has banks of its own in test_warehouse.py."""
    writing = {"load", "refresh"}
    return [line for line in readme_commands() if line.split()[0] not in writing]


@pytest.mark.usefixtures("quick_cards")
@pytest.mark.parametrize("line", reading_commands())
def test_the_readmes_commands_run(line: str, on_bank: Run) -> None:
    arguments = shlex.split(line)
    today = ["--today", "2026-11-11"] if arguments[0] == "check" else []
    if arguments == ["--help"]:
        assert cli.main(arguments) == 0
        return
    ran = on_bank(*arguments, *today)
    assert (ran.code, bool(ran.out)) == (0, True), ran.err


def test_the_readmes_make_commands_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    there = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`| {4})make ([a-z]+)", README))
    assert {"run", "test"} <= named
    assert named <= there


def test_the_documents_made_from_declarations_are_up_to_date() -> None:
    for name, text in documents.made_documents(read_settings(environment={})).items():
        kept = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert kept == text, f"docs/{name} is out of date: run `make docs`"


def test_documents_are_written_where_they_are_wanted(run: Run, tmp_path: Path) -> None:
    assert run("documents", "--into", tmp_path / "new").code == 0
    assert "## event" in (tmp_path / "new" / "contract.md").read_text(encoding="utf-8")


def test_an_unknown_command_is_wrong_use(run: Run) -> None:
    ran = run("scor")
    assert ran.code == 2
    assert "No such command 'scor'" in ran.err


def test_without_a_warehouse_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    ran = run("score", "--period", "2026-10", "--warehouse", f"ducklake:///{tmp_path}/none")
    assert ran.code == 3
    assert "make one with `demo` or `load`" in ran.err
    assert not (tmp_path / "none").exists()


def test_a_server_that_does_not_answer_is_told_without_its_password(run: Run) -> None:
    url = "postgresql+psycopg://canopy:s3cret@127.0.0.1:1/facts"
    ran = run("value", "mau", "--period", "2026-10", "--warehouse", url)
    assert ran.code == 3
    assert "does not answer" in ran.err
    assert "s3cret" not in ran.err


def test_a_state_database_of_another_kind_is_told(on_bank: Run, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("this is not a database, it is a letter" * 50, encoding="utf-8")
    ran = on_bank("close", "2026-10", "--state", f"sqlite:///{file}")
    assert ran.code == 3
    assert "no readable state database" in ran.err


def test_wrong_configuration_stops_every_command(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("language: fr\nzone: Mars\n", encoding="utf-8")
    ran = run("tree", "--config", file)
    assert (ran.code, ran.out) == (2, "")
    assert "config.yaml:1: language: found 'fr', expected one of 'zh' or 'en'" in ran.err


def test_an_indicator_that_must_stay_on_is_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("language: en\nswitched_off:\n  - advisory_share\n  - mau\n", encoding="utf-8")
    ran = run("tree", "--config", file)
    assert ran.code == 2
    assert "config.yaml:4: switched_off[1]: found 'mau', expected an indicator that may" in ran.err


def test_a_switched_off_indicator_has_no_score_and_says_why(on_bank: Run, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("language: en\nswitched_off: [advisory_share]\n", encoding="utf-8")
    card = on_bank("score", "--period", "2026-10", "--config", file, "--json").json
    leaf = next(node for node in card["nodes"] if node["id"] == "advisory_share")
    assert (leaf["score"], leaf["reason"]) == (None, "switched off in the configuration")
    asked = ("value", "advisory_share", "--period", "2026-10", "--config", file, "--json")
    row = on_bank(*asked).json["rows"][0]
    assert (row["value"], row["reason"]) == (None, "switched off in the configuration")


def test_a_fault_of_canopy_itself_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise KeyError("lost")

    monkeypatch.setattr("commands.numbers.load_definitions", broken)
    ran = run("tree")
    assert ran.code == 70
    assert ran.err == (
        "error: a fault in Canopy itself (KeyError: 'lost'); CANOPY_DEBUG=1 shows where\n"
    )
    monkeypatch.setenv("CANOPY_DEBUG", "1")
    with pytest.raises(KeyError):
        run("tree")


def test_an_interrupted_command_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr("commands.numbers.load_definitions", stopped)
    ran = run("tree")
    assert (ran.code, ran.err.strip()) == (130, "interrupted")


def test_the_help_comes_without_waiting_for_the_engines() -> None:
    code = "import sys, cli; sys.exit('pandas' in sys.modules or 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_json_is_alone_on_standard_output(demo_bank: DemoBank, tmp_path: Path) -> None:
    state = f"sqlite:///{tmp_path / 'state.sqlite'}"
    where = ["--warehouse", demo_bank.url, "--state", state]
    asked = ["value", "dau", "--period", "2026-10", "--json", *where]
    done = subprocess.run(
        [sys.executable, "cli.py", *asked], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("{")
