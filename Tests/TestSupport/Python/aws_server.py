"""moto's server with a bucket and a queue, and a proxy before it that misbehaves as it is told; prints the proxy's port.

--bucket NAME, --queue NAME: made at the start; --notify: the bucket tells the queue of new objects.
--faults SHARE --seed N: which share of requests goes wrong, and how: throttled, failed, timed out (--hang seconds), cut, repeated (a
message is given twice, and in the next answer again). --only WORD: only requests with the word in their path or target.
POST /_control {"faults": 0.3} changes it, and {"later": 60} sets the clock of the queue a minute ahead; GET /_control, and a POST too, tells
how many requests came and which went wrong, and how often each message was prolonged, by its receipt, since "prolonged" was set to {}.
"""
import argparse, http.client, http.server, json, logging, os, random, socket, sys, threading, time

parser = argparse.ArgumentParser()
parser.add_argument("--bucket", action="append", default=[])
parser.add_argument("--queue", action="append", default=[])
parser.add_argument("--notify", action="store_true")
parser.add_argument("--faults", type=float, default=0)
parser.add_argument("--hang", type=float, default=3)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--only", default="")
parser.add_argument("--region", default="eu-west-1")
options = parser.parse_args()
logging.disable(logging.CRITICAL)
os.environ.update(AWS_ACCESS_KEY_ID="AKIAINVENTED", AWS_SECRET_ACCESS_KEY="invented", AWS_EC2_METADATA_DISABLED="true")
for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "http_proxy", "HTTP_PROXY"):
    os.environ.pop(name, None)

from moto.server import ThreadedMotoServer
import boto3, moto.sqs.models

state = {"faults": options.faults, "later": 0, "prolonged": {}, "requests": 0, "throttled": 0, "failed": 0, "hung": 0, "cut": 0, "repeated": 0}
for name, unit in (("unix_time", 1), ("unix_time_millis", 1000)):
    now = getattr(moto.sqs.models, name)
    setattr(moto.sqs.models, name, lambda *given, now=now, unit=unit: now(*given) + (0 if given else state["later"] * unit))

moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
moto.start()
host, port = moto.get_host_and_port()
origin = f"http://127.0.0.1:{port}"
s3 = boto3.client("s3", region_name=options.region, endpoint_url=origin)
sqs = boto3.client("sqs", region_name=options.region, endpoint_url=origin)
for bucket in options.bucket:
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": options.region})
urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in options.queue]
if options.notify:
    arn = sqs.get_queue_attributes(QueueUrl=urls[0], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    for bucket in options.bucket:
        s3.put_bucket_notification_configuration(
            Bucket=bucket,
            NotificationConfiguration={"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]},
        )

chance = random.Random(options.seed)
lock = threading.Lock()
told = []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def give(self, status, headers, body, length=None):
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "server", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def any(self):
        try:
            self.pass_on()
        except (ConnectionError, BrokenPipeError):
            self.close_connection = True

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/_control":
            with lock:
                if body:
                    state.update(json.loads(body))
                return self.give(200, [], json.dumps(state).encode())
        target = self.headers.get("X-Amz-Target", "")
        with lock:
            state["requests"] += 1
            wrong = chance.random() < state["faults"] and options.only in (self.path + target)
            kind = chance.choice(["throttled", "failed", "hung", "cut", "cut after", "repeated"]) if wrong else None
        is_queue = bool(target)
        if kind == "throttled":
            state["throttled"] += 1
            if is_queue:
                return self.give(400, [], b'{"__type":"com.amazonaws.sqs#ThrottlingException","message":"slow"}')
            return self.give(503, [], b"<Error><Code>SlowDown</Code><Message>slow</Message></Error>")
        if kind == "failed":
            state["failed"] += 1
            return self.give(500, [], b"<Error><Code>InternalError</Code></Error>" if not is_queue else b"")
        if kind == "hung":
            state["hung"] += 1
            time.sleep(options.hang)
            self.close_connection = True
            return
        if kind == "cut":
            # Nothing of it was done.
            state["cut"] += 1
            self.close_connection = True
            return
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")}
        connection.request(self.command, self.path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        fields = answer.getheaders()
        connection.close()
        if target.endswith("ChangeMessageVisibility") and answer.status == 200:
            with lock:
                receipt = json.loads(body)["ReceiptHandle"]
                state["prolonged"][receipt] = state["prolonged"].get(receipt, 0) + 1
        if kind == "cut after":
            # It was done, and nobody hears of it.
            state["cut"] += 1
            self.close_connection = True
            self.give(answer.status, fields, content[: len(content) // 2], length=len(content) + 1)
            return
        if target.endswith("ReceiveMessage") and content:
            messages = json.loads(content).get("Messages") or []
            if kind == "repeated" and messages:
                state["repeated"] += 1
                with lock:
                    again = list(told)
                    told[:] = messages[:2]
                messages = messages + messages[:1] + again
                content = json.dumps({"Messages": messages[:10]}).encode()
        self.give(answer.status, fields, content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = any


http.server.ThreadingHTTPServer.request_queue_size = 128
http.server.ThreadingHTTPServer.handle_error = lambda *_: None
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever()
