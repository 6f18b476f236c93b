"""All that declares deployments of a flow in code: its file, the main guard in it, and files beside it."""

import os

from nx_prefect.functions import code_of
from nx_prefect.prefect3_beside import read_beside
from nx_prefect.prefect3_declared import Declared
from nx_prefect.prefect3_deployments import held_by, read_deployments, unbound_deployments
from nx_prefect.prefect3_main import read_main


def read_sources(module, tree, attributes, recording):
    """([DeploymentObject], warnings) of a flow file that has run."""
    main = read_main(module, tree, recording, Declared(module))
    sources = [
        (os.path.realpath(one.__file__), held_by(one) + declared.deployments, declared.warnings)
        for one, declared in [(module, main)] + read_beside(module, recording)
    ]
    deployments, warnings, seen = [], [], set()
    known = [deployment for _, held, _ in sources for deployment in held]
    for file, held, said in sources:
        own = []
        for where, each in held:
            if id(each) not in seen:
                seen.add(id(each))
                own.append((where, each))
        if file != sources[0][0]:
            own, others = _of_flows(own, sources[0][0], attributes, recording)
            warnings += [_elsewhere(recording.relative(file), each) for each in others]
        read, not_read = read_deployments(own, recording.relative(file), attributes, recording)
        deployments += read
        warnings += not_read + said + unbound_deployments(known, file, attributes, recording)
    return deployments, warnings


def _of_flows(held, flow_file, attributes, recording):
    """Those of the flow file's own flows, and the rest: one file may deploy the flows of several folders."""
    bound = {id(flow) for _, flow in attributes}
    own, others = [], []
    for where, deployment in held:
        flow = (recording.given(deployment) or {}).get("flow")
        code = None if flow is None or id(flow) in bound else code_of(flow.fn)
        is_other = code is not None and os.path.realpath(code.co_filename) != flow_file
        (others if is_other else own).append((where, deployment))
    return own, others


def _elsewhere(file, held):
    _, deployment = held
    return '%s: the deployment "%s" is of %s, a flow of another file; declare it beside that file.' % (
        file,
        deployment.name,
        deployment.flow_name,
    )
