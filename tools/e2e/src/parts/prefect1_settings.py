"""What the client of Prefect 0.15 - 1.x takes in each place that standard input names."""
import os

import prefect
from each_place import say_each
from prefect import configuration


def settings():
    # Both are found when the module is imported.
    configuration.USER_CONFIG = os.getenv("PREFECT__USER_CONFIG_PATH", "~/.prefect/config.toml")
    configuration.BACKEND_CONFIG = os.getenv("PREFECT__BACKEND_CONFIG_PATH", "~/.prefect/backend.toml")
    prefect.config = prefect.context.config = configuration.load_default_config()
    # A server, else a client without a key asks Cloud which tenant it belongs to.
    prefect.config.backend, backend = "server", prefect.config.backend
    client = prefect.Client()
    return {
        "apiUrl": str(client.api_server),
        "key": client.api_key,
        "token": getattr(client, "_api_token", None),  # 1.4 knows none
        "tenant": client._tenant_id,
        "backend": backend,
    }


say_each(settings)
