"""What a template may do that somebody brings by the API: a small part of Jinja2, and none of it without end.

There are values, conditions, loops over what the mail brings, a few filters and functions; nothing leads elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from jinja2 import Environment, TemplateSyntaxError, nodes

from invited.mails.markup import Unreadable

FILTERS = frozenset({"length", "line", "lines", "lower", "number", "truncate", "upper", "urlize", "utc"})
FUNCTIONS = frozenset({"decide", "repeats", "span", "when"})

MOST = (5_000, 200)
"""Turns of a loop, and of one within it."""

MOST_LOOPS = 40

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
    nodes.Call,
)


def checked(environment: Environment, text: str, *, is_phrase: bool = False) -> nodes.Template:
    """The template, its loops bounded by the filter `bounded`; a phrase has none. Raises Unreadable for what is not
    allowed.
    """
    try:
        tree = environment.parse(text)
        found = list(_nodes(tree, 0))
    except TemplateSyntaxError as fault:
        raise Unreadable(str(fault.message), fault.lineno) from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    for node, loops in found:
        fault_of = _fault(node, loops, 0 if is_phrase else len(MOST))
        if fault_of:
            raise Unreadable(fault_of, node.lineno)
    turning = list(tree.find_all(nodes.For))
    if len(turning) > MOST_LOOPS:
        raise Unreadable(f"there are more than {MOST_LOOPS} loops", turning[MOST_LOOPS].lineno)
    within = {inner for loop in turning for inner in loop.find_all(nodes.For)}
    for loop in turning:
        most = nodes.Const(MOST[loop in within])
        loop.iter = nodes.Filter(loop.iter, "bounded", [most], [], None, None, lineno=loop.lineno)
    return tree


def bounded(items: Iterable[object], most: int) -> Sequence[object]:
    """The items of a loop; raises ValueError for more than `most`, or for the letters of a text."""
    if isinstance(items, str):
        raise ValueError("a loop goes over the lines of a text, not over its letters")  # noqa: TRY004 - the template's
    found = list(islice(items, most + 1))
    if len(found) > most:
        raise ValueError(f"a loop has more than {most} turns")
    return found


def _nodes(node: nodes.Node, loops: int) -> Iterator[tuple[nodes.Node, int]]:
    """Every node, with how many loops it stands in, its own included."""
    loops += isinstance(node, nodes.For)
    yield node, loops
    for child in node.iter_child_nodes():
        yield from _nodes(child, loops)


def _fault(node: nodes.Node, loops: int, most: int) -> str:
    if not isinstance(node, _ALLOWED):
        return f"{type(node).__name__.lower()} cannot stand in a template that is brought here"
    if isinstance(node, nodes.For) and (loops > most or node.recursive):
        return "loops stand at most two deep" if most else "a phrase has no loops"
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        return f"there is no filter {node.name} here but {', '.join(sorted(FILTERS))}"
    if isinstance(node, nodes.Call) and not (isinstance(node.node, nodes.Name) and node.node.name in FUNCTIONS):
        return f"nothing can be called here but {', '.join(sorted(FUNCTIONS))}"
    return ""
