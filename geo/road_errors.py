"""What can be wrong with roads, places on them and service centres: each says which row, and what to do."""


class RoadError(ValueError):
    """Something about the roads or the places on them cannot be used as it is."""


class RoadRulesError(RoadError):
    """The file of speeds and penalties is not usable."""


class RoadFileError(RoadError):
    """A road file cannot be read, or holds no usable line."""


class OffTheNetworkError(RoadError):
    """A place lies too far from every road that its mode may use."""


class ElsewhereError(RoadError):
    """Two layers that belong together lie in different parts of the world."""


class UnknownEdgeError(RoadError):
    """An edge number lies outside the network."""
