"""`ship: pickle`: the flow by value, with all modules of the shipped copy by value as well."""

import sys

import cloudpickle
from prefect.utilities.storage import flow_from_bytes_pickle, flow_to_bytes_pickle

from nx_prefect.refusals import RefusedAtImport
from nx_prefect.shipped_modules import lies_in


def dumps(flows, recording):
    """{flow name: JSON text of the library's own making}."""
    if not hasattr(cloudpickle, "register_pickle_by_value"):
        what = "`ship: pickle` needs cloudpickle 2 or newer, and %s has %s, which leaves a flow's own modules out." % (
            sys.executable,
            cloudpickle.__version__,
        )
        raise RefusedAtImport(
            "cloudpickle-too-old",
            what,
            "Install a newer one there, or remove the option: a script has no such limit.",
        )
    own = next((flow for flow in flows if flow.storage is not None), None)
    if own is not None:
        what = 'The flow "%s" sets a storage of its own, and `ship: pickle` is for flows that set none.' % own.name
        raise RefusedAtImport(
            "ship-unsupported",
            what,
            "Take one of the two out: that storage pickles the flow by value when it is registered, unless it is "
            "stored as a script.",
        )
    pickle_by_value(recording.root)
    return {flow.name: _dump(flow) for flow in flows}


def pickle_by_value(root):
    """From here on pickles of this process hold the modules that lie in `root`, instead of their names."""
    for module in list(sys.modules.values()):
        if lies_in(module, root):
            cloudpickle.register_pickle_by_value(module)


def _dump(flow):
    try:
        return flow_to_bytes_pickle(flow).decode("ascii")
    except Exception as error:  # noqa: B902 - whatever an object says when it is pickled
        what = 'The flow "%s" can\'t be pickled by value: %s: %s.' % (
            flow.name,
            type(error).__name__,
            str(error).rstrip("."),
        )
        raise RefusedAtImport(
            "pickle-failed", what, "Remove the option `ship`: a script ships whatever can be imported."
        ) from error


def loads(pickles):
    for name, text in pickles.items():
        try:
            flow_from_bytes_pickle(text.encode("ascii"))
        except Exception as error:  # noqa: B902
            what = 'The pickle of the flow "%s" can\'t be loaded without the flow\'s files: %s.' % (
                name,
                _last_line(error),
            )
            raise RefusedAtImport(
                "pickle-failed", what, "Remove the option `ship`: a script ships whatever can be imported."
            ) from error


def _last_line(error):
    cause = error.__cause__ or error
    return "%s: %s" % (type(cause).__name__, str(cause).strip().split("\n")[0].rstrip("."))
