"""What a server makes when it is first needed, made as this is imported: in a template, and so once for all servers."""

import nbformat
from jupyterlab_server.translation_utils import get_language_packs
from nbformat.v4 import new_notebook

from conventions.languages import LANGUAGES

# To open or save a notebook it compiles their schema, which takes ten megabytes.
nbformat.validate(new_notebook())
# Each page asks for the languages' names, in its own: as much again.
for _language in LANGUAGES.values():
    get_language_packs(_language.locale)
