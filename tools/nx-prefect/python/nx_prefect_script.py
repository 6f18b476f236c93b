# What the plugin puts below these values makes the script that a flow of Prefect 0.15 - 1.x ships as:
#   SETTINGS  JSON, filled in when the script is uploaded
#   DIGEST    of the files;  PATH  of the flow file;  FILES  path -> base64
#   PICKLES   flow name -> what the library pickled, for a flow that ships by value instead
# Storage gives the whole script to `exec`, in a process that has nothing else of the repository. Python 3.7 and newer.
import base64
import importlib
import itertools
import json
import os
import shutil
import sys
import tempfile
import types

import prefect
from prefect.engine.results import S3Result
from prefect.utilities.storage import flow_from_bytes_pickle

# The module name that `prefect register` gives a flow file. Pickles hold by value what is defined under it.
NAME = "<flow>"


def unpacked(files):
    """
    A folder that holds the files, whole. A damaged one is left alone, for it may be in use, and another one taken.
    """
    built = prefect.context.get("nx_prefect_root")
    if built:  # The build loads this script too, beside the files.
        if not is_whole(built, files):
            raise RuntimeError("%s differs from the content of the script" % built)
        return built
    home = private_folder()
    for number in itertools.count():
        folder = os.path.join(home, DIGEST if number == 0 else "%s-%d" % (DIGEST, number))
        if is_whole(folder, files) or place(folder, files):
            return folder


def private_folder():
    """Nobody else may put modules where this process will look for its own."""
    user = os.getuid() if hasattr(os, "getuid") else ""
    folder = os.path.join(os.path.realpath(tempfile.gettempdir()), "nx-prefect-%s" % user)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    if user != "" and os.lstat(folder).st_uid != user:
        raise PermissionError("%s belongs to another user: remove it, or set TMPDIR" % folder)
    return folder


def is_whole(folder, files):
    try:
        return all(content == read(local(folder, path)) for path, content in files.items())
    except OSError:
        return False


def place(folder, files):
    """
    Writes the files aside and renames, so that no process ever sees a half of them. False when there is a damaged
    folder.
    """
    fresh = tempfile.mkdtemp(prefix=".", dir=os.path.dirname(folder))
    try:
        for path, content in files.items():
            os.makedirs(os.path.dirname(local(fresh, path)), exist_ok=True)
            with open(local(fresh, path), "wb") as file:
                file.write(content)
        os.rename(fresh, folder)
        return True
    except OSError:
        if not os.path.exists(folder):
            raise
        return is_whole(folder, files)  # Another process may have been faster.
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def forget(home):
    """An earlier script of this process may have left modules of the same names as ours."""
    for name, module in list(sys.modules.items()):
        if lies_in(module, home) or name == NAME:
            del sys.modules[name]
    sys.path[:] = [path for path in sys.path if not inside(path, home)]
    for path in [path for path in sys.path_importer_cache if inside(path, home)]:
        del sys.path_importer_cache[path]
    importlib.invalidate_caches()


def lies_in(module, home):
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        return inside(file, home)
    try:
        return any(inside(path, home) for path in getattr(module, "__path__", None) or ())
    except Exception:  # A namespace computes its path anew, from parents that are gone.
        return True


def inside(path, home):
    return isinstance(path, str) and path.startswith(home + os.sep)


def run(root):
    """{attribute: flow} of the flow file, run as if it lay at its place in the repository."""
    path = local(root, PATH)
    module = types.ModuleType(NAME)
    module.__file__ = path
    module.__package__ = os.path.dirname(PATH).replace("/", ".")
    sys.path[:0] = [os.path.dirname(path), root]
    before = os.getcwd()
    # What the file reads by a path from the root while it is loaded, it found there when it was built.
    os.chdir(root)
    sys.modules[NAME] = module
    try:
        exec(compile(read(path), path, "exec", dont_inherit=True), module.__dict__)
    finally:
        os.chdir(before)
        # An empty one stays, for dataclasses look up theirs by name. Of the full one, pickles would hold no more than
        # the name, and other processes know no such module.
        sys.modules[NAME] = types.ModuleType(NAME)
    return {name: value for name, value in vars(module).items() if isinstance(value, prefect.Flow)}


def give_results(flows, bucket):
    """What registering would have pickled into a flow that sets none: its results go where it is stored."""
    for flow in flows:
        if flow.result:
            continue
        if flow.storage is None:
            flow.result = S3Result(bucket=bucket) if bucket else None
        elif not flow.storage.stored_as_script:
            flow.result = flow.storage.result


def local(folder, path):
    return os.path.join(folder, *path.split("/"))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def load():
    if PICKLES:
        flows = {name: flow_from_bytes_pickle(text.encode("ascii")) for name, text in PICKLES.items()}
    else:
        root = unpacked({path: base64.b64decode(content) for path, content in FILES.items()})
        forget(os.path.dirname(root))
        flows = run(root)
    settings = json.loads(SETTINGS)
    give_results(flows.values(), settings.get("resultBucket"))
    for flow in {id(flow): flow for flow in flows.values()}.values():
        flow.name += settings.get("nameSuffix", "")
    return flows


# Storage looks for flows among these.
globals().update(load())
