"""The parts of the worker. Standard library only; Prefect is touched by the engine files alone (`prefect3*.py`)."""
