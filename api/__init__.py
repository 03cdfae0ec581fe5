"""Every socket: HTTP, PostGIS, live streams, timers and the command line."""
