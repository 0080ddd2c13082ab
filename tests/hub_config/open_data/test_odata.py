"""OData 4.0: the model, questions with the answers that pandas gives to the same, pages, and what is refused."""

import json
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pandas as pd
import pytest
from defusedxml import ElementTree as ET
from starlette.testclient import TestClient

from conventions import names
from conventions.tables import resources, table

ROOT = "/odata/v4/"
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


def ask(public: TestClient, path: str, **options: str) -> Any:
    """The answer to a question that is in order."""
    query = "&".join(f"${name}={quote(value)}" for name, value in options.items())
    answer = public.get(f"{ROOT}{path}?{query}")
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["odata-version"] == "4.0"
    return answer.json()


def test_service_document_lists_every_table(public: TestClient) -> None:
    """Every table of the package is an entity set, and so are the names."""
    document = ask(public, "")
    assert {one["name"] for one in document["value"]} == {*resources(), "places", "conventions"}
    assert document["@odata.context"].endswith("/odata/v4/$metadata")


def test_metadata_describes_every_column(public: TestClient) -> None:
    """Types and keys are those of the data package; XML and JSON say the same."""
    root = ET.fromstring(public.get(ROOT + "$metadata").content)
    described = json.loads(public.get(ROOT + "$metadata", headers={"Accept": "application/json"}).text)["chm"]
    types = {"string": "Edm.String", "date": "Edm.Date", "integer": "Edm.Int64", "number": "Edm.Double"}
    for name, resource in resources().items():
        entity = root.find(f".//{EDM}EntityType[@Name='{name}']")
        assert entity is not None
        found = {one.attrib["Name"]: one.attrib["Type"] for one in entity.findall(f"{EDM}Property")}
        expected = {field["name"]: types[field["type"]] for field in resource["schema"]["fields"]}
        assert found == expected == {key: described[name][key]["$Type"] for key in expected}
        key = [one.attrib["Name"] for one in entity.findall(f"{EDM}Key/{EDM}PropertyRef")]
        assert key == resource["schema"]["primaryKey"] == described[name]["$Key"]
    sets = {one.attrib["Name"] for one in root.iter(f"{EDM}EntitySet")}
    assert sets == {*resources(), "places", "conventions"}


MOVEMENTS = table("movements")
PARTIES = table("parties")
EUROPE = table("countries").query("region == '150'")["alpha2"]


@pytest.mark.parametrize(
    ("name", "condition", "expected"),
    [
        ("movements", "year eq 2010", MOVEMENTS["year"] == 2010),
        ("movements", "year ge 2010 and year lt 2012", MOVEMENTS["year"].isin([2010, 2011])),
        ("movements", "exporter eq 'DE' or importer eq 'DE'", (MOVEMENTS.iloc[:, :2] == "DE").any(axis=1)),
        ("movements", "not (tonnes gt 100)", ~(MOVEMENTS["tonnes"] > 100)),
        ("movements", "contains(flags,'outlier')", MOVEMENTS["flags"].str.contains("outlier")),
        ("movements", "contains(flags,'%')", MOVEMENTS["flags"].str.contains("%", regex=False)),
        ("movements", "flags eq null", MOVEMENTS["flags"] == ""),
        ("movements", "flags ne 'outlier'", MOVEMENTS["flags"] != "outlier"),
        ("movements", "exporter in ('DE','FR')", MOVEMENTS["exporter"].isin(["DE", "FR"])),
        ("movements", "exporter in ('DE')", MOVEMENTS["exporter"] == "DE"),
        ("movements", "year div 10 eq 201", MOVEMENTS["year"] // 10 == 201),
        ("movements", "startswith(hazard_class,'4.')", MOVEMENTS["hazard_class"].str.startswith("4.")),
        ("parties", "in_force lt 2000-01-01", PARTIES["in_force"] < pd.Timestamp("2000-01-01")),
        ("parties", "year(deposited) eq 2004", PARTIES["deposited"].dt.year == 2004),
        ("parties", "signed eq null", PARTIES["signed"].isna()),
        ("parties", "not (signed lt 1990-01-01)", ~(PARTIES["signed"] < pd.Timestamp("1990-01-01"))),
        ("parties", "country_place/region eq '150'", PARTIES["country"].isin(EUROPE)),
        ("parties", "tolower(act) eq 'accession'", PARTIES["act"] == "accession"),
    ],
)  # fmt: skip
def test_filter(public: TestClient, name: str, condition: str, expected: "pd.Series[bool]") -> None:
    """A condition lets through as many rows as pandas counts by the same condition, and those rows."""
    rows = table(name)[expected]
    answer = ask(public, name, filter=condition, count="true", top="5", select=",".join(rows.columns))
    assert answer["@odata.count"] == len(rows)
    assert public.get(f"{ROOT}{name}/$count?$filter={quote(condition)}").text == str(len(rows))
    sources = rows["source"].head(5).tolist()
    assert [row["source"] for row in answer["value"]] == sources


def test_order_and_pages(public: TestClient) -> None:
    """Pages follow one another by their links in the order asked for, each row once; what is not known comes last."""
    path = f"{ROOT}movements?$orderby=tonnes%20desc&$select=exporter,importer,year,hazard_class,tonnes&$top=2500"
    rows: list[dict[str, Any]] = []
    pages = 0
    while path:
        answer = public.get(path).json()
        rows, pages = rows + answer["value"], pages + 1
        path = answer.get("@odata.nextLink", "")
    assert pages == 3 and len(rows) == 2500
    expected = MOVEMENTS["tonnes"].sort_values(ascending=False).head(2500).tolist()
    assert [row["tonnes"] for row in rows] == expected
    assert len({tuple(row.values()) for row in rows}) == 2500


def test_whole_table_by_pages(public: TestClient) -> None:
    """Without an order the rows are those of the file, in its order."""
    path, keys = f"{ROOT}reporting", []
    while path:
        answer = public.get(path, headers={"Prefer": "odata.maxpagesize=800"})
        assert answer.headers["preference-applied"] == "odata.maxpagesize=800"
        keys += [(row["country"], row["year"]) for row in answer.json()["value"]]
        path = answer.json().get("@odata.nextLink", "")
    expected = table("reporting")
    assert keys == list(zip(expected["country"], expected["year"], strict=True))


def test_select_and_expand(public: TestClient) -> None:
    """What is selected is there and nothing else; names come in six languages."""
    answer = ask(
        public,
        "parties",
        filter="country eq 'KE' and convention eq 'basel'",
        select="country",
        expand="country_place($select=name_ar,name_zh),convention_label",
    )
    (row,) = answer["value"]
    assert set(row) == {"country", "country_place", "convention_label"}
    assert row["country_place"] == {"name_ar": names.country("KE", "ar"), "name_zh": names.country("KE", "zh")}
    assert row["convention_label"]["name_fr"] == "Convention de Bâle"
    context = answer["@odata.context"]
    assert context.endswith("$metadata#parties(country,country_place(name_ar,name_zh),convention_label("
                            "key,name_ar,name_zh,name_en,name_fr,name_ru,name_es))")  # fmt: skip


def test_expand_of_nothing_is_null(public: TestClient) -> None:
    """A row whose country is not known leads nowhere, and is kept."""
    (row, *_) = ask(public, "sdg_12_4_1", filter="country eq null", expand="*", top="1")["value"]
    assert row["country"] is None and row["country_place"] is None and row["convention_label"]["key"] == "basel"


def test_one_entity_and_its_properties(public: TestClient) -> None:
    """A row has an address by its key, and so has each of its values."""
    address = "parties(country='KE',convention='basel')"
    assert ask(public, address)["deposited"] == "2000-06-01"
    assert ask(public, f"{address}/deposited")["value"] == "2000-06-01"
    assert ask(public, f"{address}/country_place")["alpha3"] == "KEN"
    assert ask(public, "countries('KE')", select="m49") == {
        "@odata.context": "http://testserver/odata/v4/$metadata#countries(m49)/$entity",
        "m49": "404",
    }
    assert ask(public, "movement_rows(1)")["row"] == 1
    assert public.get(f"{ROOT}{address}/signed").status_code == 204


def test_page_past_the_end_is_empty(public: TestClient) -> None:
    """Skipping all rows leaves none, and their number is still told."""
    answer = ask(public, "parties", skip="99999999", count="true")
    assert answer["value"] == [] and answer["@odata.count"] == len(PARTIES) and "@odata.nextLink" not in answer
    assert ask(public, "parties", top="0")["value"] == []


def test_as_many_as_one_likes_come_in_pages(public: TestClient) -> None:
    """A number far beyond the rows is no fault; a page holds no more than a thousand."""
    answer = ask(public, "movements", top="1000000000")
    assert len(answer["value"]) == 1000
    following = dict(parse_qsl(urlsplit(answer["@odata.nextLink"]).query))
    assert following == {"$skip": "1000", "$top": "999999000"}


DEEP = "not " * 400 + "(year eq 1)"


@pytest.mark.parametrize(
    ("path", "status", "code", "target"),
    [
        ("nowhere", 404, "odata-unknown-set", None),
        ("parties/nowhere", 404, "odata-unknown-path", None),
        ("parties(", 404, "odata-unknown-path", None),
        ("parties(country='KE')", 400, "odata-syntax", "key"),
        ("parties('KE'; DROP TABLE parties)", 400, "odata-syntax", "key"),
        ("parties(convention='basel',country='XX')", 404, "odata-no-entity", None),
        ("movement_rows('x')", 400, "odata-type", "key"),
        ("countries('KE')/nope", 400, "odata-property", "path"),
        ("countries('KE')/region/$value", 404, "odata-unknown-path", None),
        ("parties?$select=nope", 400, "odata-property", "$select"),
        ("parties?$select=country,", 400, "odata-property", "$select"),
        ("parties?$orderby=nope", 400, "odata-property", "$orderby"),
        ("parties?$orderby=country sideways", 400, "odata-syntax", "$orderby"),
        ("parties?$orderby=(select 1)", 400, "odata-syntax", "$orderby"),
        ("parties?$expand=nope", 400, "odata-property", "$expand"),
        ("parties?$expand=country_place($select=nope)", 400, "odata-property", "$expand/$select"),
        ("parties?$expand=country_place($filter=m49 eq '1')", 501, "odata-option-unsupported", "$expand/$filter"),
        ("parties?$filter=", 400, "odata-syntax", "$filter"),
        ("parties?$filter=country", 400, "odata-type", "$filter"),
        ("parties?$filter=nope eq 1", 400, "odata-property", "$filter"),
        ("parties?$filter=nope/region eq '1'", 400, "odata-property", "$filter"),
        ("parties?$filter=country eq", 400, "odata-syntax", "$filter"),
        ("parties?$filter=country eq 'KE' or 1=1", 400, "odata-syntax", "$filter"),
        ("parties?$filter=country eq ''; DROP TABLE parties; --'", 400, "odata-syntax", "$filter"),
        ("parties?$filter=country eq 'KE' UNION SELECT 1", 400, "odata-syntax", "$filter"),
        ("parties?$filter=(select count(*) from parties) gt 0", 400, "odata-syntax", "$filter"),
        ("parties?$filter=read_csv('/etc/passwd') eq 1", 501, "odata-function", "$filter"),
        ("parties?$filter=geo.length(country) gt 1", 501, "odata-function", "$filter"),
        ("parties?$filter=in_force eq 2020-02-31", 400, "odata-syntax", "$filter"),
        ("movements?$filter=year eq 'many'", 400, "odata-type", "$filter"),
        ("movements?$filter=year(exporter) eq 1", 400, "odata-type", "$filter"),
        (f"movements?$filter={DEEP}", 400, "odata-type", "$filter"),
        (f"movements?$filter=exporter eq '{'x' * 3000}'", 400, "odata-too-long", "$filter"),
        ("movements?$top=1e9", 400, "odata-value", "$top"),
        ("movements?$top=-1", 400, "odata-value", "$top"),
        ("movements?$skip=x", 400, "odata-value", "$skip"),
        ("movements?$top=99999999999999999999999", 400, "odata-value", "$top"),
        ("movements?$count=maybe", 400, "odata-value", "$count"),
        ("movements?$top=1&$top=2", 400, "odata-repeated", "$top"),
        ("movements?$search=waste", 501, "odata-option-unsupported", "$search"),
        ("movements?$apply=aggregate(tonnes with sum as t)", 501, "odata-option-unsupported", "$apply"),
        ("movements?$nonsense=1", 400, "odata-option", "$nonsense"),
        ("movements?$format=xml", 406, "not-acceptable", None),
        ("$metadata?$format=csv", 406, "not-acceptable", None),
    ],
)
def test_refused(public: TestClient, path: str, status: int, code: str, target: str | None) -> None:
    """Each wrong question gets OData's own form of an error, with a stable code and the option at fault."""
    resource, _, query = path.partition("?")
    answer = public.get(f"{ROOT}{quote(resource)}?{quote(query, safe='=&$')}")
    assert answer.status_code == status
    error = answer.json()["error"]
    assert (error["code"], error.get("target")) == (code, target) and error["message"]
    assert answer.headers["odata-version"] == "4.0" and answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("text", ["'; DROP TABLE parties; --", "' OR ''='", "x' UNION SELECT 1 --", "\\", "%", "_"])
def test_hostile_text_is_only_text(public: TestClient, text: str) -> None:
    """A text that tries SQL is compared as a text and equals no country."""
    escaped = text.replace("'", "''")
    for condition in (f"country eq '{escaped}'", f"contains(country,'{escaped}')", f"country in ('{escaped}','x')"):
        assert ask(public, "parties", filter=condition, count="true")["@odata.count"] == 0
    assert ask(public, "parties", count="true", top="0")["@odata.count"] == len(PARTIES)


def test_other_forms_and_versions(public: TestClient) -> None:
    """JSON with or without its context; no other form, and no older OData."""
    bare = public.get(ROOT + "countries?$top=1", headers={"Accept": "application/json;odata.metadata=none"})
    assert "@odata.context" not in bare.json() and bare.headers["content-type"].endswith("metadata=none")
    assert public.get(ROOT + "countries", headers={"Accept": "application/atom+xml"}).status_code == 406
    assert public.get(ROOT + "countries", headers={"Accept": "nonsense"}).status_code == 406
    assert public.get(ROOT + "countries", headers={"OData-MaxVersion": "3.0"}).status_code == 400
    assert public.get(ROOT + "countries", headers={"OData-MaxVersion": "4.01"}).status_code == 200


def test_read_only(public: TestClient) -> None:
    """Nothing can be changed, and there are no batches."""
    for method in ("POST", "PATCH", "PUT", "DELETE"):
        answer = public.request(method, ROOT + "parties", json={})
        assert answer.status_code == 405 and answer.json()["error"]["code"] == "odata-read-only"
    assert public.post(ROOT + "$batch").status_code == 501


def test_caches_and_other_sites(public: TestClient) -> None:
    """An answer known by its tag is not computed again; another question has another tag; preflights are answered."""
    answer = public.get(ROOT + "parties?$top=1")
    again = public.get(ROOT + "parties?$top=1", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and not again.content and "set-cookie" not in answer.headers
    other = public.get(ROOT + "parties?$top=2", headers={"If-None-Match": answer.headers["etag"]})
    assert other.status_code == 200
    before = public.options(ROOT + "parties", headers={"Access-Control-Request-Headers": "OData-MaxVersion"})
    assert "OData-MaxVersion" in before.headers["access-control-allow-headers"]


def test_errors_in_her_language(public: TestClient) -> None:
    """The sentence is in the caller's language, the code is not."""
    answer = public.get(ROOT + "parties?$top=x", headers={"Accept-Language": "es"})
    assert answer.json()["error"]["code"] == "odata-value" and "número" in answer.json()["error"]["message"]
