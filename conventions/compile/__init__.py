"""How the tables in `conventions/data` were made from their sources; run by hand, never by the platform."""
