"""Which Prefect is installed here, and the file that knows how to read its flows."""

import importlib
import importlib.util
import re
import sys

# What Prefect's engine has loaded before it loads a flow, so that the baseline is the same as there. Prefect 3.0 has
# no schedules of its own.
_PREFECT3 = ("prefect.main", "prefect.deployments.runner", "prefect.flow_engine", "prefect.schedules")


def choose():
    """Imports Prefect once. Returns (engine, None) or (None, what to tell the user)."""
    # Bytecode of Prefect halves the start of every later process (1.3 s instead of 2.5 s); a flow never gets any.
    sys.dont_write_bytecode = False
    try:
        # Before it is imported, which Prefect 2 can't be beside today's packages.
        if _installed_version().startswith("2."):
            return None, _unsupported(_installed_version())
        import prefect

        version = prefect.__version__
        major = version.split(".")[0]
        if major == "1" or re.match(r"0\.1[5-9]\.", version):
            sys.dont_write_bytecode = True
            from nx_prefect import prefect1

            if not prefect1.SERIALIZES:
                return None, {
                    "code": "prefect-unsupported",
                    "what": "Prefect %s can't serialize flows with the marshmallow 4 or newer that is installed in %s."
                    % (version, sys.executable),
                    "next": "Install `marshmallow<4` there.",
                }
            return prefect1.Engine(version), None
        if major == "3":
            for name in _PREFECT3:
                if importlib.util.find_spec(name):
                    importlib.import_module(name)
            sys.dont_write_bytecode = True
            from nx_prefect import prefect3

            return prefect3.Engine(version), None
        return None, _unsupported(version)
    except ImportError as error:
        # A ModuleNotFoundError names `prefect` itself when it was never installed.
        missing = getattr(error, "name", None)
        if missing == "prefect":
            what = "Prefect isn't installed in %s." % sys.executable
        else:
            what = "Prefect can't be imported in %s: %s." % (sys.executable, error)
        return None, {
            "code": "prefect-not-found",
            "what": what,
            "next": "Install it there (`uv sync`, or `%s -m pip install prefect`), or name another interpreter "
            "with the option `python`." % sys.executable,
        }
    except Exception as error:  # noqa: B902 - say a settings file that Prefect can't read
        return None, {
            "code": "prefect-not-found",
            "what": "Importing Prefect in %s failed: %s: %s." % (sys.executable, type(error).__name__, error),
            "next": "Run `%s -c 'import prefect'` to see the whole error." % sys.executable,
        }
    finally:
        sys.dont_write_bytecode = True


def _installed_version():
    """As the package says it; empty where Python 3.7 can't tell, or there is none."""
    try:
        from importlib import metadata

        return metadata.version("prefect") or ""
    except Exception:  # noqa: B902 - the import itself says what is wrong
        return ""


def _unsupported(version):
    way_out = (
        "Flows of Prefect 2 mostly run on 3 as they are: install `prefect>=3` there (Prefect's guide names what "
        "changed), leave these flows to `prefect deploy` until then, or name"
        if version.startswith("2.")
        else "Install one of these there, or name"
    )
    return {
        "code": "prefect-unsupported",
        "what": "Prefect %s is installed in %s; nx-prefect reads flows of Prefect 0.15 to 1.x and of 3."
        % (version, sys.executable),
        "next": way_out + " another interpreter with the option `python`.",
    }
