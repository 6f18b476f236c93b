"""What a flow says of its own storage, without building it: that may upload, build images, and stamp the time."""

import copy
import os

from prefect.serialization.storage import StorageSchema
from prefect.storage import Local, Storage

from nx_prefect.refusals import RefusedAtImport


def declared(flow, line):
    """
    (kind, serialized storage, labels that it adds). `default`: the flow sets none. `ready`: nothing has to be built, so
    it is complete. `build`: as the flow set it; `nx_prefect_storage.py` makes what is registered of it.
    """
    if flow.storage is None:
        return "default", None, []
    if type(flow.storage).__name__ not in StorageSchema.type_schemas:
        what = 'The storage of the flow "%s" is a %s, which Prefect can\'t register.' % (
            flow.name,
            type(flow.storage).__name__,
        )
        raise RefusedAtImport(
            "storage-unknown",
            what,
            "Use one of prefect.storage, or none: then the flow is stored in the `s3Bucket` of the options.",
            line,
        )
    storage = copy.copy(flow.storage)
    storage.flows = {}
    storage._flows = {}
    ready = type(storage).build is Storage.build and not isinstance(storage, Local)
    if ready:
        storage.add_flow(flow)
    return "ready" if ready else "build", _without_home(storage.serialize()), sorted(set(storage._labels))


def _without_home(serialized):
    """Local storage makes an absolute path of the one below the home folder, which is another one here."""
    home = os.environ["HOME"] + os.sep
    return {
        name: "~/" + value[len(home) :] if isinstance(value, str) and value.startswith(home) else value
        for name, value in serialized.items()
    }
