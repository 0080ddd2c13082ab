"""The front door: composes the packages' pages into one site, with one look, one sign-in and six languages."""
