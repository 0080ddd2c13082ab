"""Every setting: its name, its default and one sentence.

They are read from `settings.toml` in `CHM_HOME`, then from `CHM_…` variables of the environment, which win. An
unknown name or a bad value, in either, is refused before anything starts.
"""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from conventions.errors import ClearingHouseError
from conventions.texts import N_, ROOT

PREFIX = "CHM_"
# Variables that the platform gives to the processes it starts, and what the tests are told; they are no settings.
GIVEN = (
    *("CHM_LANGUAGE", "CHM_EXCHANGE_URL", "CHM_LISTENER", "CHM_TITLE", "CHM_FORUM_SECRET"),
    *("CHM_CHROMIUM", "CHM_DISCOURSE_URL", "CHM_DISCOURSE_KEY"),
)


class Settings(BaseModel):
    """The platform's settings, checked; immutable once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path = Field(ROOT / "var", description="The folder with all state: back it up and nothing is lost.")
    host: str = Field("127.0.0.1", description="The address the platform listens on.")
    port: int = Field(8000, ge=1, le=65535, description="The one public port, the proxy's.")
    public_url: str = Field("", description="The address people type, if not http://host:port.")
    database_url: str = Field("", description="SQLAlchemy URL of the database; empty: SQLite in home.")
    content: Path = Field(ROOT / "courses" / "content", description="The folder with the courses' sources.")
    forum_url: str = Field("", description="Address of a Discourse site; empty: the embedded forum.")
    forum_key: str = Field("", description="API key of the Discourse site; the embedded forum makes its own.")
    feeds_url: str = Field("http://odata.informea.org/informea.svc", description="Address of InforMEA's OData service.")
    sandbox: bool = Field(True, description="Whether learners' code is isolated; off only to try it alone.")
    submission_limit: int = Field(10_000_000, ge=1, description="The largest submission, in bytes.")
    grading_workers: int = Field(2, ge=1, description="How many submissions are graded at the same time.")
    grading_seconds: int = Field(60, ge=1, description="How long one cell of a submission may run when graded.")
    server_memory: int = Field(1_500_000_000, ge=1, description="Memory limit of a learner's server, in bytes.")
    server_cpus: float = Field(
        0, ge=0, description="Processors that a learner's server may keep busy, in a control group; 0: all."
    )
    data_questions: int = Field(
        600, ge=0, description="Questions a minute that one address may ask the open data; 0: any."
    )
    data_seconds: float = Field(5, gt=0, description="How long one question to the open data may be computed.")
    dashboard_kernels: int = Field(20, ge=1, description="How many dashboard visitors can have a live kernel.")
    proxies: int = Field(0, ge=0, description="How many proxies of yours stand in front of the platform's own.")
    log_format: Literal["text", "json"] = Field(
        "text", description="How logs are written: text to read, or json, an object a line, to be collected."
    )

    @field_validator("database_url")
    @classmethod
    def _names_a_database(cls, url: str) -> str:
        if not url:
            return url
        # Only now, since it takes a third of a second to be imported.
        from sqlalchemy import make_url  # noqa: PLC0415
        from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

        try:
            make_url(url).get_dialect()
        except (ArgumentError, ImportError) as error:
            raise ValueError("it is not a URL of a database that SQLAlchemy knows") from error
        return url

    @property
    def address(self) -> str:
        """The address people open, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'platform.sqlite'}"

    @property
    def hub_database(self) -> str:
        """The Hub's own: accounts' passwords, sessions and running servers."""
        return f"sqlite:///{self.home / 'hub.sqlite'}"

    @property
    def template(self) -> Path:
        """The socket of the template, of which servers are forked."""
        return self.home / "warm" / "template"

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which another process of the platform reads the same settings."""
        given = {name: getattr(self, name) for name in self.model_fields_set | {"home"}}
        return {PREFIX + name.upper(): str(value) for name, value in given.items()}


def read(**given: Any) -> Settings:
    """The settings of this run; `given` (the command line's options) win over file and environment.

    Raises `setting-unknown` or `setting-bad`, naming the setting and its value.
    """
    home = Path(given.get("home") or os.environ.get("CHM_HOME") or ROOT / "var").resolve()
    values: dict[str, Any] = {**_file(home / "settings.toml"), **_environment(), **given, "home": home}
    try:
        return Settings(**values)
    except ValidationError as error:
        problem = error.errors()[0]
        name = str(problem["loc"][0])
        if problem["type"] == "extra_forbidden":
            raise ClearingHouseError(
                "setting-unknown",
                N_("There is no setting {name}. `chm serve --help` lists them all."),
                name=name,
            ) from error
        raise ClearingHouseError(
            "setting-bad",
            N_("The setting {name} cannot be {value}: {reason}."),
            name=name,
            value=repr(problem["input"]),
            reason=problem["msg"],
        ) from error


def _file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ClearingHouseError(
            "settings-unreadable", N_("{path} is not TOML: {reason}."), path=str(path), reason=str(error)
        ) from error


def _environment() -> dict[str, str]:
    names = [name for name in os.environ if name.startswith(PREFIX) and name not in GIVEN]
    return {name.removeprefix(PREFIX).lower(): os.environ[name] for name in names}
