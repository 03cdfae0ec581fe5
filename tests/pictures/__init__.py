"""The pictures in `docs/pictures`: a living sample district, its pages, and a camera (`./yilu pictures`)."""
