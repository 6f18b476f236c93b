"""Loads a flow's script as its storage does where the flow runs."""

import prefect
import prefect.utilities.storage as loader
from prefect.core.flow import Flow

from nx_prefect.refusals import RefusedAtImport


def namespace_of(script, root=None):
    """
    All that the script defines, by the library's own loader, which returns one flow only: its `exec` is watched, in the
    way of any global name of a module. `root`: where the script's files lie already.
    """
    seen = []

    def watched(source, namespace):
        exec(source, namespace)
        seen.append(namespace)
        if not any(isinstance(value, Flow) for value in namespace.values()):
            what = "The file binds no flow to a name of the module."
            raise RefusedAtImport("no-flow", what, 'Write `with Flow("name") as flow:` at module level.')

    with open(script, "rb") as file:
        contents = file.read()
    loader.exec = watched
    try:
        with prefect.context(loading_flow=True, local_script_path=script, nx_prefect_root=root):
            loader.extract_flow_from_file(file_contents=contents)
    finally:
        del loader.exec
    return seen[0]
