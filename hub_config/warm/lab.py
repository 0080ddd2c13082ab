"""The defaults of JupyterLab and Notebook: the member's language, and only what is for her."""

import json
from itertools import product
from pathlib import Path

from conventions.languages import LANGUAGES
from hub_config.warm import rooms

# The pages of what is left out, and JupyterLab's own question whether to fetch news from its makers.
HIDDEN = ("@jupyter/nbgrader:course-list", "@jupyter/nbgrader:formgrader")
# What only those who write tasks need; it speaks English only, and learners hand in by the platform's own button.
AUTHORS_ONLY = tuple(f"@jupyter/nbgrader:{name}" for name in ("menu", "create-assignment", "validate-assignment"))
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


def write_lab_settings(home: Path) -> None:
    """Folders by language, for learners and authors, with defaults of JupyterLab and Notebook; her own choice wins."""
    for (code, language), author in product(LANGUAGES.items(), (False, True)):
        folder = rooms.lab_settings(home, code, author=author)
        hidden = dict.fromkeys(HIDDEN if author else (*HIDDEN, *AUTHORS_ONLY), True)
        # JupyterLab would find the second file beside the first, Notebook finds it here only.
        (folder / "labconfig").mkdir(parents=True, exist_ok=True)
        overrides = {"@jupyterlab/translation-extension:plugin": {"locale": language.locale}, **QUIET}
        (folder / "overrides.json").write_text(json.dumps(overrides), encoding="utf-8")
        (folder / "labconfig" / "page_config.json").write_text(
            json.dumps({"disabledExtensions": hidden}), encoding="utf-8"
        )
