"""Arguments of calls and parameters of functions: set, removed, added, with the comments between them kept.

A list that has one item a line gets the new item on a line of its own. A comment stays with the item it stands behind.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from lifeops_codemods.plan.document import NEWLINE
from lifeops_codemods.plan.fragments import UnmadeError, line_break

Whitespace = cst.BaseParenthesizableWhitespace


_AFTER = ("whitespace_after_arg", "whitespace_after_param")


def set_argument(call: cst.Call, argument: cst.Arg, unit: str) -> cst.Call:
    """Return `call` with a keyword argument, put last or in the place of the one of that name."""
    assert argument.keyword is not None
    index = _index(call, argument.keyword.value)
    if index is not None:
        return _with(call, index, call.args[index].with_changes(value=argument.value))
    return _with_last(call, argument, unit)


def append_argument(call: cst.Call, value: cst.BaseExpression, unit: str) -> cst.Call:
    """Return `call` with one more positional argument. Raises UnmadeError where keyword arguments are in the way."""
    if any(arg.keyword is not None or arg.star == "**" for arg in call.args):
        raise UnmadeError("the call has keyword arguments, behind which no other can stand")
    return _with_last(call, cst.Arg(value), unit)


def append_element(display: cst.List, value: cst.BaseExpression, unit: str) -> cst.List:
    """Return a list with one more element, laid out as arguments are."""
    args = [_as_argument(element) for element in display.elements]
    closing = display.rbracket.whitespace_before
    if args and isinstance(args[-1].comma, cst.Comma):
        args[-1] = args[-1].with_changes(comma=args[-1].comma.with_changes(whitespace_after=closing))
    elif args:
        args[-1] = args[-1].with_changes(whitespace_after_arg=closing)
    call = cst.Call(cst.Name("x"), args, whitespace_before_args=display.lbracket.whitespace_after)
    longer = _with_last(call, cst.Arg(value), unit)
    last = longer.args[-1]
    after = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else last.whitespace_after_arg
    elements = [_as_element(arg) for arg in longer.args]
    if isinstance(last.comma, cst.Comma):
        bare = last.comma.with_changes(whitespace_after=cst.SimpleWhitespace(""))
        elements[-1] = elements[-1].with_changes(comma=bare)
    return display.with_changes(
        elements=elements,
        lbracket=cst.LeftSquareBracket(whitespace_after=longer.whitespace_before_args),
        rbracket=cst.RightSquareBracket(whitespace_before=after),
    )


def _as_argument(element: cst.BaseElement) -> cst.Arg:
    if isinstance(element, cst.StarredElement):
        return cst.Arg(
            element.value, star="*", comma=element.comma, whitespace_after_star=element.whitespace_before_value
        )
    return cst.Arg(element.value, comma=element.comma)


def _as_element(arg: cst.Arg) -> cst.BaseElement:
    if arg.star:
        return cst.StarredElement(arg.value, comma=arg.comma, whitespace_before_value=arg.whitespace_after_star)
    return cst.Element(arg.value, comma=arg.comma)


def _with_last(call: cst.Call, argument: cst.Arg, unit: str) -> cst.Call:
    if not call.args:
        return _first_argument(call, argument, unit)
    args = list(call.args)
    last = args[-1]
    if isinstance(last.value, cst.GeneratorExp) and not last.value.lpar:
        last = last.with_changes(value=last.value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))
    if isinstance(last.comma, cst.Comma):
        between, closing = split_gap(last.comma.whitespace_after, item_gap(call))
        args[-1] = last.with_changes(comma=last.comma.with_changes(whitespace_after=between))
        new_comma = cst.Comma(whitespace_after=closing)
        return call.with_changes(args=[*args, argument.with_changes(comma=new_comma)])
    gap = item_gap(call)
    between, closing = split_gap(last.whitespace_after_arg, gap)
    args[-1] = last.with_changes(
        comma=cst.Comma(whitespace_after=between), whitespace_after_arg=cst.SimpleWhitespace("")
    )
    if isinstance(gap, cst.ParenthesizedWhitespace) and isinstance(
        last.whitespace_after_arg, cst.ParenthesizedWhitespace
    ):
        return call.with_changes(args=[*args, argument.with_changes(comma=cst.Comma(whitespace_after=closing))])
    return call.with_changes(args=[*args, argument.with_changes(whitespace_after_arg=closing)])


def remove_argument(call: cst.Call, name: str) -> cst.Call:
    """Return `call` without a keyword argument; comments around it stay. Raises UnmadeError where there is none."""
    index = _index(call, name)
    if index is None:
        raise UnmadeError(f"the call has no argument {name!r}")
    args = list(call.args)
    gone = args.pop(index)
    after = gone.comma.whitespace_after if isinstance(gone.comma, cst.Comma) else gone.whitespace_after_arg
    if index == 0:
        return call.with_changes(
            args=args, whitespace_before_args=_joined(call.whitespace_before_args, after, bool(args))
        )
    before = args[index - 1]
    assert isinstance(before.comma, cst.Comma)
    gap = _joined(before.comma.whitespace_after, after, index < len(args))
    if index < len(args) or isinstance(gone.comma, cst.Comma):
        args[index - 1] = before.with_changes(comma=before.comma.with_changes(whitespace_after=gap))
    else:
        args[index - 1] = before.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=gap)
    return call.with_changes(args=args)


def add_parameter(function: cst.FunctionDef, parameter: cst.Param, before: str | None, unit: str) -> cst.FunctionDef:
    """Return `function` with one more parameter, before the one called `before`, else at the last allowed place."""
    params = function.params
    name, index = _place(params, parameter, before)
    group: list[cst.Param] = list(getattr(params, name))
    gap = _parameter_gap(function)
    following = index < len(group) or _follows(params, name)
    if following:
        group.insert(index, parameter.with_changes(comma=cst.Comma(whitespace_after=gap)))
        return function.with_changes(params=_after_slash(params.with_changes(**{name: group}), gap))
    if not group:
        return _first_parameter(function, parameter, name, unit)
    last = group[-1]
    if isinstance(last.comma, cst.Comma):
        between, closing = split_gap(last.comma.whitespace_after, gap)
        group[-1] = last.with_changes(comma=last.comma.with_changes(whitespace_after=between))
        group.append(parameter.with_changes(comma=cst.Comma(whitespace_after=closing)))
    else:
        between, closing = split_gap(last.whitespace_after_param, gap)
        comma = cst.Comma(whitespace_after=between)
        group[-1] = last.with_changes(comma=comma, whitespace_after_param=cst.SimpleWhitespace(""))
        group.append(parameter.with_changes(whitespace_after_param=closing))
    return function.with_changes(params=params.with_changes(**{name: group}))


def set_parameter(
    parameter: cst.Param, annotation: cst.BaseExpression | None, default: cst.BaseExpression | None
) -> cst.Param:
    """Return a parameter with another annotation or default, spaced as black and PEP 8 do. Raises UnmadeError."""
    if parameter.star:
        raise UnmadeError("a variadic parameter has no default")
    if annotation is not None:
        if parameter.annotation is not None:
            parameter = parameter.with_changes(annotation=parameter.annotation.with_changes(annotation=annotation))
        else:
            parameter = parameter.with_changes(annotation=cst.Annotation(annotation))
    if default is not None:
        parameter = parameter.with_changes(default=default)
    elif annotation is None or parameter.default is None:
        return parameter
    blank = cst.SimpleWhitespace(" " if parameter.annotation is not None else "")
    equal = parameter.equal
    if not isinstance(equal, cst.AssignEqual) or annotation is not None:
        parameter = parameter.with_changes(equal=cst.AssignEqual(blank, blank))
    return parameter


def item_gap(call: cst.Call) -> Whitespace:
    """Return what stands between two items: a line break in a list with one item a line, else a blank."""
    return _gap(call.whitespace_before_args, call.args)


def split_gap(gap: Whitespace, between: Whitespace) -> tuple[Whitespace, Whitespace]:
    """Split what stands before a closing bracket for a new last item: what goes before the item, and what after.

    Comments go before it, with the item that they follow.
    """
    if not isinstance(gap, cst.ParenthesizedWhitespace):
        return between, gap
    closing = line_break(None, "").with_changes(indent=gap.indent, last_line=gap.last_line)
    has_comment = gap.first_line.comment is not None or any(line.comment for line in gap.empty_lines)
    if not isinstance(between, cst.ParenthesizedWhitespace):
        if not has_comment:
            return between, closing
        between = closing
    return gap.with_changes(indent=between.indent, last_line=between.last_line), closing


def _parameter_gap(function: cst.FunctionDef) -> Whitespace:
    return _gap(function.whitespace_before_params, _flat(function.params))


def _gap(opening: Whitespace, items: Sequence[cst.Arg | cst.Param]) -> Whitespace:
    commas = [item.comma for item in items]
    breaks = [
        comma.whitespace_after
        for comma in commas[:-1]
        if isinstance(comma, cst.Comma) and isinstance(comma.whitespace_after, cst.ParenthesizedWhitespace)
    ]
    alone = len(items) == 1 and (isinstance(commas[0], cst.Comma) or _has_lines(items[0]))
    if isinstance(opening, cst.ParenthesizedWhitespace) and (breaks or alone):
        return line_break(None, "").with_changes(indent=opening.indent, last_line=opening.last_line)
    if breaks and len(breaks) == len(commas) - 1:
        return line_break(None, "").with_changes(indent=breaks[-1].indent, last_line=breaks[-1].last_line)
    return cst.SimpleWhitespace(" ")


def _has_lines(item: cst.Arg | cst.Param) -> bool:
    """Tell whether an item runs over several lines."""
    bare = item.with_changes(comma=cst.MaybeSentinel.DEFAULT)
    bare = bare.with_changes(**{name: cst.SimpleWhitespace("") for name in _AFTER if hasattr(bare, name)})
    return NEWLINE.search(cst.Module([]).code_for_node(bare)) is not None


def _index(call: cst.Call, name: str) -> int | None:
    for index, arg in enumerate(call.args):
        if arg.keyword is not None and arg.keyword.value == name:
            return index
    return None


def _with(call: cst.Call, index: int, argument: cst.Arg) -> cst.Call:
    return call.with_changes(args=[*call.args[:index], argument, *call.args[index + 1 :]])


def _first_argument(call: cst.Call, argument: cst.Arg, unit: str) -> cst.Call:
    gap = call.whitespace_before_args
    if not isinstance(gap, cst.ParenthesizedWhitespace):
        return call.with_changes(args=[argument])
    opening = gap.with_changes(last_line=cst.SimpleWhitespace(gap.last_line.value + unit))
    return call.with_changes(
        args=[argument.with_changes(comma=cst.Comma(whitespace_after=split_gap(gap, gap)[1]))],
        whitespace_before_args=opening,
    )


def _joined(first: Whitespace, second: Whitespace, item_follows: bool) -> Whitespace:
    """Return one gap for the two around a removed item: all comments, and the second's indent for what follows."""
    comments = [*_comments(first), *_comments(second)]
    if not comments:
        return (
            first
            if item_follows and isinstance(first, cst.ParenthesizedWhitespace)
            else second
            if not item_follows
            else first
        )
    model = next(gap for gap in (second, first) if isinstance(gap, cst.ParenthesizedWhitespace))
    in_front = first.first_line if isinstance(first, cst.ParenthesizedWhitespace) else None
    own_lines = comments[1:] if in_front is not None and in_front.comment is not None else comments
    lines = [cst.EmptyLine(indent=True, whitespace=_inner(first, second), comment=comment) for comment in own_lines]
    return cst.ParenthesizedWhitespace(
        first_line=in_front or cst.TrailingWhitespace(),
        empty_lines=lines,
        indent=model.indent,
        last_line=model.last_line,
    )


def _inner(first: Whitespace, second: Whitespace) -> cst.SimpleWhitespace:
    gap = first if isinstance(first, cst.ParenthesizedWhitespace) else second
    return gap.last_line if isinstance(gap, cst.ParenthesizedWhitespace) else cst.SimpleWhitespace("")


def _comments(gap: Whitespace) -> list[cst.Comment]:
    if not isinstance(gap, cst.ParenthesizedWhitespace):
        return []
    found = [gap.first_line.comment, *(line.comment for line in gap.empty_lines)]
    return [comment for comment in found if comment is not None]


def _flat(params: cst.Parameters) -> list[cst.Param]:
    star = [params.star_arg] if isinstance(params.star_arg, cst.Param) else []
    double = [params.star_kwarg] if params.star_kwarg is not None else []
    return [*params.posonly_params, *params.params, *star, *params.kwonly_params, *double]


def _place(params: cst.Parameters, parameter: cst.Param, before: str | None) -> tuple[str, int]:
    """Return the group of parameters and the index in it where a new one goes."""
    for name in ("posonly_params", "params", "kwonly_params"):
        for index, known in enumerate(getattr(params, name)):
            if known.name.value == parameter.name.value:
                raise UnmadeError(f"the function has a parameter {known.name.value!r} already")
            if before is not None and known.name.value == before:
                return name, index
    if before is not None:
        raise UnmadeError(f"the function has no parameter {before!r}")
    if params.kwonly_params or not isinstance(params.star_arg, cst.MaybeSentinel):
        return "kwonly_params", len(params.kwonly_params)
    if parameter.default is not None:
        return "params", len(params.params)
    required = [index for index, known in enumerate(params.params) if known.default is None]
    if not required and any(known.default is not None for known in params.posonly_params):
        raise UnmadeError("no parameter without a default may follow")
    return "params", required[-1] + 1 if required else 0


def _follows(params: cst.Parameters, group: str) -> bool:
    """Tell whether anything stands after a group."""
    if params.star_kwarg is not None:
        return True
    return group == "params" and (not isinstance(params.star_arg, cst.MaybeSentinel) or bool(params.kwonly_params))


def _after_slash(params: cst.Parameters, gap: Whitespace) -> cst.Parameters:
    slash = params.posonly_ind
    if isinstance(slash, cst.ParamSlash) and isinstance(slash.comma, cst.MaybeSentinel):
        return params.with_changes(posonly_ind=slash.with_changes(comma=cst.Comma(whitespace_after=gap)))
    return params


def _first_parameter(function: cst.FunctionDef, parameter: cst.Param, group: str, unit: str) -> cst.FunctionDef:
    """Add the only parameter of the last group, which is empty."""
    params = function.params
    gap = _parameter_gap(function)
    if group == "kwonly_params" and isinstance(params.star_arg, cst.Param):
        star = params.star_arg
        ends_with_comma = isinstance(star.comma, cst.Comma)
        old = star.comma.whitespace_after if isinstance(star.comma, cst.Comma) else star.whitespace_after_param
        between, closing = split_gap(old, gap)
        new_star = star.with_changes(
            comma=cst.Comma(whitespace_after=between), whitespace_after_param=cst.SimpleWhitespace("")
        )
        new = _closed(parameter, closing, ends_with_comma)
        return function.with_changes(params=params.with_changes(star_arg=new_star, kwonly_params=[new]))
    if isinstance(params.posonly_ind, cst.ParamSlash):
        slash = params.posonly_ind
        ends_with_comma = isinstance(slash.comma, cst.Comma)
        old = slash.comma.whitespace_after if isinstance(slash.comma, cst.Comma) else slash.whitespace_after
        between, closing = split_gap(old, gap)
        new_slash = slash.with_changes(
            comma=cst.Comma(whitespace_after=between), whitespace_after=cst.SimpleWhitespace("")
        )
        new = _closed(parameter, closing, ends_with_comma)
        return function.with_changes(params=params.with_changes(posonly_ind=new_slash, params=[new]))
    opening = function.whitespace_before_params
    if isinstance(opening, cst.ParenthesizedWhitespace):
        inner = opening.with_changes(last_line=cst.SimpleWhitespace(opening.last_line.value + unit))
        new = _closed(parameter, split_gap(opening, opening)[1], True)
        return function.with_changes(params=params.with_changes(**{group: [new]}), whitespace_before_params=inner)
    return function.with_changes(params=params.with_changes(**{group: [parameter]}))


def _closed(parameter: cst.Param, closing: Whitespace, comma: bool) -> cst.Param:
    if comma:
        return parameter.with_changes(comma=cst.Comma(whitespace_after=closing))
    return parameter.with_changes(whitespace_after_param=closing)
