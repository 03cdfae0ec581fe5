"""The work: who should do what by when. Plain typed Python over `geo`; no database, no web, no dataframes."""
