import select
import selectors
import socket
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"you asked for {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
connection = HTTPConnection(*server.server_address)
connection.request("GET", "/thing?x=1")
answer = connection.getresponse()
print(answer.status, answer.read())
connection.close()
server.shutdown()
server.server_close()
one, two = socket.socketpair()
one.sendall(b"x" * 1000)
print(len(two.recv(4096, socket.MSG_WAITALL if False else 0)))
selector = selectors.DefaultSelector()
selector.register(two, selectors.EVENT_READ)
print(selector.select(0), select.select([], [one], [], 0)[1] == [one])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
    datagrams.bind(("127.0.0.1", 0))
    datagrams.sendto(b"datagram", datagrams.getsockname())
    print(datagrams.recvfrom(100)[0])
with socket.socket(socket.AF_UNIX) as unix:
    unix.bind("socket")
    unix.listen()
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect("socket")
        accepted, _ = unix.accept()
        caller.sendall(b"through a file")
        print(accepted.recv(100))
        accepted.close()
with socket.create_server(("::1", 0), family=socket.AF_INET6) as six:
    print(six.getsockname()[0], socket.has_dualstack_ipv6())
print(socket.getaddrinfo("localhost", 80, socket.AF_INET, socket.SOCK_STREAM)[0][4], socket.gethostbyname("localhost"))
with socket.socket() as nobody:
    nobody.bind(("127.0.0.1", 0))
    try:
        socket.create_connection(nobody.getsockname(), timeout=2)
    except OSError as error:
        print(type(error).__name__)
