"""The open data service: the tables of the conventions, the vocabulary and the courses, for people and programs.

**Addresses.** They are stable: what is once published at one stays there.

- `/data` lists the tables; `/data/<table>` is a table. Its address is the URI of the dataset, and answers with what the
  `Accept` header prefers: a page for people, CSV, JSON in pages, Parquet, or its DCAT description in Turtle or JSON-LD.
  `/data/<table>.<csv|json|parquet|ttl|jsonld>` is that form and no other.
- `/data/datapackage.json` is the Frictionless package of all tables, `/data/catalogue.ttl` and `.jsonld` their DCAT
  catalogue with the courses, `/data/openapi.json` says all of this to programs, `/data/api` to people.
- `/odata/v4/` is OData 4.0, read only: every table is an entity set; `places` and `conventions` beside them hold names
  in six languages, to be reached by `$expand` and in `$filter`.
- `/odata/v2/` is the shape in which InforMEA reads treaties: Atom and JSON, for what is known here and no more.
- `/vocabulary/concept/<key>` and `/vocabulary/scheme/<scheme>` are the URIs of the concepts; `/vocabulary.ttl` and
  `/vocabulary.jsonld` are all of it.

**Store.** The tables lie in a DuckDB file in `CHM_HOME/cache/open-data`, made from the CSV files at the first question
and named by their digest, so that another release makes another file. DuckDB and not SQLite: over a million rows every
filter was answered in 31 ms or less, where SQLite with an index on every column took 170 ms for what no index serves,
and 233 MB instead of 8 (`tests/benchmarks/test_open_data.py` measures it anew). The file is opened read-only, what is
asked reaches it as parameters only, and it has no access to other files.

**Limits.** A question has five seconds and a share of the memory (`store.py`); of one address eight are answered at
once and 600 a minute, of all sixteen at once, and the rest is told in `Retry-After` when to come back (`limits.py`).

**Caches.** Every answer has an ETag, made of the data's digest and what was asked, and the day the data changed; caches
ask again after five minutes and are told in a few bytes that nothing changed. Parquet files and the counts shown on
pages are made once a release. Nothing here sets a cookie; any site may read it (CORS).
"""
