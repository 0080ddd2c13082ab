"""Dates as the six languages of the United Nations write them (Unicode CLDR, through Babel, and UN usage)."""

from datetime import date

from babel import Locale
from babel.dates import format_date

# Both names of each month stand in Arabic texts of the United Nations: that of the Levant, then that of the Nile.
_ARABIC_MONTHS = (
    *("كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيه"),
    *("تموز/يوليه", "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر"),
)


def locale(language: str) -> Locale:
    """The CLDR locale of one of the six languages."""
    # Without a region English is American, and the United Nations write the day first.
    return Locale("en", "GB") if language == "en" else Locale(language)


def written(day: date, language: str) -> str:
    """`3 July 2026`, `3 تموز/يوليه 2026`, `1er juillet 2026`."""
    if language == "ar":
        return f"{day.day} {_ARABIC_MONTHS[day.month - 1]} {day.year}"
    text = str(format_date(day, "long", locale=locale(language)))
    return text.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else text
