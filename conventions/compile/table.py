"""A compiled table: written whole, always in the same bytes for the same rows."""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path


def write(path: Path, columns: Sequence[str], rows: Iterable[dict[str, str]]) -> None:
    """Write `rows` as CSV with a header, UTF-8 and LF; compressed where the name ends in `.gz`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode()
    # No time of writing in the archive, so that the same rows give the same file.
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def plain(number: float) -> str:
    """A quantity as short as it can be written: `300`, not `300.0`.

    Six places are a gram in tonnes, finer than what is reported; behind them is what binary arithmetic left.
    """
    return f"{number:.6f}".rstrip("0").rstrip(".")
