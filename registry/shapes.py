"""The shape of types: what they are made of, whether they take bytes, and where they contain themselves.

Nothing here recurses over named types, and each of them is visited a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from registry.model import Array, Fixed, Map, Named, Primitive, Record, Type, Union


def walk(type_: Type) -> Iterator[Type]:
    """Yield a type and what it is made of, without going into named types."""
    yield type_
    match type_:
        case Array(items):
            yield from walk(items)
        case Map(values):
            yield from walk(values)
        case Union(branches):
            for branch in branches:
                yield from walk(branch)
        case _:
            pass


def leaves(type_: Type) -> Iterator[Type]:
    """Yield what a type is made of, but for arrays, maps and unions."""
    return (part for part in walk(type_) if not isinstance(part, Array | Map | Union))


def has_zero_width(type_: Type) -> bool:
    """Tell whether a type holds an array whose items may take no bytes."""
    return any(isinstance(part, Array) and _takes_none(part.items) for part in walk(type_))


def _takes_none(type_: Type) -> bool:
    waiting = [type_]
    seen: set[int] = set()
    while waiting:
        part = waiting.pop()
        match part:
            case Primitive(name="null") | Fixed(size=0):
                pass
            case Record():
                if id(part) not in seen:
                    seen.add(id(part))
                    waiting += [member.type for member in part.fields]
            case _:
                return False
    return True


def circles(types: Sequence[Named]) -> Iterator[list[Record]]:
    """Find the records that contain themselves.

    Args:
        types: The types to look at, with what they refer to.

    Yields:
        For each set of records that contain each other, a way from its first member in `types` back to it.
    """
    given = {id(type_): place for place, type_ in enumerate(types)}
    for component in _components([type_ for type_ in types if isinstance(type_, Record)]):
        inside = {id(record) for record in component}
        known = [record for record in component if id(record) in given]
        if not known or (len(component) == 1 and all(part is not known[0] for part in _parts(known[0]))):
            continue
        yield _way_back(min(known, key=lambda record: given[id(record)]), inside)


def _parts(record: Record) -> list[Record]:
    return [part for member in record.fields for part in leaves(member.type) if isinstance(part, Record)]


def _way_back(start: Record, inside: set[int]) -> list[Record]:
    came_from: dict[int, Record | None] = {id(start): None}
    waiting = [start]
    for record in waiting:
        for part in _parts(record):
            if part is start:
                way: list[Record] = []
                step: Record | None = record
                while step is not None:
                    way.append(step)
                    step = came_from[id(step)]
                return way[::-1]
            if id(part) in inside and id(part) not in came_from:
                came_from[id(part)] = record
                waiting.append(part)
    return [start]


def _components(records: Sequence[Record]) -> Iterator[list[Record]]:
    """Yield the strongly connected components (Tarjan, without recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[Record] = []
    on_stack: set[int] = set()
    for root in records:
        if id(root) in index:
            continue
        work: list[tuple[Record, Iterator[Record]]] = []

        def enter(record: Record, work: list[tuple[Record, Iterator[Record]]] = work) -> None:
            index[id(record)] = low[id(record)] = len(index)
            stack.append(record)
            on_stack.add(id(record))
            work.append((record, iter(_parts(record))))

        enter(root)
        while work:
            record, parts = work[-1]
            for part in parts:
                if id(part) not in index:
                    enter(part)
                    break
                if id(part) in on_stack:
                    low[id(record)] = min(low[id(record)], index[id(part)])
            else:
                work.pop()
                if work:
                    parent = id(work[-1][0])
                    low[parent] = min(low[parent], low[id(record)])
                if low[id(record)] == index[id(record)]:
                    component: list[Record] = []
                    while not component or component[-1] is not record:
                        component.append(stack.pop())
                        on_stack.discard(id(component[-1]))
                    yield component
