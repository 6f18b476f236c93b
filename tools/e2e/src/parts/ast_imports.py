"""
The judge of the import scanner: reads paths from standard input, one a line, and prints for each a line of JSON: the
imports that CPython's own parser sees, in the file's order, or null where it refuses the file.
"""
import ast
import json
import re
import sys
import warnings

NAMES = ("import_module", "__import__")
DYNAMIC = re.compile(r"(\.*)([^.\s]\S*)?\Z")


def imports(source):
    found = []
    _visit(ast.parse(source), False, found)
    return [entry for _, entry in sorted(found, key=lambda item: item[0])]


def _visit(node, checking, found):
    _take(node, checking, found)
    for field, value in ast.iter_fields(node):
        inside = checking or (isinstance(node, ast.If) and field == "body" and _is_checking(node.test))
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                _visit(child, inside, found)


def _is_checking(test):
    return isinstance(test, (ast.Name, ast.Attribute)) and _last(test) == "TYPE_CHECKING"


def _last(node):
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)


def _take(node, checking, found):
    flags = ["typeChecking"] if checking else []
    if isinstance(node, ast.Import):
        for index, alias in enumerate(node.names):
            found.append(((node.lineno, node.col_offset, index), [alias.name, 0, [], node.lineno, flags]))
    elif isinstance(node, ast.ImportFrom):
        names = [alias.name for alias in node.names]
        found.append(((node.lineno, node.col_offset, 0), [node.module or "", node.level, names, node.lineno, flags]))
    elif isinstance(node, ast.Call) and _last(node.func) in NAMES:
        module = _constant(node)
        if module:
            # The name that is called is the last thing of what is called: `importlib.import_module`.
            line, end = node.func.end_lineno, node.func.end_col_offset
            found.append(((line, end - len(_last(node.func)), 0), module + [[], line, flags]))


def _constant(call):
    # By its place, or by its name where that comes first: what the scanner reads.
    first = call.args[0] if call.args else call.keywords[0].value if _named(call, "name") else None
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return None
    match = DYNAMIC.match(first.value)
    if not match or not match.group():
        return None
    dots, module = match.group(1), match.group(2) or ""
    named = next((word.value for word in call.keywords if word.arg == "package"), None)
    anchor = call.args[1] if len(call.args) > 1 else named
    package = anchor.value if isinstance(anchor, ast.Constant) and isinstance(anchor.value, str) else ""
    above = package.split(".")[: package.count(".") + 2 - len(dots)] if dots and package else []
    return [".".join(above + ([module] if module else [])), 0] if above else [module, len(dots)]


def _named(call, name):
    return bool(call.keywords) and call.keywords[0].arg == name


def main():
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20_000)
    for line in sys.stdin:
        path = line.rstrip("\n")
        try:
            with open(path, "rb") as file:
                answer = imports(file.read())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            answer = None
        print(json.dumps(answer), flush=False)


if __name__ == "__main__":
    main()
