"""The page on which a person marks written answers: on this machine alone, and with a token.

Whoever knows the address with the token may mark. A page elsewhere cannot: it knows no token, its
requests carry no header of ours, and a name that leads here is no name of this machine.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from grader.checks.results import as_points
from grader.desk.marking import Marking, NoSuchAnswer, WrongMark
from grader.grading.transaction import GradebookLocked

_TEMPLATES = Path(__file__).with_name("templates")
COOKIE, TOKEN_HEADER = "marking_token", "X-Marking-Token"
HERE = ("127.0.0.1", "localhost")


class _Page(RequestHandler):
    """What all pages have: who may ask, and what a browser may do with the answer."""

    marking: Marking
    token: str
    environment: Environment

    def initialize(self, marking: Marking, token: str, environment: Environment) -> None:
        self.marking, self.token, self.environment = marking, token, environment

    def set_default_headers(self) -> None:
        self.nonce = secrets.token_urlsafe(16)
        policy = (
            f"default-src 'none'; script-src 'nonce-{self.nonce}'; style-src 'nonce-{self.nonce}'; "
            "style-src-attr 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        )
        self.set_header("Content-Security-Policy", policy)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        if self.request.host_name not in HERE:
            raise HTTPError(403, "This page is for this machine.")
        given = self.get_query_argument("token", "")
        if given and self._is_token(given):
            self.set_cookie(COOKIE, self.token, httponly=True, samesite="Strict", path="/")
            self.redirect(self.request.path)
        elif not self._is_token(self.get_cookie(COOKIE, "") or ""):
            raise HTTPError(403, "Open the address that `grader mark` printed.")

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())

    def show(self, name: str, **values: object) -> None:
        style = (_TEMPLATES / "marking.css").read_text("utf-8")
        template = self.environment.get_template(name)
        self.write(template.render(nonce=self.nonce, style=style, marking=self.marking, **values))

    def write_error(self, status_code: int, **kwargs: object) -> None:
        """A sentence, and no traceback."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(
            self._reason if status_code < 500 else "That went wrong; the terminal says why."
        )


class _Questions(_Page):
    def get(self) -> None:
        self.show("marking_questions.html.j2", questions=self.marking.questions())


class _Question(_Page):
    def get(self, name: str) -> None:
        try:
            question = self.marking.question(name)
        except NoSuchAnswer:
            raise HTTPError(404, reason="There is no such question.") from None
        script = (_TEMPLATES / "marking.js").read_text("utf-8")
        self.show(
            "marking_question.html.j2",
            question=question,
            answers=self.marking.answers(name),
            comments=self.marking.comments(name),
            script=script,
            token=self.token,
        )


class _Mark(_Page):
    def post(self, name: str) -> None:
        if not self._is_token(self.request.headers.get(TOKEN_HEADER, "")):
            raise HTTPError(403)
        try:
            told = json.loads(self.request.body)
            parts = [told[part] for part in ("student", "points", "comment")]
            if not all(isinstance(part, str) for part in parts):
                raise TypeError("each is a text")
        except (ValueError, KeyError, TypeError):
            raise HTTPError(400, reason="Not understood.") from None
        try:
            question = self.marking.mark(name, *parts)
        except WrongMark as problem:
            self._refuse(422, str(problem))
        except NoSuchAnswer:
            self._refuse(404, "There is no such answer.")
        except GradebookLocked:
            self._refuse(503, "The gradebook is in use: try again.")
        else:
            self.write({**asdict(question), "comments": self.marking.comments(name)})

    def _refuse(self, status: int, sentence: str) -> None:
        self.set_status(status)
        self.write({"problem": sentence})


def application(marking: Marking, token: str) -> Application:
    """The pages of one assignment's written answers."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["points"] = as_points
    about = {"marking": marking, "token": token, "environment": environment}
    return Application(
        [
            (r"/", _Questions, about),
            (r"/question/(\w+)", _Question, about),
            (r"/question/(\w+)/mark", _Mark, about),
        ]
    )


def serve(marking: Marking, port: int, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C. port: 0 for a free one. say: is told the address, once it can be opened."""

    async def run() -> None:
        token = secrets.token_urlsafe(24)
        sockets = bind_sockets(port, HERE[0])
        HTTPServer(application(marking, token)).add_sockets(sockets)
        say(f"http://{HERE[0]}:{sockets[0].getsockname()[1]}/?token={token}")
        await asyncio.Event().wait()

    asyncio.run(run())
