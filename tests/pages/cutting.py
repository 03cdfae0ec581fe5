"""A network that is cut: a proxy on this machine that drops connections at random bytes, both ways."""

import contextlib
import random
import socket
import threading
from urllib.parse import urlsplit

_NEVER = 10**12
_STATUS_LINE = len("HTTP/1.1 200 OK")


class CuttingProxy:
    """Forwards to a server; `cut_share` of the connections end after a random number of bytes.

    A fifth of them end within the status line of an answer, which browsers then take for another status.
    """

    def __init__(self, server_url: str, seed: int = 7) -> None:
        parts = urlsplit(server_url)
        self._server = (parts.hostname or "", parts.port or 80)
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cut_share = 0.0
        self.down = False
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        try:
            far = None if self.down else socket.create_connection(self._server, timeout=5)
        except OSError:
            far = None
        if far is None:
            near.close()
            return
        far.settimeout(None)
        with self._lock:
            is_cut, in_what_is_said = self._chance.random() < self.cut_share, self._chance.random() < 0.5
            up = self._chance.randrange(1, 40_000) if is_cut and in_what_is_said else _NEVER
            most = _STATUS_LINE if self._chance.random() < 0.4 else 30_000
            down = self._chance.randrange(1, most) if is_cut and not in_what_is_said else _NEVER
        threading.Thread(target=self._pump, args=(near, far, up), daemon=True).start()
        threading.Thread(target=self._pump, args=(far, near, down), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, most: int) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(16_384):
                if self.down:
                    break
                sink.sendall(data[: most - passed])
                passed += len(data)
                if passed >= most:
                    self.cuts += 1
                    break
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
