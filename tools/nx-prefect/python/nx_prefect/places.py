"""Home and temporary folder of a flow, in the folder that Node made for this process."""

import os
import shutil


def new_places(number):
    """
    Empties both: Prefect leaves something at home when it is imported, and so may flows. What a flow made there may be
    hard to remove, but not to rename.
    """
    for place in (os.environ["HOME"], os.environ["TMPDIR"]):
        used = "%s-%d" % (place, number)
        try:
            os.rename(place, used)
        except FileNotFoundError:
            pass
        os.mkdir(place)
        shutil.rmtree(used, ignore_errors=True)


def remove_all():
    """Node may be gone, and nobody else left to do it."""
    shutil.rmtree(os.path.dirname(os.environ["HOME"]), ignore_errors=True)
