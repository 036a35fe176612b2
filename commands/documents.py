"""The command that writes the documents which are made from declarations: documents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from commands.options import Call, common
from commands.shown import show_json
from data.contract.reference import contract_markdown
from data.settings import ROOT, Settings
from metrics.checks import tables_used
from metrics.cockpit import load_definitions
from metrics.dictionary import indicators_markdown


@click.command()
@click.option("--into", type=click.Path(path_type=Path), default=ROOT / "docs", help="Folder.")
@common()
def documents(call: Call, into: Path) -> None:
    """Write docs/contract.md and docs/indicators.md anew, from what is declared."""
    into.mkdir(parents=True, exist_ok=True)
    written = made_documents(call.settings)
    for name, text in written.items():
        (into / name).write_text(text, encoding="utf-8")
    if call.as_json:
        show_json({"written": [into / name for name in written]})
        return
    for name in written:
        click.echo(str(into / name))


def made_documents(settings: Settings) -> Mapping[str, str]:
    """The documents by file name."""
    found = load_definitions(settings)
    return {
        "contract.md": contract_markdown(tables_used(found)),
        "indicators.md": indicators_markdown(found),
    }
