"""What a server makes when it is first needed, made as this is imported: in a template, and so once for all servers."""

from functools import cache

import nbformat
from jupyterlab_server import translation_utils
from nbconvert.exporters import base as exporters
from nbformat.v4 import new_notebook

from conventions.languages import LANGUAGES

# To open or save a notebook it compiles their schema, which takes ten megabytes.
nbformat.validate(new_notebook())
# Each page asks in which formats notebooks can be saved, and for languages: thirty times, all packages are looked
# through for what they bring. A template is made anew when packages change.
for _module in (exporters, translation_utils):
    vars(_module)["entry_points"] = cache(_module.entry_points)
exporters.get_export_names()
# And for the languages' names, in its own: ten megabytes more.
for _language in LANGUAGES.values():
    translation_utils.get_language_packs(_language.locale)
