"""Prefect 3's own settings in each place that standard input names."""
import pathlib

import prefect.context
import prefect.settings.sources as sources
from each_place import say_each
from prefect.settings import get_current_settings, load_profiles


def settings():
    sources.DEFAULT_PREFECT_HOME = pathlib.Path.home() / ".prefect"  # found when the module was imported
    sources._file_cache.clear()
    prefect.context.refresh_global_settings_context()
    load_profiles()  # of the settings that are the current ones now; a new process reads them first
    found = get_current_settings()
    return {
        "apiUrl": found.api.url,
        "apiKey": found.api.key and found.api.key.get_secret_value(),
        "authString": found.api.auth_string and found.api.auth_string.get_secret_value(),
        "certificates": found.api.ssl_cert_file,
        "insecure": found.api.tls_insecure_skip_verify,
        "headers": found.client.custom_headers,
        "workPool": found.deployments.default_work_pool_name,
    }


say_each(settings)
