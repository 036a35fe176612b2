"""The configuration: what goes before what, what is refused and where, and the shipped file."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.configuration import ConfigurationError
from data.settings import SHIPPED, STATES, WAREHOUSES, Settings, WrittenSettings, read_settings
from data.yaml_source import parse_yaml


def written(folder: Path, text: str) -> Path:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder: Path, text: str, **environment: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read_settings(written(folder, text), environment)
    return [str(problem).replace(str(folder) + "/", "") for problem in caught.value.problems]


def test_the_shipped_file_names_every_key_with_its_default() -> None:
    shipped = parse_yaml(SHIPPED.read_text(encoding="utf-8")).data
    assert set(shipped) == set(WrittenSettings.model_fields)
    assert WrittenSettings.model_validate_json("{}") == read_settings().written.value


def test_every_key_that_may_be_written_is_explained_above_it() -> None:
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line and not line.startswith("#"):
            assert lines[number - 1].startswith("#"), line


def test_relative_places_are_beside_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "warehouse: ducklake:///facts\nstate: sqlite:///own.sqlite\n")
    found = read_settings(file, {})
    assert found.warehouse == f"ducklake:///{tmp_path}/facts"
    assert found.state == f"sqlite:///{tmp_path}/own.sqlite"
    assert found.lake_folder == tmp_path / "facts"


def test_an_option_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "warehouse: ducklake:////in/file\n")
    around = {"CANOPY_WAREHOUSE": "ducklake:////in/environment"}
    assert read_settings(file, {}).warehouse == "ducklake:////in/file"
    assert read_settings(file, around).warehouse == "ducklake:////in/environment"
    by_option = read_settings(file, around, warehouse="ducklake:////in/option")
    assert by_option.warehouse == "ducklake:////in/option"


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    file = written(tmp_path, "warehouse: ducklake:////in/file\n")
    assert read_settings(file, {"CANOPY_WAREHOUSE": ""}).warehouse == "ducklake:////in/file"


def test_places_in_options_are_beside_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = read_settings(environment={}, warehouse="ducklake:///here")
    assert found.lake_folder == tmp_path / "here"


def test_another_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    file = written(tmp_path, "language: en\n")
    assert read_settings(environment={"CANOPY_CONFIG": str(file)}).language == "en"


def test_a_server_is_kept_as_written_and_its_password_never_shown(tmp_path: Path) -> None:
    url = "postgresql+psycopg://canopy:s3cret@db.bank/facts"
    found = read_settings(written(tmp_path, "language: en\n"), {"CANOPY_WAREHOUSE": url})
    assert found.warehouse == url
    assert found.lake_folder is None
    assert "s3cret" not in repr(found)


def test_all_problems_are_told_at_once_each_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    text = (
        "zone: Asia/Shangai\nlanguage: zh\nwarehouse: mysql://root@db/x\nstate: sqlite://\n"
        "tree: yours\nminimum_coverage: 50\n"
    )
    zone = "found 'Asia/Shangai', expected an IANA zone such as Asia/Shanghai"
    assert refused(tmp_path, text) == [
        f"config.yaml:1: zone: {zone}; did you mean Asia/Shanghai?",
        f"config.yaml:3: warehouse: found a URL of the kind mysql, expected {WAREHOUSES}",
        f"config.yaml:4: state: found sqlite without a place, expected {STATES}",
        "config.yaml:5: tree: found 'yours', expected a folder with tree files",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("langage: zh\n", "config.yaml:1: langage: found unknown key 'langage', expected one of"),
        ("langage: zh\n", "did you mean language?"),
        ("language: fr\n", "config.yaml:1: language: found 'fr', expected one of 'zh' or 'en'"),
        ("\nminimum_coverage: 101\n", "config.yaml:2: minimum_coverage: found 101"),
        ("late_after_days: -1\n", "expected a number of at least 0"),
        ("late_after_days: soon\n", "found 'soon', expected a whole number"),
        ("switched_off: advisory_share\n", "expected a list"),
        ("zone: ''\n", "expected an IANA zone"),
        ("zone: Asia\n", "expected an IANA zone"),
        ("warehouse: facts\n", "found text that is not a URL"),
        ("warehouse: 'ducklake://'\n", "found ducklake without a place"),
        ("state: 'sqlite:///:memory:'\n", "found sqlite without a place"),
        ("", "config.yaml:1: found an empty file"),
        ("language: zh\nlanguage: en\n", "expected it once (line 1)"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    said = refused(tmp_path, text)
    assert len(said) == 1
    assert told in said[0]


def test_a_wrong_variable_is_told_by_its_name_and_without_its_password(tmp_path: Path) -> None:
    url = "mysql://root:s3cret@db/x"
    said = refused(tmp_path, "language: zh\n", CANOPY_STATE=url)
    found = "found a URL of the kind mysql"
    assert said == [f"environment: CANOPY_STATE: {found}, expected {STATES}"]


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    written(tmp_path, "language: zh\n")
    with pytest.raises(ConfigurationError, match=r"did you mean config\.yaml\?"):
        read_settings(tmp_path / "confg.yaml", {})


def test_settings_cannot_be_changed() -> None:
    found: Settings = read_settings(environment={})
    with pytest.raises(AttributeError):
        found.zone = "UTC"  # type: ignore[misc]  # that it is refused is the test


def test_what_can_be_checked_is_told_beside_keys_that_are_wrong(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        "zone: Asia/Shangai\nwarehouse: mysql://x\nlate_after_dys: 3\nminimum_coverage: half\n"
        "viewers: {source: heder}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError) as told:
        read_settings(file, {})
    found = [(problem.line, problem.key) for problem in told.value.problems]
    assert found == [
        (1, "zone"), (2, "warehouse"), (3, "late_after_dys"), (4, "minimum_coverage"),
        (5, "viewers.source"),
    ]  # fmt: skip
