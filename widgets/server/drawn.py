"""What a kernel does so that a page drawn from its widgets can go on without it, and with another kernel later.

It is run in the kernel, around a dashboard's own cells: `begin` before them, `drawn` after them.
"""

import hashlib
from collections.abc import Callable
from itertools import count
from typing import Any

import comm
from IPython.display import JSON
from ipywidgets import Widget
from ipywidgets.widgets.widget import _instances as widgets
from traitlets import All

# Whoever overrides one of these may hear anything that comes from the page.
HEARING = ("notify_change", "set_state", "_handle_msg", "_handle_custom_msg")
# Stands for messages that are not changes of a trait, such as a click.
CUSTOM = "*"
Create = Callable[..., Any]


def begin(seed: str) -> None:
    """Number the widgets: those of two kernels that run the same cells have the same ids."""
    numbers, create = count(), comm.create_comm

    def numbered(*arguments: Any, **options: Any) -> Any:
        if not options.get("comm_id"):
            options["comm_id"] = hashlib.sha256(f"{seed} {next(numbers)}".encode()).hexdigest()[:32]
        return create(*arguments, **options)

    comm.create_comm = numbered


def drawn() -> JSON:
    """All widgets' state, as Jupyter's widgets are embedded in pages, and what of each Python listens to."""
    state = Widget.get_manager_state()["state"]
    return JSON(  # type: ignore[no-untyped-call]
        {"state": state, "heard": {model: heard(widgets[model]) for model in state}}
    )


def heard(widget: Widget) -> list[str]:
    """The synchronised traits that somebody in Python observes; `CUSTOM` if somebody waits for other messages."""
    own, base = type(widget), Widget
    if any(getattr(own, name) is not getattr(base, name) for name in HEARING):
        return [*widget.keys, CUSTOM]
    observed = {name for name, by_type in widget._trait_notifiers.items() if any(by_type.values())}
    names = [*widget.keys] if All in observed else [name for name in widget.keys if name in observed]
    return [*names, CUSTOM] if widget._msg_callbacks.callbacks else names
