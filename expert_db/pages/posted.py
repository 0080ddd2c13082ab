"""A posted form as a page takes it: `fields: FormData = Depends(posted)`, checked to come from one of our pages."""

from fastapi import Depends
from starlette.datastructures import FormData

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.visit import Visit, here


async def posted(visit: Visit = Depends(here)) -> FormData:
    """The form's fields, those that can be chosen several times included."""
    await visit.form()
    return await visit.request.form()


def text(fields: FormData, name: str) -> str:
    """One text field, without the spaces around it; empty if it was not sent."""
    value = fields.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def texts(fields: FormData, name: str) -> list[str]:
    """All values of a field that can be chosen several times."""
    return [value for value in fields.getlist(name) if isinstance(value, str) and value]


def number(fields: FormData, name: str) -> int:
    """A whole number; refused with `number-bad`, naming what was written."""
    written = text(fields, name)
    try:
        return int(written or 0)
    except ValueError:
        raise ClearingHouseError(
            "number-bad", N_("“{value}” is not a whole number. Write it in digits."), value=written
        ) from None
