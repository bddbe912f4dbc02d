"""What takes notifications and keeps them; prints its port. Standard library alone.

GET /_told: all requests so far, [path, headers, body, status]. POST /_plan [..]: what is answered to the next requests: a status, "hang"
(done, but not answered), "cut" (done, and cut), "empty" (not done, and answered with no item), or {"status": 429, "after": seconds}. POST /_bulk is answered as Elasticsearch does: 201 for what
is new and 409 for what is there; more than --most documents are too many for one request, and so is one whose id is "huge"; one whose
id is "odd" is refused by itself.
"""
import argparse, http.server, json, os, sys, threading, time

parser = argparse.ArgumentParser()
parser.add_argument("--most", type=int, default=1000)
options = parser.parse_args()
told, plan, documents, lock = [], [], {}, threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body="", headers=()):
        body = body.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        with lock:
            self.answer(200, json.dumps(documents if self.path == "/_documents" else told))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        with lock:
            if self.path == "/_plan":
                plan[:] = json.loads(body)
                return self.answer(200)
            step = plan.pop(0) if plan else 200
            status, after = (step["status"], step["after"]) if isinstance(step, dict) else (step, None)
            told.append([self.path, {name.lower(): value for name, value in self.headers.items()}, body, status])
        if step == "cut":
            self.close_connection = True
            return
        if step == "hang":
            time.sleep(36000)
            return
        if step == "empty":
            return self.answer(200, json.dumps({"took": 1, "errors": False, "items": []}))
        if self.path.endswith("/_bulk") and status == 200:
            lines = body.splitlines()
            if len(lines) // 2 > options.most or '"huge"' in body:
                return self.answer(413)
            items = []
            for action, document in zip(lines[::2], lines[1::2]):
                action, document = json.loads(action)["create"], json.loads(document)
                if action["_id"] == "odd":
                    items.append({"create": {"_id": "odd", "status": 400, "error": {"type": "mapper_parsing_exception", "reason": "no such form"}}})
                    continue
                there = action["_id"] in documents
                documents.setdefault(action["_id"], document)
                items.append({"create": {"_index": action["_index"], "_id": action["_id"], "status": 409 if there else 201}})
            return self.answer(200, json.dumps({"took": 1, "errors": any(item["create"]["status"] == 409 for item in items), "items": items}))
        self.answer(status, "because" if status >= 300 else "ok", [("Retry-After", str(after))] if after else [])


http.server.ThreadingHTTPServer.request_queue_size = 128
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever()
