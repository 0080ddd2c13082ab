"""Regional centres and kinds of contacts: as many as the Secretariat says, in places that exist, in six languages."""

from conventions.centres import centres
from conventions.contacts import kinds
from conventions.countries import countries
from conventions.languages import LANGUAGES


def test_as_many_centres_as_the_secretariat_says() -> None:
    """23 institutions: 14 centres of the Basel Convention, 17 of the Stockholm Convention, 8 of both."""
    frame = centres()
    basel, stockholm = frame["basel"] == "yes", frame["stockholm"] == "yes"
    assert (len(frame), basel.sum(), stockholm.sum(), (basel & stockholm).sum()) == (23, 14, 17, 8)
    assert (basel | stockholm).all() and frame["key"].is_unique and frame["country"].is_unique
    assert set(frame["country"]) <= set(countries()["alpha2"]) and set(frame["verified"]) == {"no"}


def test_basel_centres_are_where_the_list_has_them() -> None:
    """The fourteen countries that the list of Basel centres names; SPREP's is in Samoa."""
    frame = centres()
    hosts = "AR CN EG SV ID IR NG RU SN SK WS ZA TT UY"
    assert set(frame.loc[frame["basel"] == "yes", "country"]) == set(hosts.split())


def test_contacts_of_each_convention_in_six_languages() -> None:
    """Two kinds of Basel, three of Rotterdam (an authority a category), two of Stockholm; each with its own name."""
    frame = kinds()
    assert frame["convention"].value_counts().to_dict() == {"rotterdam": 3, "basel": 2, "stockholm": 2}
    for language in LANGUAGES:
        assert (frame[language] != "").all() and frame[language].is_unique
