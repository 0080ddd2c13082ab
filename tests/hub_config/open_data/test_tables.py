"""The tables as people and programs get them: all forms hold the same rows, caches are told, bad questions refused."""

import csv
import io
import re

import duckdb
import pytest
from starlette.testclient import TestClient

from conventions.languages import LANGUAGES
from conventions.tables import resources, table
from conventions.texts import texts
from hub_config.open_data.datasets import Package
from hub_config.open_data.service import OpenData

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NAMES = tuple(Package().datasets)


def test_every_table_of_the_package_is_published(public: TestClient) -> None:
    """The list has each table of the data package, with its rows and its date."""
    page = public.get("/data", headers=BROWSER).text
    for name in resources():
        assert f'href="/data/{name}"' in page
    assert "634 rows" in page and "2,095 rows" in page


@pytest.mark.parametrize("name", NAMES)
def test_forms_hold_the_same(public: TestClient, name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """CSV, JSON and Parquet have the columns and rows that the package's own loader reads."""
    expected = table(name)
    read = list(csv.reader(io.StringIO(public.get(f"/data/{name}.csv").text)))
    first = public.get(f"/data/{name}.json?limit=10").json()
    file = tmp_path_factory.mktemp("parquet") / f"{name}.parquet"
    file.write_bytes(public.get(f"/data/{name}.parquet").content)
    parquet = duckdb.connect().read_parquet(str(file))
    assert read[0] == list(expected.columns) == parquet.columns
    assert len(read) - 1 == len(expected) == first["count"] == len(parquet.fetchall())
    for row, written in zip(first["rows"], read[1:], strict=False):
        assert ["" if row[key] is None else str(row[key]) for key in ("source", "as_of", "verified")] == [
            dict(zip(read[0], written, strict=True))[key] for key in ("source", "as_of", "verified")
        ]


def test_json_pages_lead_on_to_the_end(public: TestClient) -> None:
    """Following `next` gives every row once, in the order of the file."""
    address, rows = "/data/reporting.json?limit=700", []
    while address:
        answer = public.get(address)
        rows += answer.json()["rows"]
        address = answer.json().get("next", "")
        assert ('rel="next"' in answer.headers.get("link", "")) == bool(address)
    keys = [(row["convention"], row["country"], row["year"]) for row in rows]
    expected = table("reporting")
    assert keys == list(zip(expected["convention"], expected["country"], expected["year"], strict=True))


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv", "text/csv"),
        ("application/json", "application/json"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("text/csv;q=0.1, application/json;q=0.9", "application/json"),
        (BROWSER["Accept"], "text/html"),
        ("*/*", "text/html"),
    ],
)
def test_one_address_answers_what_is_preferred(public: TestClient, accept: str, kind: str) -> None:
    """The URI of a table is its page for people and its rows for programs."""
    answer = public.get("/data/parties", headers={"Accept": accept})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(kind)
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("accept", ["image/png", "nonsense", "text/html;q=0"])
def test_what_there_is_not_is_not_acceptable(public: TestClient, accept: str) -> None:
    """A form that there is not is refused with those that there are."""
    answer = public.get("/data/parties", headers={"Accept": accept})
    assert answer.status_code == 406
    if "html" not in accept:
        assert answer.json()["error"]["code"] == "not-acceptable" and "text/csv" in answer.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/data/parties.csv", "/data/parties.parquet", "/data/parties.json?limit=5"])
def test_caches_are_told_that_nothing_changed(public: TestClient, path: str) -> None:
    """The tag and the day that an answer had are answered with 304 and nothing else; an older day is not."""
    answer = public.get(path)
    assert "max-age" in answer.headers["cache-control"] and "set-cookie" not in answer.headers
    for header in ("If-None-Match", "If-Modified-Since"):
        known = answer.headers["etag" if header == "If-None-Match" else "last-modified"]
        again = public.get(path, headers={header: known})
        assert again.status_code == 304 and not again.content and again.headers["etag"] == answer.headers["etag"]
    assert public.get(path, headers={"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}).status_code == 200
    assert public.get(path, headers={"If-None-Match": '"other"', "If-Modified-Since": known}).status_code == 200
    assert public.get(path, headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_forms_have_tags_of_their_own(public: TestClient) -> None:
    """No two answers share a tag."""
    paths = ["parties.csv", "parties.json", "parties.json?limit=5", "parties.parquet", "countries.csv"]
    assert len({public.get(f"/data/{path}").headers["etag"] for path in paths}) == len(paths)


def test_other_sites_may_read(public: TestClient) -> None:
    """Any site's script may ask and sees the headers that it needs, errors included."""
    for path in ("/data/parties.csv", "/data/nowhere.csv", "/data/parties"):
        answer = public.get(path, headers={"Origin": "https://example.org"})
        assert answer.headers["access-control-allow-origin"] == "*"
    before = public.options("/data/parties.json", headers={"Access-Control-Request-Method": "GET"})
    assert before.status_code == 204 and "If-None-Match" in before.headers["access-control-allow-headers"]


def test_answers_are_compressed(public: TestClient) -> None:
    """Rows travel compressed to whoever can read that."""
    answer = public.get("/data/movements.csv", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip" and int(answer.headers.get("content-length", 0)) < 500_000


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/data/nowhere", 404, "unknown-table"),
        ("/data/nowhere.csv", 404, "unknown-table"),
        ("/data/..%2Fparties.csv", 404, "unknown-table"),
        ("/data/parties.json?limit=1e9", 400, "not-readable"),
        ("/data/parties.json?limit=1000000000", 400, "not-readable"),
        ("/data/parties.json?limit=-1", 400, "not-readable"),
        ("/data/parties.json?offset=x", 400, "not-readable"),
        ("/data/parties%22;DROP%20TABLE%20x", 404, "unknown-table"),
    ],
)
def test_bad_questions(public: TestClient, path: str, status: int, code: str) -> None:
    """What cannot be is refused by a stable code."""
    answer = public.get(path)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code


def test_a_page_past_the_end_is_empty(public: TestClient) -> None:
    """Whoever asks beyond the last row gets no row and the number of rows."""
    answer = public.get("/data/parties.json?offset=1000000").json()
    assert answer["rows"] == [] and answer["count"] == len(table("parties")) and "next" not in answer


def test_errors_are_in_her_language(public: TestClient) -> None:
    """The code is for the program, the sentence for whoever reads its log."""
    answer = public.get("/data/nowhere.csv", headers={"Accept-Language": "fr"})
    assert answer.headers["content-language"] == "fr" and "tableau" in answer.json()["error"]["message"]


def test_people_get_a_page_when_there_is_no_table(public: TestClient) -> None:
    """With a browser the error is a page that says what to do."""
    answer = public.get("/data/nowhere", headers=BROWSER)
    assert answer.status_code == 404 and "<main" in answer.text and "unknown-table" in answer.text


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_page(public: TestClient, name: str, code: str) -> None:
    """A table's page says in her language what it is, each column, and where to get it; it is light and well formed."""
    page = public.get(f"/data/{name}?lang={code}", headers=BROWSER).text
    described = resources()[name]
    words = texts(code)
    assert f'<html lang="{code}" dir="{LANGUAGES[code].direction}">' in page and page.count("<h1") == 1
    assert words(described["title"]) in page.replace("&#39;", "'")
    assert code == "en" or words(described["description"]) != described["description"]
    for field in described["schema"]["fields"]:
        assert f'<bdi dir="ltr">{field["name"]}</bdi>' in page
    for form in ("csv", "json", "parquet"):
        assert f'href="/data/{name}.{form}"' in page
    assert words("Columns") in page and len(page.encode()) < 60_000 and "style=" not in page
    identifiers = re.findall(r'\sid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_page_says_the_share_that_is_verified(public: TestClient, service: OpenData) -> None:
    """The share is counted from the rows."""
    expected = (table("parties")["verified"] == "yes").mean()
    assert service.store.facts("parties").verified == pytest.approx(expected)
    assert f"{expected:.0%} of the rows" in public.get("/data/parties", headers=BROWSER).text


def test_data_package_leads_to_the_files(public: TestClient) -> None:
    """The paths in the package are, from where it lies, those of the published files."""
    package = public.get("/data/datapackage.json").json()
    assert {resource["name"] for resource in package["resources"]} == set(NAMES)
    for resource in package["resources"]:
        answer = public.get(f"/data/{resource['path']}")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
    assert public.get("/data", headers={"Accept": "application/json"}).json() == package


def test_menu_leads_to_the_data(public: TestClient) -> None:
    """One link of the menu, for everyone."""
    assert 'href="/data"' in public.get("/", headers=BROWSER).text


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_every_table_and_column_is_explained_in_her_language(code: str) -> None:
    """Title, sentence and columns of every table, word for word as the package has them, have a translation."""
    words = texts(code)
    described = resources().values()
    wanted = {text for one in described for text in (one["title"], one["description"])}
    wanted |= {field["description"] for one in described for field in one["schema"]["fields"]}
    # A name of its own, and words that are the same in French.
    assert {text for text in wanted if words(text) == text} <= {"Convention", "Parties", "What a Waste"}
    assert not {text for text in wanted if "|" in text and "|" not in words(text)}


@pytest.mark.parametrize("code", ["ar", "zh"])
def test_no_column_is_explained_in_english(public: TestClient, code: str) -> None:
    """On the page itself nothing in the table of columns is marked as English."""
    for name in resources():
        page = public.get(f"/data/{name}?lang={code}", headers={"Accept": "text/html"}).text
        columns = page.split("<tbody>")[1].split("</tbody>")[0]
        assert 'lang="en"' not in columns, name
