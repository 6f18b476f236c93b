"""One process, many flows: what a load changed in the interpreter is put back, what belongs to the flow is removed."""
import importlib
import linecache
import logging
import os
import signal
import sys
import types
import warnings


class Baseline:
    """The modules that are loaded before any flow, the same as where Prefect runs a flow."""

    def __init__(self, modules):
        self.modules = modules
        #: An installed package that stays loaded holds on to a flow's own module: this process has done its work.
        self.tainted = False

    @classmethod
    def take(cls):
        return cls(frozenset(sys.modules))


class Isolated:
    """Runs its body in `root` with the request's environment, and leaves the interpreter as it found it."""

    def __init__(self, root, env, baseline):
        self._root = root
        self._env = env
        self._baseline = baseline

    def __enter__(self):
        self._modules = dict(sys.modules)
        self._path = list(sys.path)
        self._meta_path = list(sys.meta_path)
        self._path_hooks = list(sys.path_hooks)
        self._streams = (sys.stdin, sys.stdout, sys.stderr, sys.excepthook, sys.argv)
        self._environ = dict(os.environ)
        self._cwd = os.getcwd()
        self._filters = list(warnings.filters)
        self._logging = (list(logging.root.handlers), logging.root.level, logging.root.manager.disable)
        self._signals = _signal_handlers()
        self._recursion = sys.getrecursionlimit()
        os.environ.update(self._env)
        os.chdir(self._root)
        # The shipped copy may have been written a moment ago, within the resolution of a directory's time.
        self._forget_paths()
        importlib.invalidate_caches()
        return self

    def __exit__(self, *_):
        self._restore_modules()
        sys.path[:] = self._path
        sys.meta_path[:] = self._meta_path
        sys.path_hooks[:] = self._path_hooks
        sys.stdin, sys.stdout, sys.stderr, sys.excepthook, sys.argv = self._streams
        sys.setrecursionlimit(self._recursion)
        sys.dont_write_bytecode = True
        self._forget_paths()
        _restore_environ(self._environ)
        os.chdir(self._cwd)
        warnings.filters[:] = self._filters
        getattr(warnings, "_filters_mutated", lambda: None)()
        handlers, level, disable = self._logging
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        logging.disable(disable)
        _restore_signals(self._signals)
        return False

    def _restore_modules(self):
        """
        Removes the flow's own modules. Installed packages that it imported stay: that is why one process is fast.
        A module without a file that the flow put there itself (a stub for a missing package, say) goes too.
        """
        removed, stayed = set(), []
        for name, module in list(sys.modules.items()):
            before = self._modules.get(name)
            if before is not None:
                if module is not before:
                    sys.modules[name] = before
            elif lies_in(module, self._root) or _has_no_origin(module):
                removed.add(name)
                del sys.modules[name]
            else:
                stayed.append(module)
        for name, module in self._modules.items():
            sys.modules.setdefault(name, module)
        if any(_holds(module, removed) for module in stayed):
            self._baseline.tainted = True

    def _forget_paths(self):
        for path in [path for path in sys.path_importer_cache if _inside(path, self._root)]:
            del sys.path_importer_cache[path]
        for path in [path for path in linecache.cache if _inside(path, self._root)]:
            del linecache.cache[path]


def lies_in(module, root):
    """Whether a module's file, or any portion of a package without `__init__.py`, lies in `root`."""
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        return _inside(file, root)
    try:
        return any(_inside(path, root) for path in getattr(module, "__path__", None) or ())
    except Exception:  # noqa: B902 - a namespace computes its path anew, from parents that may be gone
        return True


def _has_no_origin(module):
    spec = getattr(module, "__spec__", None)
    return getattr(module, "__file__", None) is None and (spec is None or spec.loader is None and not spec.submodule_search_locations)


def _holds(module, removed):
    """A flow's `yaml.py` was found first by an installed package that imports yaml, say."""
    for value in list(vars(module).values()):
        if isinstance(value, types.ModuleType):
            if value.__name__ in removed:
                return True
        elif isinstance(value, (types.FunctionType, type)) and value.__module__ in removed:
            return True
    return False


def _inside(path, root):
    return isinstance(path, str) and (path == root or path.startswith(root + os.sep))


def _restore_environ(before):
    for name in [name for name in os.environ if name not in before]:
        del os.environ[name]
    for name, value in before.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


def _signal_handlers():
    wanted = ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE")
    numbers = [getattr(signal, name) for name in wanted if hasattr(signal, name)]
    return {number: signal.getsignal(number) for number in numbers}


def _restore_signals(before):
    for number, handler in before.items():
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)
    if hasattr(signal, "alarm"):
        signal.alarm(0)
