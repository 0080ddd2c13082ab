"""The vocabulary: how long its index takes to load in a new process, and how fast it reads texts."""

import subprocess
import sys
import time

import pytest

from conventions.languages import LANGUAGES
from conventions.vocabulary import find
from tests.conventions.test_find import SENTENCES

MEGABYTE = 1_000_000
COLD = """
import time
begun = time.perf_counter()
from conventions.languages import LANGUAGES
from conventions.vocabulary import find
imported = time.perf_counter()
found = [key for code in LANGUAGES for key in find("DDT, CAS 57-74-9", code)]
loaded = time.perf_counter()
print(len(found), imported - begun, loaded - imported)
"""


def test_the_index_of_six_languages_loads_in_a_new_process() -> None:
    """Wanted: 0.2 s. The first search reads the tables and makes the index."""
    run = subprocess.run([sys.executable, "-c", COLD], capture_output=True, text=True, check=True)
    found, imports, load = run.stdout.split()
    print(f"\nvocabulary: six languages loaded in {float(load):.3f} s, after {float(imports):.3f} s of imports")
    assert int(found) == 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_megabyte_is_read(language: str) -> None:
    """Wanted: 1 MB/s on one core. The text is dense: every sentence speaks of concepts."""
    sentences = [sentence for code, sentence, _ in SENTENCES if code == language]
    once = "\n\n".join(sentences)
    text = "\n\n".join([once] * (MEGABYTE // len(once.encode()) + 1))
    expected = find(once, language)
    begun = time.perf_counter()
    found = find(text, language)
    took = time.perf_counter() - begun
    print(f"\nvocabulary: {language} read at {len(text.encode()) / MEGABYTE / took:.1f} MB/s")
    assert found == expected
