"""The files of a member's own server: the stock ones, and someone is told which notebook she opens."""

from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

Hears = Callable[[str], Awaitable[None]]


class LearnerContents(AsyncLargeFileManager):
    """`opened` hears the path of each notebook that is read for its content.

    A folder that is listed, as a browser does every ten seconds, or a notebook that is saved, is not.
    """

    opened: Hears | None = None

    async def get(self, path: str, content: bool = True, *how: Any, **more: Any) -> Any:
        """The model of a file or folder, as the base class makes it."""
        stock: Any = super().get
        model = await stock(path, content, *how, **more)
        if self.opened and content and model["type"] == "notebook":
            await self.opened(model["path"])
        return model
