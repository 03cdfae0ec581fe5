"""Tells a browser to trust an authority, as its settings would: the certificate goes into its own store.

Run as a program: `python -m tests.pages.trusted FOLDER CERTIFICATE` makes a store for FOLDER as home.
"""

import ctypes
import ctypes.util
import ssl
import sys
from pathlib import Path

_NICKNAME = b"the authority of the tests"
_TRUSTED_FOR_SITES = b"C,,"


class _Trust(ctypes.Structure):
    _fields_ = (("ssl", ctypes.c_uint), ("email", ctypes.c_uint), ("signing", ctypes.c_uint))


class _Item(ctypes.Structure):
    _fields_ = (("type", ctypes.c_int), ("data", ctypes.c_char_p), ("length", ctypes.c_uint))


def find_store_library() -> str | None:
    """Return the library that the browser keeps its certificates with."""
    return ctypes.util.find_library("nss3")


def trust(home: Path, certificate: Path) -> None:
    """Make a store below that home that trusts the certificate."""
    library = ctypes.CDLL(find_store_library() or "")
    pointer = ctypes.c_void_p
    for name in ("PK11_GetInternalKeySlot", "CERT_NewTempCertificate", "CERT_GetDefaultCertDB"):
        getattr(library, name).restype = pointer
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    _demand(library.NSS_InitReadWrite(f"sql:{store}".encode()), "open the store")
    slot = pointer(library.PK11_GetInternalKeySlot())
    _demand(library.PK11_InitPin(slot, None, None), "begin the store")
    content = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    database = pointer(library.CERT_GetDefaultCertDB())
    item = _Item(0, content, len(content))
    read = pointer(library.CERT_NewTempCertificate(database, ctypes.byref(item), None, 0, 1))
    _demand(library.PK11_ImportCert(slot, read, 0, _NICKNAME, 0), "take the certificate in")
    trusted = _Trust()
    _demand(library.CERT_DecodeTrustString(ctypes.byref(trusted), _TRUSTED_FOR_SITES), "say what for")
    _demand(library.CERT_ChangeCertTrust(database, read, ctypes.byref(trusted)), "trust it")
    library.NSS_Shutdown()


def _demand(answer: int, what: str) -> None:
    if answer != 0:
        raise OSError(f"the browser's store could not {what}")


if __name__ == "__main__":
    trust(Path(sys.argv[1]), Path(sys.argv[2]))
