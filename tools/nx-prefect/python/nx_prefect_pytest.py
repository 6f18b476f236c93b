"""A plugin of pytest: tests run in the folder of pytest's own configuration, as for a team that types `pytest` there.

Which file that is, is pytest's to say."""

import os


def pytest_load_initial_conftests(early_config):
    path = getattr(early_config, "inipath", None)
    if path is not None and _configures(path):
        os.chdir(str(early_config.rootpath))


def _configures(path):
    """From 8.1 on pytest names a pyproject.toml that says nothing of it, too."""
    return path.name != "pyproject.toml" or "[tool.pytest" in path.read_text(encoding="utf-8")
