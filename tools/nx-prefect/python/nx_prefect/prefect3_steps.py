"""What the pull steps of this environment's Prefect can do."""

import ast
import os

import prefect


def git_clone_arguments():
    """
    Names of the arguments of `git_clone`, read from its source: a flow finds the modules that it would find where it
    runs, so none is imported for this.
    """
    path = os.path.join(os.path.dirname(prefect.__file__), "deployments", "steps", "pull.py")
    with open(path, "rb") as source:
        tree = ast.parse(source.read(), path)
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "git_clone":
            return sorted(argument.arg for argument in node.args.args + node.args.kwonlyargs)
    return []
