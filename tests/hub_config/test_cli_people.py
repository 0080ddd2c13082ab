"""Tests of `chm people`: members in and out as a file, and one erased."""

from pathlib import Path

import pytest

from hub_config.cli import main

HEADER = "name,full_name,country,organisation,role,language,standing,languages,expertise,capacity,hours,paused\n"
AMINA = "amina,Amina Diallo,SN,Direction de l'environnement,officer,fr,approved,,,0,0,no\n"


def test_a_file_that_was_imported_is_exported_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To the terminal or to a file."""
    given, home = tmp_path / "given.csv", ["--home", str(tmp_path)]
    given.write_text("\ufeff" + HEADER + AMINA, encoding="utf-8")
    assert main(["people", "import", str(given), *home]) == 0
    capsys.readouterr()
    assert main(["people", "export", *home]) == 0
    assert capsys.readouterr().out == HEADER + AMINA
    assert main(["people", "export", str(tmp_path / "out.csv"), *home]) == 0
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == HEADER + AMINA


def test_a_bad_file_is_refused_with_every_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, the rows named, nothing imported; a missing file or argument is said too."""
    given, home = tmp_path / "given.csv", ["--home", str(tmp_path)]
    given.write_text(HEADER + AMINA + "x,,ZZ,o,king,fr,approved,,,0,0,no\n", encoding="utf-8")
    assert main(["people", "import", str(given), *home]) == 2
    said = capsys.readouterr().err
    assert "line 3: role “king”" in said
    assert "line 3: country “ZZ”" in said
    main(["people", "export", *home])
    assert capsys.readouterr().out == HEADER
    assert main(["people", "import", str(tmp_path / "absent.csv"), *home]) == 2
    assert main(["people", "import", *home]) == 2


def test_erasing_needs_a_second_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --yes it only says what it would do; an unknown name is an error."""
    given, home = tmp_path / "given.csv", ["--home", str(tmp_path)]
    given.write_text(HEADER + AMINA, encoding="utf-8")
    main(["people", "import", str(given), *home])
    assert main(["people", "erase", "amina", *home]) == 1
    assert main(["people", "erase", "nobody", *home]) == 2
    capsys.readouterr()
    main(["people", "export", *home])
    assert "Amina Diallo" in capsys.readouterr().out
    assert main(["people", "erase", "amina", "--yes", *home]) == 0
    capsys.readouterr()
    main(["people", "export", *home])
    assert "amina" not in capsys.readouterr().out.casefold()
