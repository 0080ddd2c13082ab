"""Settings: where they come from, which wins, and that nothing unknown or bad is let through."""

from pathlib import Path

import pytest

from conventions.errors import ClearingHouseError
from hub_config.settings import Settings, read


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have settings of her own."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CHM_{name.upper()}", raising=False)


def test_command_line_wins_over_environment_over_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source is read, and the nearer one counts."""
    (tmp_path / "settings.toml").write_text('port = 1111\nhost = "0.0.0.0"\ngrading_workers = 7\n')
    monkeypatch.setenv("CHM_PORT", "2222")
    monkeypatch.setenv("CHM_HOST", "127.0.0.2")
    settings = read(home=tmp_path, port=3333)
    assert (settings.port, settings.host, settings.grading_workers) == (3333, "127.0.0.2", 7)


def test_an_unknown_name_is_refused_wherever_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt setting would otherwise be silently without effect."""
    monkeypatch.setenv("CHM_PROT", "8001")
    with pytest.raises(ClearingHouseError, match="no setting prot") as unknown:
        read(home=tmp_path)
    assert unknown.value.code == "setting-unknown"
    monkeypatch.delenv("CHM_PROT")
    (tmp_path / "settings.toml").write_text("prot = 8001\n")
    with pytest.raises(ClearingHouseError, match="no setting prot"):
        read(home=tmp_path)


def test_what_the_platform_gives_its_processes_is_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command run in a learner's terminal still starts."""
    monkeypatch.setenv("CHM_LANGUAGE", "ar")
    assert read(home=tmp_path).port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("SANDBOX", "perhaps"),
        ("GRADING_WORKERS", "0"),
        ("LOG_FORMAT", "xml"),
        ("SERVER_CPUS", "-1"),
        ("DATABASE_URL", "platform.sqlite"),
        ("DATABASE_URL", "nosuch://host/name"),
    ],
)
def test_a_bad_value_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The error names setting and value."""
    monkeypatch.setenv(f"CHM_{name}", value)
    with pytest.raises(ClearingHouseError, match=value) as bad:
        read(home=tmp_path)
    assert (bad.value.code, bad.value.values["name"]) == ("setting-bad", name.lower())


@pytest.mark.parametrize("content", [b"port: 8001", b"\xff"])
def test_an_unreadable_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is not TOML, or no text at all, stops the start."""
    (tmp_path / "settings.toml").write_bytes(content)
    with pytest.raises(ClearingHouseError) as unreadable:
        read(home=tmp_path)
    assert unreadable.value.code == "settings-unreadable"


def test_another_process_reads_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`environment` carries the whole choice to the processes of the platform."""
    settings = read(home=tmp_path, port=3333, sandbox=False)
    for name, value in settings.environment.items():
        monkeypatch.setenv(name, value)
    assert read() == settings
