"""What a page shows to a reader, and what it sends to a browser beyond that."""


def texts(shown):
    """All that is said in words, without the marks that keep Markdown from reading it."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "code", "success", "toast")
    return "\n".join(
        str(each.value).replace("\\", "") for kind in kinds for each in getattr(shown, kind)
    )


def figures(shown):
    """The value of each tile by its label."""
    return {metric.label: metric.value for metric in shown.metric}


def click(shown, label):
    """The page after a click on the first button of this label."""
    return next(button for button in shown.button if button.label == label).click().run()


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
