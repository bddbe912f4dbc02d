"""A web server that behaves as its paths say, over http or https; prints its port. Standard library alone.

/status/N  /echo  /bytes/N  /cut/N (claims N, sends half)  /slow/SECONDS  /trickle  /redirect?to=URL  /headers/N (bytes)
/silent (closes at once)  /again/NAME/N (503 N times, then 200)
With --connect it is a proxy too: CONNECT is refused, and a GET of a whole address is told back.
"""
import argparse, http.server, json, ssl, sys, threading, time, urllib.parse

again = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        parts = urllib.parse.urlsplit(self.path)
        if parts.scheme:
            return self.answer(200, json.dumps({"proxied": self.path, "authorization": self.headers.get("Proxy-Authorization")}).encode())
        words = parts.path.strip("/").split("/")
        if words[0] == "status":
            return self.answer(int(words[1]), b"status")
        if words[0] == "echo":
            told = {
                "method": self.command,
                "path": self.path,
                "headers": [[name, value] for name, value in self.headers.items()],
                "body": body.decode("latin-1"),
            }
            return self.answer(200, json.dumps(told).encode(), [("X-Empty", ""), ("X-Twice", "1"), ("X-Twice", "2")])
        if words[0] == "bytes":
            return self.answer(200, b"x" * int(words[1]))
        if words[0] == "chunks":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for _ in range(int(words[1])):
                self.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
            return
        if words[0] == "cut":
            self.send_response(200)
            self.send_header("Content-Length", words[1])
            self.end_headers()
            self.wfile.write(b"x" * (int(words[1]) // 2))
            self.close_connection = True
            return
        if words[0] == "slow":
            time.sleep(float(words[1]))
            return self.answer(200, b"late")
        if words[0] == "trickle":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"x")
            time.sleep(36000)
            return
        if words[0] == "redirect":
            return self.answer(302, b"", [("Location", urllib.parse.parse_qs(parts.query)["to"][0])])
        if words[0] == "headers":
            count = int(words[1]) // 1000
            return self.answer(200, b"", [(f"X-{place}", "y" * 990) for place in range(count)])
        if words[0] == "silent":
            self.close_connection = True
            return
        if words[0] == "again":
            again[words[1]] = again.get(words[1], 0) + 1
            return self.answer(503 if again[words[1]] <= int(words[2]) else 200, b"")
        self.answer(404)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any


parser = argparse.ArgumentParser()
parser.add_argument("--certificate")
parser.add_argument("--key")
options = parser.parse_args()
http.server.ThreadingHTTPServer.request_queue_size = 128
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if options.certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
# Whoever started it has gone when its input ends.
threading.Thread(target=lambda: (sys.stdin.read(), __import__("os")._exit(0)), daemon=True).start()
server.serve_forever()
