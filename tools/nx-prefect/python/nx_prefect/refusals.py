"""What a file may not do while it is loaded: the build has no network and starts nothing."""

import socket
import sys

from nx_prefect import recording


class RefusedAtImport(BaseException):
    """
    Raised where a flow is served, deployed or run, or declares what JSON can't hold. A BaseException, so that no
    `except Exception` swallows it.
    """

    def __init__(self, code, what, next_step, line=None, file=None):
        super().__init__(what)
        #: For what is found after a file has run; the flow's own unless told.
        self.line = line
        self.file = file
        self.code = code
        self.what = what
        self.next = next_step


class NetworkAtImport(ConnectionError):
    """
    An OSError, because libraries that look around at import (credentials of a cloud machine, telemetry) expect to
    find no network and go on without.
    """

    def __init__(self, whom):
        super().__init__("%s isn't reached: a build has no network" % whom)
        self.whom = whom


def refuse_network(whom):
    now = recording.current
    if now is not None:
        now.network.append((now.user_line(), whom))
    raise NetworkAtImport(whom)


def install_network_guard():
    """For good: this process never needs the network, and a thread that a flow left behind shall not have it either."""
    if hasattr(sys, "addaudithook"):  # Python 3.8
        sys.addaudithook(_audit)
        return
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded_method(getattr(socket.socket, name)))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, _guarded_lookup(getattr(socket, name)))


def _guarded_method(method):
    def guarded(self, *args):
        _audit("socket.connect", (self, args[-1]))
        return method(self, *args)

    return guarded


def _guarded_lookup(function):
    def guarded(host, *args, **kwargs):
        refuse_network(_host((host,) + args))

    return guarded


def _audit(event, arguments):
    if event == "socket.connect" or event == "socket.sendto":
        address = arguments[1]
        # An event loop's own wake-up pair is made of two connected sockets where the system has no pairs.
        if not {sys._getframe(depth).f_code.co_name for depth in (1, 2)} & {"socketpair", "_fallback_socketpair"}:
            refuse_network(_host(address))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        refuse_network(_host(arguments))


def _host(address):
    if isinstance(address, tuple) and address:
        host = address[0]
        port = address[1] if len(address) > 1 else None
        host = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        return host if port is None else "%s:%s" % (host, port)
    return str(address)


# A user's traceback shows the bare name, as for Python's own exceptions.
RefusedAtImport.__module__ = NetworkAtImport.__module__ = "builtins"
