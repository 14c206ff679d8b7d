"""
What scripts define twice or never use, or use and never define, and lines that are too long: `python3 unused.py FILE…` prints a
line for each. It needs no PyTorch.
"""

import ast
import builtins
import sys

LONGEST = 100


def names_in(tree):
    """Of everything that is read, also as an attribute or a keyword argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Store):
            yield node.attr


def targets_of(node):
    for target in ast.walk(node):
        if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
            yield target.id


def defined_at_top(tree):
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield (alias.asname or alias.name).split(".")[0]
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            yield from targets_of(node)


# Those of autograd and modules, and of a stream what a task without tokens does not draw.
NOT_CALLED_HERE = {"integer", "forward", "backward", "__init__", "__call__"}


def defined_inside(tree):
    """Methods and local variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and part.name not in NOT_CALLED_HERE:
                    yield part.name
        elif isinstance(node, ast.FunctionDef):
            for part in ast.walk(node):
                if isinstance(part, (ast.Assign, ast.AnnAssign, ast.For)):
                    targets = part.targets if isinstance(part, ast.Assign) else [part.target]
                    for target in targets:
                        yield from targets_of(target)


def names_in_scope(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            yield node.id


def names_bound_in(tree):
    """Anywhere: no scope is told from another."""
    yield from defined_at_top(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.asname or alias.name for alias in node.names)


# The model and the task each have it, with one value.
IN_TWO_SECTIONS = {"MODALITIES"}


def defined_twice(tree):
    seen = set(IN_TWO_SECTIONS)
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names = [node.name]
        else:
            targets = getattr(node, "targets", [getattr(node, "target", node)])
            is_set = isinstance(node, (ast.Assign, ast.AnnAssign))
            names = [name for target in targets for name in targets_of(target)] if is_set else []
        for name in names:
            if name in seen and name not in IN_TWO_SECTIONS:
                yield name
            seen.add(name)


def complaints(path):
    with open(path, encoding="utf-8") as file:
        code = file.read()
    tree = ast.parse(code, path)
    compile(tree, path, "exec")
    used = set(names_in(tree))
    for name in {*defined_at_top(tree), *defined_inside(tree)}:
        if name not in used and not name.startswith("_"):
            yield f"{name} is not used"
    known = {*dir(builtins), "__file__", "__name__", *names_bound_in(tree)}
    for name in defined_twice(tree):
        yield f"{name} is defined twice"
    for name in set(names_in_scope(tree)) - known:
        yield f"{name} is not defined"
    for number, line in enumerate(code.splitlines(), 1):
        if len(line) > LONGEST or line != line.rstrip():
            yield f"line {number}: {line}"


if __name__ == "__main__":
    for path in sys.argv[1:]:
        for complaint in complaints(path):
            print(f"{path}: {complaint}")
