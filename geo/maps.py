"""Reports on a map: one HTML file each, in Chinese and English, that opens with no network at all.

import geopandas, geo.maps
findings, grids = geopandas.read_file("findings.gpkg"), geopandas.read_file("grids.gpkg")
geo.maps.hotspot_map(findings, grids).save("hotspots.html")
"""

from geo.map_assets import OutsideAddressError
from geo.map_dispatches import dispatch_map
from geo.map_hotspots import hotspot_map, hotspot_report
from geo.map_page import Report, ReportTooLargeError, Words, offline_html
from geo.map_parts import Basemap, Setting
from geo.map_service_circle import service_circle_map
from geo.map_task_forces import task_force_map

__all__ = [
    "Basemap",
    "OutsideAddressError",
    "Report",
    "ReportTooLargeError",
    "Setting",
    "Words",
    "dispatch_map",
    "hotspot_map",
    "hotspot_report",
    "offline_html",
    "service_circle_map",
    "task_force_map",
]
