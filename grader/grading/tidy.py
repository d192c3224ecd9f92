"""HTML read and written anew as BeautifulSoup does it, on which nbconvert insists, without a tree of all elements.

What is open is closed in order, a closing tag without an opening one is dropped, attributes are sorted and quoted.
"""

from __future__ import annotations

from html import escape, unescape
from html.parser import HTMLParser

from grader.sandbox.html_sanitiser import words

NO_ALT = "No description has been provided for this image"
"""What nbconvert says of a picture without a text."""
_VOID = words("area base br col embed hr img input link meta param source track wbr")
_AS_WRITTEN = ("pre", "textarea")
_LISTS = frozenset({"class", "rel"})


def tidy(html: str) -> str:
    """`html` with every element closed, every value in quotes, and a text for every picture."""
    writer = _Writer()
    writer.feed(html)
    return writer.written()


def tidy_code(html: str) -> str:
    """The same of what Pygments writes: spans with one class, and text with five entities."""
    html = html.replace('class=" ', 'class="', 1)
    return html.replace("&quot;", '"').replace("&#39;", "'")


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._parts: list[str] = []
        self._text: list[str] = []
        self._open: list[str] = []

    def written(self) -> str:
        """All of it."""
        self.close()
        self._end_text()
        return "".join([*self._parts, *(f"</{tag}>" for tag in reversed(self._open))])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_text()
        if tag in _VOID:
            self._parts.append(f"<{tag}{_attributes(tag, attrs)}/>")
        else:
            self._parts.append(f"<{tag}{_attributes(tag, attrs)}>")
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._end_text()
        while tag in self._open:
            self._parts.append(f"</{self._open[-1]}>")
            if self._open.pop() == tag:
                break

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_entityref(self, name: str) -> None:
        self._text.append(unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._text.append(unescape(f"&#{name};"))

    def handle_decl(self, decl: str) -> None:
        self._end_text()
        self._parts.append(f"<!{decl}>\n")

    def _end_text(self) -> None:
        """Write the text so far: space between elements is one, where it is not to be kept."""
        if not self._text:
            return
        text = "".join(self._text)
        self._text = []
        if not text.strip(" \n\t\f\r") and not any(tag in self._open for tag in _AS_WRITTEN):
            text = "\n" if "\n" in text else " "
        is_text = not self._open or self._open[-1] not in self.CDATA_CONTENT_ELEMENTS
        self._parts.append(escape(text, quote=False) if is_text else text)


def _attributes(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    found = {name: value or "" for name, value in attrs}
    if tag == "img":
        found.setdefault("alt", NO_ALT)
    return "".join(f" {name}={_quoted(name, found[name])}" for name in sorted(found))


def _quoted(name: str, value: str) -> str:
    if name in _LISTS:
        value = " ".join(value.split())
    value = escape(value, quote=False)
    if '"' not in value:
        return f'"{value}"'
    return f"'{value}'" if "'" not in value else '"' + value.replace('"', "&quot;") + '"'
