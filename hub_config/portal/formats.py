"""Dates, numbers and names as her language writes them (Unicode CLDR, through Babel).

Digits are Latin in all six languages: codes, CAS numbers and dates then look the same in every version of a
page, and two people can compare a figure over the telephone.
"""

from collections.abc import Callable
from datetime import UTC
from datetime import date as Date
from datetime import datetime as DateTime
from math import floor
from typing import Any

from babel import Locale
from babel.dates import format_time
from babel.numbers import format_decimal, format_percent
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from conventions import dates

TIME = Markup('<time datetime="{}">{}</time>')


def _locale(context: Context) -> Locale:
    return dates.locale(context["visit"].locale.language)


@pass_context
def date(context: Context, value: Date | DateTime) -> Markup:
    """`3 July 2026`."""
    return TIME.format(value.isoformat(), dates.written(value, _locale(context).language))


@pass_context
def day(context: Context, value: str) -> Markup | str:
    """`3 July 2026` of `2026-07-03`; a month or a year alone as it stands."""
    try:
        return date(context, Date.fromisoformat(value))
    except ValueError:
        return value


@pass_context
def datetime(context: Context, value: DateTime) -> Markup:
    """`3 July 2026, 14:05 UTC`: the network spans all time zones, so the zone is always said."""
    moment, locale = value.astimezone(UTC), _locale(context)
    day, hour = dates.written(moment, locale.language), format_time(moment, "HH:mm", locale=locale)
    both = str(locale.datetime_formats["medium"]).replace("'", "").format(f"{hour} UTC", day)
    return TIME.format(moment.isoformat(timespec="minutes"), both)


@pass_context
def number(context: Context, value: float) -> str:
    """`12,345.6`: grouped, with as many decimals as it has, up to three."""
    return format_decimal(value, locale=_locale(context))


@pass_context
def percent(context: Context, value: float) -> str:
    """`0.429` as `42%`: rounded down, so that what lacks a little is never called complete."""
    # 0.29 is a little less than 29 hundredths to a computer.
    return format_percent(floor(100 * value + 1e-9) / 100, locale=_locale(context))


@pass_context
def country(context: Context, code: str) -> str:
    """The name of an ISO 3166-1 alpha-2 code; the code itself if it has none."""
    return str(_locale(context).territories.get(code.upper(), code))


@pass_context
def language(context: Context, code: str) -> str:
    """The name of a BCP 47 code, as it stands in a list; the code itself if it has none."""
    return str(_locale(context).languages.get(code, code))


FILTERS: dict[str, Callable[..., Any]] = {
    "date": date,
    "day": day,
    "datetime": datetime,
    "number": number,
    "percent": percent,
    "country": country,
    "language": language,
}
