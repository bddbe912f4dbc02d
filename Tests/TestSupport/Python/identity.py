"""What hands out credentials: an instance's metadata, a container's agent, STS and SSO; prints its port. Standard library alone.

Every request is told at GET /_told, a list of [method, path, headers, body]. POST /_fail {"count": N, "status": S} makes the next N fail.
Credentials are numbered, and live for --life seconds from the time that --now names (ISO 8601), or from now.
"""
import argparse, datetime, http.server, json, os, sys, threading, urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("--life", type=int, default=3600)
parser.add_argument("--now")
parser.add_argument("--no-role", action="store_true")
options = parser.parse_args()
told, failing, count = [], {"count": 0, "status": 500}, [0]


def end():
    now = datetime.datetime.fromisoformat(options.now) if options.now else datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    return now + datetime.timedelta(seconds=options.life)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, headers=()):
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = self.path.split("?")[0]
        if path == "/_told":
            return self.answer(200, json.dumps(told))
        if path == "/_fail":
            failing.update(json.loads(body))
            return self.answer(200, "")
        told.append([self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body])
        if failing["count"] > 0:
            failing["count"] -= 1
            return self.answer(failing["status"], "")
        if path == "/latest/api/token":
            return self.answer(200 if self.command == "PUT" else 405, "metadata-token")
        if path.startswith("/latest/"):
            if self.headers.get("X-aws-ec2-metadata-token") != "metadata-token":
                return self.answer(401, "")
            if path == "/latest/dynamic/instance-identity/document":
                return self.answer(200, json.dumps({"region": "eu-north-1"}))
            if options.no_role:
                return self.answer(404, "")
            if path == "/latest/meta-data/iam/security-credentials/":
                return self.answer(200, "instance-role")
            return self.answer(200, self.metadata("INSTANCE") if path.endswith("/instance-role") else "{}")
        if path == "/container":
            return self.answer(200, self.metadata("CONTAINER"))
        if path == "/federation/credentials":
            count[0] += 1
            milliseconds = int(end().replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)
            return self.answer(200, json.dumps({"roleCredentials": {"accessKeyId": f"SSO{count[0]}", "secretAccessKey": "s", "sessionToken": "t", "expiration": milliseconds}}))
        form = dict(urllib.parse.parse_qsl(body))
        action = form.get("Action")
        if action in ("AssumeRole", "AssumeRoleWithWebIdentity"):
            if form["RoleArn"].endswith("/refused"):
                return self.answer(403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not you</Message></Error><RequestId>r-1</RequestId></ErrorResponse>")
            count[0] += 1
            name = form["RoleArn"].split("/")[-1].upper()
            return self.answer(200, f"<{action}Response xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><{action}Result><Credentials><AccessKeyId>{name}{count[0]}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{end().strftime('%Y-%m-%dT%H:%M:%SZ')}</Expiration></Credentials></{action}Result></{action}Response>")
        self.answer(404, "")

    def metadata(self, name):
        count[0] += 1
        return json.dumps({"Code": "Success", "AccessKeyId": f"{name}{count[0]}", "SecretAccessKey": "s", "Token": "t", "Expiration": end().strftime("%Y-%m-%dT%H:%M:%SZ")})

    do_GET = do_POST = do_PUT = any


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever()
