"""A mail server that writes what it takes into a folder, a file of JSON a message; prints its port. Standard library alone.

Recipients of the domain refused.example are refused for good, those of later.example for now, and those of once.example the first time. With
--open-login STATUS no sender is taken, for want of a login, and with --refuse STATUS no message once all of it has come.
"""
import argparse, base64, json, os, socketserver, ssl, sys, threading

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--tls", choices=["none", "start", "always"], default="none")
parser.add_argument("--login")
parser.add_argument("--open-login")
parser.add_argument("--refuse")
options = parser.parse_args()
context = None
if options.certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
lock = threading.Lock()
count = 0
seen = set()


class Handler(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()

    def handle(self):
        global count
        encrypted = False
        if options.tls == "always":
            self.encrypt()
            encrypted = True
        self.say("220 test ESMTP")
        user, sender, recipients = None, None, []
        while True:
            line = self.rfile.readline().decode("latin-1").rstrip("\r\n")
            if not line:
                return
            word = line.upper()
            if word.startswith("EHLO"):
                offers = ["250-test"]
                if options.tls == "start" and not encrypted:
                    offers.append("250-STARTTLS")
                if options.login:
                    offers.append("250-AUTH PLAIN")
                self.say("\r\n".join(offers))
                self.say("250 8BITMIME")
            elif word == "STARTTLS":
                self.say("220 go")
                self.encrypt()
                encrypted = True
            elif word.startswith("AUTH PLAIN"):
                code = line.split(" ")[2] if len(line.split(" ")) > 2 else None
                if code is None:
                    self.say("334 ")
                    code = self.rfile.readline().decode().strip()
                _, name, password = base64.b64decode(code).decode().split("\0")
                if f"{name}:{password}" == options.login:
                    user = name
                    self.say("235 ok")
                else:
                    self.say("535 wrong")
            elif word.startswith("MAIL FROM:"):
                if options.open_login:
                    self.say(options.open_login + " Authentication required")
                    continue
                if options.login and user is None:
                    self.say("530 login first")
                    continue
                sender = line[10:]
                self.say("250 ok")
            elif word.startswith("RCPT TO:"):
                if "refused.example" in line:
                    self.say("550 no such mailbox")
                elif "later.example" in line or "once.example" in line and line not in seen:
                    seen.add(line)
                    self.say("451 later")
                else:
                    recipients.append(line[8:])
                    self.say("250 ok")
            elif word == "DATA":
                self.say("354 go")
                text = []
                while True:
                    row = self.rfile.readline()
                    if row == b".\r\n" or not row:
                        break
                    text.append(row[1:] if row.startswith(b".") else row)
                if options.refuse:
                    self.say(options.refuse + " not this one")
                    continue
                with lock:
                    count += 1
                    name = os.path.join(options.folder, f"{count}.json")
                    with open(name + ".new", "w") as file:
                        json.dump({"from": sender, "to": recipients, "user": user, "encrypted": encrypted, "text": b"".join(text).decode("latin-1")}, file)
                    os.rename(name + ".new", name)
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("502 no")

    def encrypt(self):
        self.request = context.wrap_socket(self.request, server_side=True)
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever()
