"""The five regional groups of the United Nations, and how many hours apart two countries live.

Source of `GROUPS`: "Regional groups of Member States", United Nations Department for General Assembly and Conference
Management. Compiled from a copy of that page that names Eswatini and North Macedonia (2019 or later); it was not
compared with the page itself. Türkiye is listed for elections with the Western European and other States, where the
United States of America, which is in no group, sits too. Parties that are not Member States are in no group.
"""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import get_global

from conventions.texts import N_

REGIONS: dict[str, str] = {
    "african": N_("African States"),
    "asia-pacific": N_("Asia-Pacific States"),
    "eastern-european": N_("Eastern European States"),
    "latin-american": N_("Latin American and Caribbean States"),
    "western-european": N_("Western European and other States"),
    "": N_("In no regional group"),
}

GROUPS: dict[str, str] = {
    "african": "DZ AO BJ BW BF BI CV CM CF TD KM CG CI CD DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR LY MG MW ML MR MU "
    "MA MZ NA NE NG RW ST SN SC SL SO ZA SS SD TG TN UG TZ ZM ZW",
    "asia-pacific": "AF BH BD BT BN KH CN CY KP FJ IN ID IR IQ JP JO KZ KI KW KG LA LB MY MV MH FM MN MM NR NP OM PK "
    "PW PG PH QA KR WS SA SG SB LK SY TJ TH TL TO TM TV AE UZ VU VN YE",
    "eastern-european": "AL AM AZ BY BA BG HR CZ EE GE HU LV LT ME MK PL MD RO RU RS SK SI UA",
    "latin-american": "AG AR BS BB BZ BO BR CL CO CR CU DM DO EC SV GD GT GY HT HN JM MX NI PA PY PE KN LC VC SR TT "
    "UY VE",
    "western-european": "AD AU AT BE CA DK FI FR DE GR IS IE IL IT LI LU MT MC NL NZ NO PT SM ES SE CH TR GB US",
}

_GROUP_OF = {country: region for region, countries in GROUPS.items() for country in countries.split()}

# Clocks are compared on this day, without summer time north of the equator, so that a match does not depend on the
# day it is made.
_ONE_WINTER_DAY = datetime(2025, 1, 15, tzinfo=UTC)


def region(country: str) -> str:
    """The key in `REGIONS` of a country's regional group, `""` if it is in none."""
    return _GROUP_OF.get(country, "")


@cache
def _offsets(country: str) -> tuple[float, ...]:
    zones = get_global("territory_zones").get(country, [])
    offsets = (_ONE_WINTER_DAY.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones)
    return tuple(sorted({offset.total_seconds() / 3600 for offset in offsets if offset is not None}))


@cache
def hours_apart(one: str, other: str) -> float | None:
    """Hours between the nearest clocks of two countries, at most 12; `None` if one of them has none."""
    gaps = [abs(mine - theirs) for mine in _offsets(one) for theirs in _offsets(other)]
    return min((min(gap, 24 - gap) for gap in gaps), default=None)
