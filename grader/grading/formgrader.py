"""Formgrader's server: walls around its pages, which run with the rights of whoever grades.

nbgrader has no setting for them. `nbgrader_config.py` calls `guard`, which formgrader's server reads to
learn where the course lies; everywhere else it does nothing.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course import find_commands

if TYPE_CHECKING:
    from jinja2 import Environment
    from nbgrader.server_extensions.formgrader.base import BaseHandler

    from grader.grading.pages import GradingPage

_FORMGRADER = "nbgrader.server_extensions.formgrader"
_ON_EVENT = re.compile(r"\son[a-z]+=\"([^\"{}]*)\"", re.IGNORECASE)


def guard() -> None:
    """In formgrader's server: submissions are shown harmless, with a policy, and nothing beside them.

    Only formgrader's own scripts run: those that its templates hold, which are marked. A file beside a
    notebook is not found.
    """
    handlers = sys.modules.get(f"{_FORMGRADER}.handlers")
    if handlers is None:
        return
    from nbgrader.server_extensions.formgrader.base import BaseHandler

    find_commands()
    BaseHandler.content_security_policy = property(_policy)  # type: ignore[method-assign]
    BaseHandler.render = _render
    BaseHandler.exporter = property(_exporter)
    handlers.SubmissionFilesHandler.get = _nothing_beside


def _policy(handler: BaseHandler) -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{_mark()}' 'unsafe-hashes' {_known_handlers()}; "
        f"style-src 'self' 'unsafe-inline'; style-src-elem 'self' 'nonce-{_mark()}'; "
        "style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def _render(handler: BaseHandler, name: str, **values: object) -> str:
    """A page of formgrader's own, with values as text: a student's name is no HTML."""
    environment: Environment = handler.settings["nbgrader_jinja2_env"]
    if not environment.autoescape:
        environment.autoescape = True
        _marked(environment)
    return environment.get_template(name).render(**values)


def _exporter(handler: BaseHandler) -> GradingPage:
    """What shows a submission, with the settings that formgrader has chosen."""
    from grader.grading.pages import GradingPage

    exporter = handler.settings["nbgrader_exporter"]
    if not isinstance(exporter, GradingPage):
        exporter = GradingPage(config=exporter.config)
        _marked(exporter.environment)
        handler.settings["nbgrader_exporter"] = exporter
    return exporter


def _marked(environment: Environment) -> None:
    from grader.grading.pages import Marked

    assert environment.loader is not None
    environment.loader = Marked(environment.loader, _mark())


async def _nothing_beside(handler: BaseHandler, *path: Any, **options: Any) -> None:
    from tornado.web import HTTPError

    raise HTTPError(404, "Files beside a notebook are in the folder `submitted`, and not served.")


@cache
def _mark() -> str:
    """The mark of this server's own scripts, which no submission can know."""
    import secrets

    return secrets.token_urlsafe(24)


@cache
def _known_handlers() -> str:
    """The event handlers that stand in formgrader's templates, as a policy names them."""
    from nbgrader.server_extensions.formgrader.handlers import template_path

    from grader.grading.pages import digest

    templates = (
        path.read_text("utf-8") for path in Path(template_path).rglob("*") if path.is_file()
    )
    found = {code for template in templates for code in _ON_EVENT.findall(template)}
    return " ".join(f"'{digest(code)}'" for code in sorted(found))
