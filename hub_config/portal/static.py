"""The style sheet and the few files beside it: read once, sent with their digest in the address."""

import hashlib
import mimetypes
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

FOLDER = Path(__file__).parent / "static"
# The plain address is for pages of others (the Hub's own), which cannot know the digest.
FOREVER, BRIEFLY = "public, max-age=31536000, immutable", "public, max-age=300"

router = APIRouter()


class Static:
    """The files of a folder by address: `style.css`, and `style.<digest>.css` which never changes."""

    def __init__(self, folder: Path = FOLDER) -> None:
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        self._bodies = files
        self._digests = {name: hashlib.sha256(body).hexdigest()[:12] for name, body in files.items()}
        self._lasting = {self.lasting(name): name for name in files}

    def lasting(self, name: str) -> str:
        """The name with the digest in it."""
        stem, dot, suffix = name.rpartition(".")
        return f"{stem}.{self._digests[name]}{dot}{suffix}"

    def url(self, name: str) -> str:
        """Where a page finds the file."""
        return f"/static/{self.lasting(name)}"

    def answer(self, asked: str, known: str) -> Response:
        """The file, or 304 if the browser already has the version `known`; 404 if there is no such file."""
        name = self._lasting.get(asked, asked)
        if name not in self._bodies:
            raise HTTPException(404)
        etag = f'"{self._digests[name]}"'
        headers = {"ETag": etag, "Cache-Control": FOREVER if asked in self._lasting else BRIEFLY}
        # A compressing proxy marks the tag as weak; the bytes are the same.
        if etag in known.replace("W/", "").split(", "):
            return Response(status_code=304, headers=headers)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(self._bodies[name], media_type=kind, headers=headers)


@router.get("/static/{name}")
def file(request: Request, name: str) -> Response:
    """One file of the portal's own."""
    static: Static = request.app.state.static
    return static.answer(name, request.headers.get("if-none-match", ""))
