"""Figures as the dashboards write them: exact to the gram in tables, rounded and grouped in sentences."""

from typing import Any

import pandas as pd
from babel.numbers import format_decimal, format_percent

from conventions.texts import Translate

GRAMS = 1_000_000


def total(tonnes: "pd.Series[float]") -> float:
    """The sum of quantities in tonnes, each taken to the gram: whole numbers, so that it is right to the last digit."""
    return float((tonnes * GRAMS).round().sum() / GRAMS)


def totals(tonnes: "pd.Series[float]", *by: "pd.Series[Any]") -> "pd.Series[float]":
    """The `total` of each group, in the order of the keys."""
    return (tonnes * GRAMS).round().groupby(list(by)).sum() / GRAMS


def written(number: float, translate: Translate) -> str:
    """A number as a sentence has it: whole, with the separators of the language."""
    return str(format_decimal(round(number), locale=translate.language.code))


def percent(part: float, whole: float, translate: Translate) -> str:
    """A share in whole percent; a dash where there is nothing to have a share of."""
    return str(format_percent(part / whole, format="#,##0%", locale=translate.language.code)) if whole else "–"
