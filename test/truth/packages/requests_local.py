# truth: {"packages": ["requests"]}
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"got": %d}' % len(body))

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
with requests.Session() as session:
    answer = session.post(f"http://127.0.0.1:{server.server_port}/x", json={"a": [1, 2]}, timeout=10)
print(answer.status_code, answer.json(), requests.certs.where().endswith(".pem"))
server.shutdown()
try:
    requests.get("http://127.0.0.1:9/", timeout=2)
except requests.ConnectionError as error:
    print(type(error).__name__)
