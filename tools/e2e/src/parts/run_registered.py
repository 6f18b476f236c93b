"""
Loads registered flows as an agent does, from their storage, and runs them. Prints the value of each flow's tasks as
JSON.
"""
import json
import sys

from prefect.serialization.storage import StorageSchema

outcomes = {}
for name, storage in json.loads(sys.argv[1]).items():
    flow = StorageSchema().load(storage).get_flow(name)
    parameters = {parameter.name: "given" for parameter in flow.parameters() if parameter.required}
    state = flow.run(run_on_schedule=False, parameters=parameters)
    results = state.result if state.is_successful() else {}
    values = {task.slug or task.name: repr(done.result) for task, done in results.items()}
    outcomes[name] = {"ok": state.is_successful(), "message": str(state.message), "values": sorted(values.values())}
print(json.dumps(outcomes))
