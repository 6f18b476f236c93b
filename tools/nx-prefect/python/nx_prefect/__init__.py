"""
The parts of the worker. Standard library only; Prefect is touched by the engine files alone (`prefect1*.py`,
`prefect3*.py`).
"""
