"""
Registers the flows of the folders that are named, below the working directory, as a script in one process would:
loads each with its own siblings, then writes it with PrefectClient. With `--load-only` it loads them and writes
nothing.
"""
import asyncio
import importlib.util
import os
import sys
import warnings

from prefect.client.orchestration import get_client
from prefect.utilities.callables import parameter_schema

warnings.simplefilter("ignore")


def load(folder):
    path = os.path.abspath(folder)
    before = set(sys.modules)
    sys.path.insert(0, path)
    spec = importlib.util.spec_from_file_location("flow", os.path.join(path, "flow.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    schema = parameter_schema(module.main).model_dump()
    sys.path.remove(path)
    for name in set(sys.modules) - before:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(path + os.sep):
            del sys.modules[name]
    return module.main, schema


async def write(folders):
    async with get_client() as client:
        for folder in folders:
            flow, schema = load(folder)
            await client.create_deployment(
                flow_id=await client.create_flow(flow),
                name="default",
                description=flow.description,
                entrypoint=folder + "/flow.py:main",
                pull_steps=[{"prefect.deployments.steps.set_working_directory": {"directory": os.getcwd()}}],
                work_pool_name="pool",
                parameter_openapi_schema=schema,
            )


folders = sys.argv[1:]
if folders[:1] == ["--load-only"]:
    for each in folders[1:]:
        load(each)
else:
    asyncio.run(write(folders))
