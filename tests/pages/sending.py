"""What a page sends to a browser, beyond what a reader sees of it."""


def sent(shown):
    """The bytes of every element of an AppTest, charts, tables and names of widgets as well."""
    nodes, found = [shown._tree], []
    while nodes:
        node = nodes.pop()
        nodes += list(getattr(node, "children", {}).values())
        proto = getattr(node, "proto", None)
        if proto is not None:
            found.append(proto.SerializeToString())
    return b"\n".join(found)
