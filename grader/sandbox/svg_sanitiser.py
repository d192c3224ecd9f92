"""SVG of a submission: parsed as XML, and written anew from the shapes and texts that figures consist of."""

from __future__ import annotations

import re
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from grader.sandbox.html_sanitiser import MAX_DEPTH, words

MAX_SVG = 4_000_000

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_SHAPES = words(
    """
    circle clipPath defs ellipse g image line linearGradient marker mask path pattern polygon polyline
    radialGradient rect stop style svg symbol text title tspan use
    """
)
_ATTRIBUTES = words(
    """
    clip-path clip-rule clipPathUnits color cx cy d dominant-baseline dx dy fill fill-opacity
    fill-rule font-family font-size font-style font-weight fx fy gradientTransform gradientUnits height
    id marker-end marker-mid marker-start markerHeight markerUnits markerWidth mask offset opacity orient
    patternTransform patternUnits points preserveAspectRatio r refX refY rx ry spreadMethod stop-color
    stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin
    stroke-miterlimit stroke-opacity stroke-width style text-anchor transform version viewBox width x x1
    x2 y y1 y2
    """
)
# In a page, other properties would move the picture over what stands around it, or show what lies outside it.
_STYLES = words(
    """
    clip-path clip-rule color dominant-baseline fill fill-opacity fill-rule font font-family font-size
    font-stretch font-style font-variant font-weight letter-spacing marker-end marker-mid marker-start
    mask opacity shape-rendering stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset
    stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor
    text-rendering transform-origin writing-mode
    """
)
# Ids of a picture are not those of the page, by which its scripts find their own parts.
_MARK = "picture-"
_VALUE = re.compile(r"[\w\s#%&.,:;()+*/!?=<>$^{}'\[\]~|@-]*")
_REFERENCE = re.compile(r"url\(\s*#([\w.:-]+)\s*\)")
_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]*")
_PLACE = re.compile(r"#[\w.:-]+")
_STYLE_OF_MATPLOTLIB = "*{stroke-linejoin: round; stroke-linecap: butt}"


def harmless_svg(text: str) -> str | None:
    """`text` with known shapes and attributes only; None when it is no SVG, too long or too deep.

    References stay within the picture, and what is referred to refers to nothing: a few lines could
    otherwise stand for billions of shapes.
    """
    if len(text) > MAX_SVG:
        return None
    writer = _Writer()
    parser = DefusedXMLParser(target=writer)
    try:
        parser.feed(text.encode("utf-8", "replace"))
        parser.close()
    except (ParseError, DefusedXmlException, ValueError, _TooDeep):
        return None
    return "".join(writer.written) or None


class _TooDeep(Exception):
    pass


class _Writer:
    """What the parser tells of a picture, written as SVG."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self._open: list[str] = []
        self._dropped = 0  # depth inside an element that is left out
        self._in_defs = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition("}")
        known = namespace == f"{{{_SVG}" and name in _SHAPES and (self._open or name == "svg")
        if self._dropped or not known or (name == "use" and self._in_defs):
            self._dropped += 1
            return
        if len(self._open) >= MAX_DEPTH:
            raise _TooDeep
        self._in_defs += name == "defs" or bool(self._in_defs)
        kept = "".join(
            f" {key}={quoteattr(value)}"
            for key, value in (self._attribute(name, *item) for item in attributes.items())
            if key
        )
        if not self._open:
            kept = f' xmlns="{_SVG}" xmlns:xlink="{_XLINK}"{kept}'
        self._open.append(name)
        self.written.append(f"<{name}{kept}>")

    def end(self, tag: str) -> None:
        if self._dropped:
            self._dropped -= 1
            return
        name = self._open.pop()
        self._in_defs -= bool(self._in_defs)
        self.written.append(f"</{name}>")

    def data(self, text: str) -> None:
        if self._dropped or not self._open:
            return
        if self._open[-1] == "style":
            self.written.append(text if text.strip() == _STYLE_OF_MATPLOTLIB else "")
        else:
            self.written.append(escape(text))

    def close(self) -> None:
        pass

    def _attribute(self, tag: str, name: str, value: str) -> tuple[str, str]:
        if name in ("href", f"{{{_XLINK}}}href"):
            if tag == "use" and _PLACE.fullmatch(value):
                return "xlink:href", f"#{_marked(value[1:])}"
            is_picture = tag == "image" and _PICTURE.fullmatch(value)
            return ("xlink:href", value) if is_picture else ("", "")
        if name == "id":
            is_shape = self._in_defs and _PLACE.fullmatch(f"#{value}")
            return (name, _marked(value)) if is_shape else ("", "")
        if name == "style":
            declarations = value.split(";")
            value = ";".join(
                one for one in declarations if one.partition(":")[0].strip() in _STYLES
            )
        if not value or name not in _ATTRIBUTES or not _VALUE.fullmatch(value):
            return "", ""
        rest = _REFERENCE.sub("", value)
        refers = rest != value
        value = _REFERENCE.sub(lambda found: f"url(#{_marked(found[1])})", value)
        if "(" in rest and re.search(r"url|src|image|expression|var|attr", rest, re.IGNORECASE):
            return "", ""
        return ("", "") if refers and self._in_defs else (name, value)


def _marked(identity: str) -> str:
    return identity if identity.startswith(_MARK) else _MARK + identity
