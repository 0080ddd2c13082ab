"""What search engines read in the pages: schema.org Dataset and Course, as JSON-LD."""

from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, SOURCE
from courses.edition import Released
from expert_db.visit import Visit
from hub_config.open_data.datasets import Dataset
from hub_config.open_data.negotiation import MEDIA
from hub_config.open_data.service import OpenData, served

CONTEXT = "https://schema.org"
FILES = ("csv", "json", "parquet")


def script(described: dict[str, Any]) -> Markup:
    """A block of data in a page; nothing in it can end the block or run."""
    return Markup('<script type="application/ld+json">{}</script>').format(htmlsafe_json_dumps(described))


def catalogue(service: OpenData, visit: Visit) -> dict[str, Any]:
    """The list of tables."""
    datasets = [
        {"@type": "Dataset", "@id": f"{service.address}/data/{one.name}", "name": visit.translate(one.title)}
        for one in service.package.datasets.values()
    ]
    address = f"{service.address}/data"
    return {"@context": CONTEXT, "@type": "DataCatalog", "@id": address, "url": address, "dataset": datasets}


def dataset(service: OpenData, visit: Visit, table: Dataset) -> dict[str, Any]:
    """One table, its columns and files."""
    address = f"{service.address}/data/{table.name}"
    licences = [licence.address or licence.title for licence in table.licences]
    return {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "name": visit.translate(table.title),
        "description": visit.translate(table.description),
        "identifier": address,
        "license": licences[0] if len(licences) == 1 else licences,
        "isAccessibleForFree": True,
        "dateModified": table.modified.date().isoformat(),
        "creator": _platform(service, visit),
        "isBasedOn": [source.address or source.title for source in table.sources],
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": f"{service.address}/data"},
        "variableMeasured": [
            {"@type": "PropertyValue", "name": column.name, "description": visit.translate(column.description)}
            | ({"unitText": column.unit} if column.unit else {})
            for column in table.columns
        ],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": MEDIA[form], "contentUrl": f"{address}.{form}"}
            for form in FILES
        ],
    }


def course(service: OpenData, visit: Visit, released: Released) -> dict[str, Any]:
    """One course in her language, with its lessons and tasks."""
    said, address = released.course, f"{service.address}/courses/{released.course.id}"
    return {
        "@context": CONTEXT,
        "@type": "Course",
        "@id": address,
        "url": address,
        "name": _in(visit, said.title),
        "description": _in(visit, said.summary),
        "provider": _platform(service, visit),
        "creator": [{"@type": "Organization", "name": name} for name in said.authors],
        "version": said.version,
        "dateModified": said.date.isoformat(),
        "educationalLevel": said.level,
        "isAccessibleForFree": True,
        "inLanguage": [code for code in LANGUAGES if released.share(code) > 0],
        "teaches": _in(visit, said.outcomes),
        "timeRequired": f"PT{round(said.hours * 60)}M",
        "hasCourseInstance": {
            "@type": "CourseInstance",
            "courseMode": "online",
            "courseWorkload": f"PT{round(said.hours * 60)}M",
        },
        "hasPart": [
            {
                "@type": "LearningResource",
                "@id": f"{address}/{item.id}",
                "name": _in(visit, item.title),
                "learningResourceType": item.kind,
            }
            for item in said.items
        ],
    }


def course_panel(visit: Visit, subject: str) -> Markup:
    """For the head of a course's page; `subject` is `course/<id>`."""
    service = served(visit.request)
    try:
        return script(course(service, visit, service.courses.get(subject.partition("/")[2])))
    except ClearingHouseError:
        return Markup("")


def _platform(service: OpenData, visit: Visit) -> dict[str, Any]:
    return {"@type": "Organization", "name": visit.translate("Clearing-house learning"), "url": service.address}


def _in(visit: Visit, by_language: Any) -> Any:
    return by_language.get(visit.language.code) or by_language[SOURCE]
