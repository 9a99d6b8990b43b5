"""A browser for tests: it speaks ASGI to an app in the same process, and keeps cookies."""

import asyncio
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Browser:
    app: object
    origin: str = "http://looplens.test"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path):
        return self.ask("GET", path, {})

    def post(self, path, fields, **headers):
        form = {"content-type": "application/x-www-form-urlencoded", "origin": self.origin}
        return self.ask("POST", path, form | headers, urlencode(fields).encode())

    def ask(self, method, path, headers, body=b""):
        answer = asyncio.run(_exchange(self.app, self._scope(method, path, headers), body))
        for name, cookie in SimpleCookie(answer.headers.get("set-cookie", "")).items():
            self.cookies[name] = cookie.value
        return answer

    def _scope(self, method, path, headers):
        parts = urlsplit(path)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"host": urlsplit(self.origin).netloc, "cookie": cookies} | headers
        return {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "server": ("looplens.test", 80),
            "http_version": "1.1",
            "root_path": "",
        }


async def _exchange(app, scope, body):
    messages = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        messages.append(message)

    await app(scope, receive, send)
    head = messages[0]
    headers = {name.decode().lower(): value.decode() for name, value in head["headers"]}
    text = b"".join(message.get("body", b"") for message in messages[1:]).decode()
    return Answer(head["status"], headers, text)
