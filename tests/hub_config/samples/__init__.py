"""A page with every part the other packages use, in three scripts, to see and to measure the look."""

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from expert_db.database import now
from expert_db.visit import Visit, here
from hub_config.wiring import Part

router = APIRouter()
WORDS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))


@router.get("/sample")
def sample(visit: Visit = Depends(here)) -> HTMLResponse:
    """All parts at once."""
    return visit.show("sample.html", say=WORDS.get(visit.language.code, WORDS["en"]), at=now())


@router.post("/sample")
async def answered(visit: Visit = Depends(here)) -> Any:
    """A form that says what it was sent."""
    fields = await visit.form()
    return visit.go("/sample", f"Kept: {fields['name']}")


PART = Part("tests/hub_config/samples", routers=[router])
