"""The earth and the roads: areas, streets, travel, coverage, hotspots; no database, no web, no dispatch."""
