"""The commands of the command line, one module each; standard library only up here."""


class CommandError(Exception):
    """A command cannot go on; the message is one sentence for the person at the terminal."""

    def __init__(self, sentence: str, *, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status
        """What the process exits with: 2 for bad input, 1 for all else."""
