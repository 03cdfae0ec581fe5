"""PostGIS: one file per aggregate."""
