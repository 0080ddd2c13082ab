"""`$metadata`: the model in OData's own description language, as XML and as JSON."""

import json
from typing import Any
from xml.etree import ElementTree as ET

from hub_config.open_data.odata.model import CONTAINER, NAMESPACE, TYPES, EntitySet, Model, Way

EDMX, EDM = "http://docs.oasis-open.org/odata/ns/edmx", "http://docs.oasis-open.org/odata/ns/edm"
VOCABULARIES = "https://oasis-tcs.github.io/odata-vocabularies/vocabularies"
ALIASES = {
    "Core": "Org.OData.Core.V1",
    "Measures": "Org.OData.Measures.V1",
    "Capabilities": "Org.OData.Capabilities.V1",
}
READ_ONLY = {"InsertRestrictions": "Insertable", "UpdateRestrictions": "Updatable", "DeleteRestrictions": "Deletable"}

for prefix, namespace in (("edmx", EDMX), ("", EDM)):
    ET.register_namespace(prefix, namespace)


def xml(sets: Model) -> bytes:
    """CSDL XML 4.0."""
    root = ET.Element(f"{{{EDMX}}}Edmx", Version="4.0")
    for alias, namespace in ALIASES.items():
        reference = ET.SubElement(root, f"{{{EDMX}}}Reference", Uri=f"{VOCABULARIES}/{namespace}.xml")
        ET.SubElement(reference, f"{{{EDMX}}}Include", Namespace=namespace, Alias=alias)
    services = ET.SubElement(root, f"{{{EDMX}}}DataServices")
    schema = _element(services, "Schema", Namespace=NAMESPACE)
    for entity in sets.values():
        _type(schema, entity)
    container = _element(schema, "EntityContainer", Name=CONTAINER)
    for entity in sets.values():
        _set(container, entity)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _type(schema: ET.Element, entity: EntitySet) -> None:
    made = _element(schema, "EntityType", Name=entity.name)
    key = _element(made, "Key")
    for name in entity.key:
        _element(key, "PropertyRef", Name=name)
    for column in entity.columns:
        attributes = {} if not column.key else {"Nullable": "false"}
        one = _element(made, "Property", Name=column.name, Type=TYPES[column.kind], **attributes)
        _element(one, "Annotation", Term="Core.Description", String=column.description)
        if column.unit:
            _element(one, "Annotation", Term="Measures.Unit", String=column.unit)
    for way in entity.ways.values():
        one = _element(made, "NavigationProperty", Name=way.name, Type=f"{NAMESPACE}.{way.target}")
        _element(one, "ReferentialConstraint", Property=way.column, ReferencedProperty=way.key)


def _set(container: ET.Element, entity: EntitySet) -> None:
    made = _element(container, "EntitySet", Name=entity.name, EntityType=f"{NAMESPACE}.{entity.name}")
    for way in entity.ways.values():
        _element(made, "NavigationPropertyBinding", Path=way.name, Target=way.target)
    _element(made, "Annotation", Term="Core.Description", String=entity.description)
    for term, able in READ_ONLY.items():
        record = _element(_element(made, "Annotation", Term=f"Capabilities.{term}"), "Record")
        _element(record, "PropertyValue", Property=able, Bool="false")


def _element(parent: ET.Element, name: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{EDM}}}{name}", attributes)


def as_json(sets: Model) -> str:
    """CSDL JSON, which is of 4.01."""
    schema: dict[str, Any] = {entity.name: _json_type(entity) for entity in sets.values()}
    schema[CONTAINER] = {"$Kind": "EntityContainer"} | {entity.name: _json_set(entity) for entity in sets.values()}
    references = {
        f"{VOCABULARIES}/{namespace}.json": {"$Include": [{"$Namespace": namespace, "$Alias": alias}]}
        for alias, namespace in ALIASES.items()
    }
    head = {"$Version": "4.01", "$EntityContainer": f"{NAMESPACE}.{CONTAINER}", "$Reference": references}
    return json.dumps(head | {NAMESPACE: schema}, ensure_ascii=False)


def _json_type(entity: EntitySet) -> dict[str, Any]:
    made: dict[str, Any] = {"$Kind": "EntityType", "$Key": list(entity.key)}
    for column in entity.columns:
        one: dict[str, Any] = {"$Type": TYPES[column.kind], "@Core.Description": column.description}
        one |= {"@Measures.Unit": column.unit} if column.unit else {}
        made[column.name] = one | ({} if column.key else {"$Nullable": True})
    return made | {way.name: _json_way(way) for way in entity.ways.values()}


def _json_way(way: Way) -> dict[str, Any]:
    return {
        "$Kind": "NavigationProperty",
        "$Type": f"{NAMESPACE}.{way.target}",
        "$Nullable": True,
        "$ReferentialConstraint": {way.column: way.key},
    }


def _json_set(entity: EntitySet) -> dict[str, Any]:
    made: dict[str, Any] = {"$Collection": True, "$Type": f"{NAMESPACE}.{entity.name}"}
    made["@Core.Description"] = entity.description
    made |= {f"@Capabilities.{term}": {able: False} for term, able in READ_ONLY.items()}
    bound = {way.name: way.target for way in entity.ways.values()}
    return made | ({"$NavigationPropertyBinding": bound} if bound else {})
