"""The single values of what a flow declares, with the path at which a user finds each."""


def leaves(value, path=""):
    """
    (path, value) of everything that isn't a list or dict: `deployments[0].schedules[0].schedule.cron`. Keys count too.
    """
    if isinstance(value, dict):
        for key in value:
            # `fields` is the protocol's word, not the user's.
            inner = path if key == "fields" and path.startswith("deployments") else _join(path, key)
            yield inner, key
            for leaf in leaves(value[key], inner):
                yield leaf
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for leaf in leaves(item, "%s[%d]" % (path, index)):
                yield leaf
    else:
        yield path, value


def holding(value, fragments):
    """The first (path, fragment) whose string contains one of the fragments; None when none does."""
    for path, leaf in leaves(value):
        if isinstance(leaf, str):
            for fragment in fragments:
                if fragment in leaf:
                    return path, fragment
    return None


def _join(path, key):
    return "%s.%s" % (path, key) if path else str(key)
