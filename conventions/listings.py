"""One chemical in all lists: the Stockholm annexes and Annex III to the Rotterdam Convention, found by CAS number."""

import pandas as pd

from conventions.cas import normal
from conventions.errors import ClearingHouseError
from conventions.pic import annex_iii
from conventions.pops import pops
from conventions.texts import N_

COLUMNS = ["convention", "annex", "key", "chemical", "category", "cas", "cas_kind", "decision", "year", "in_force"]
PROVENANCE = ["source", "as_of", "verified"]

UNKNOWN = N_(
    "The CAS number {cas} is in neither the annexes of the Stockholm Convention nor Annex III of the Rotterdam "
    "Convention. Groups are listed with examples of their numbers only: look for the group's name too."
)


def listings() -> pd.DataFrame:
    """Every listing that has not ended, Stockholm's first: `convention` (stockholm, rotterdam), `annex`, `key`,
    `chemical`, `category`, `cas` (separated by `|`), `cas_kind`, `decision`, `year` (of adoption), `in_force` (date or
    NaT where not known), `source`, `as_of`, `verified`. The same key in both conventions need not mean the same scope.
    """
    pic = annex_iii()
    pic = pic[pic["valid_to"].isna()].rename(columns={"valid_from": "in_force"}).assign(annex="III")
    both = [pops().assign(convention="stockholm"), pic.assign(convention="rotterdam")]
    return pd.concat([frame[COLUMNS + PROVENANCE] for frame in both], ignore_index=True)


def by_cas(cas: str) -> pd.DataFrame:
    """The rows of `listings()` that name a CAS number, however it is written.

    Raises `cas-shape`, `cas-check-digit`, `unknown-cas`.
    """
    number, frame = normal(cas), listings()
    found = frame[[number in numbers.split("|") for numbers in frame["cas"]]]
    if found.empty:
        raise ClearingHouseError("unknown-cas", UNKNOWN, status=404, cas=number)
    return found
