"""Stands in front of the API, passes every request on, and remembers it."""

import http.client
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

VENDOR_AGENT = "NomadicAI-Python-SDK/"
HOP_BY_HOP = {"connection", "content-length", "transfer-encoding", "host", "accept-encoding"}


@dataclass(frozen=True)
class Request:
    """One request as it came in; `body` is the parsed JSON, or None when there was no body."""

    is_vendors: bool
    method: str
    path: str
    headers: dict
    body: object


class RecordingProxy:
    """Listens on a free port of the loopback interface."""

    def __init__(self, upstream: str):
        address = urlsplit(upstream).netloc
        requests: list[Request] = []
        self.requests = requests

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                requests.append(
                    Request(
                        headers.get("user-agent", "").startswith(VENDOR_AGENT),
                        self.command,
                        urlsplit(self.path).path,
                        headers,
                        json.loads(sent) if sent else None,
                    )
                )
                passed_on = {k: v for k, v in headers.items() if k not in HOP_BY_HOP}
                connection = http.client.HTTPConnection(address, timeout=60)
                connection.request(self.command, self.path, sent or None, passed_on)
                answer = connection.getresponse()
                body = answer.read()
                connection.close()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP_BY_HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_DELETE = handle_one

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def of(self, is_vendors: bool, path: str) -> list[Request]:
        """What one of the two clients sent to a path by POST, in order."""
        return [
            request
            for request in self.requests
            if request.is_vendors == is_vendors and request.path == path and request.method == "POST"
        ]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
