"""InforMEA's feeds: what the Secretariat publishes over OData v2, fetched, compared and taken in only when asked."""
