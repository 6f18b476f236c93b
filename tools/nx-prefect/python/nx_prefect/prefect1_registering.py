"""What `prefect register` does with the storage of a flow, in its order; the flow comes from its script."""

import cloudpickle
from prefect.core.flow import Flow

from nx_prefect.prefect1_pickles import pickle_by_value
from nx_prefect.prefect1_script import namespace_of


def storages(script, names):
    """{flow name: {storage, labels}}, built. Flows that share a storage object share what is built of it."""
    namespace = namespace_of(script)
    found = {value.name: value for value in namespace.values() if isinstance(value, Flow)}
    flows = [found[name] for name in names]
    for flow in flows:
        flow.result = flow.result or flow.storage.result
        flow.storage.add_flow(flow)
    # The files lie where the script has unpacked them. An older cloudpickle pickles their names, as the library's own
    # registering does.
    if hasattr(cloudpickle, "register_pickle_by_value"):
        pickle_by_value(namespace["private_folder"]())
    for storage in {id(flow.storage): flow.storage for flow in flows}.values():
        storage.build()
    return {flow.name: {"storage": flow.storage.serialize(), "labels": sorted(flow.storage.labels)} for flow in flows}
