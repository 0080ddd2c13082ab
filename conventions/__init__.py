"""The ground floor: convention data, the six-language vocabulary, languages, texts and errors."""

import sys

# jsonschema, which all of Jupyter imports, checks IRIs with this if it can, and is busy for a second with a grammar to
# be ready to. Nothing here validates an IRI, so no process waits for it. Every package of ours imports this one first.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
