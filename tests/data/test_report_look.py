"""The section ``report`` of config.yaml: what is wrong with it is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.configuration import ConfigurationError
from data.report_look import ReportLook
from data.settings import read_settings


def settings_of(folder: Path, text: str) -> ReportLook:
    """The look that a configuration gives."""
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file, {}).report


def test_without_the_section_all_is_as_shipped(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "language: en\n") == ReportLook()
    assert read_settings(environment={}).report == ReportLook()


def test_files_lie_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    look = settings_of(tmp_path, 'report: {logo: logo.png, accent: "#aabb01", name_zh: 示例银行}\n')
    assert (look.logo, look.accent, look.name("zh")) == (
        tmp_path / "logo.png",
        "AABB01",
        "示例银行",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("report:\n  accent: blue\n", "config.yaml:2: report.accent: found 'blue'"),
        ('report:\n  series: ["#112233"]\n', "config.yaml:2: report.series"),
        (
            "report:\n  logo: gone.png\n",
            "report.logo: found 'gone.png', expected a PNG",
        ),
        ("report:\n  template: letter.txt\n", "expected an .xlsx workbook"),
        ("report:\n  acent: x\n", "did you mean accent?"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "letter.txt").write_text("Dear board", encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        settings_of(tmp_path, text)
    assert told in str(error.value)
