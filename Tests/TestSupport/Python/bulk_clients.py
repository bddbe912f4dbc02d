"""Sends events with a client as its users do, twice, and prints what became of them as JSON.

usage: bulk_clients.py elasticsearch|opensearch NAME URL [KEY] [CERTIFICATE]

NAME keeps the events of one run apart from those of another.
"""

import json
import sys

kind, name, url = sys.argv[1:4]
key = sys.argv[4] if len(sys.argv) > 4 and sys.argv[4] else None
certificate = sys.argv[5] if len(sys.argv) > 5 else None
COUNT = 300  # More than helpers send at once.


def record(number):
    return {
        "eventVersion": "1.08", "eventID": f"{name}-record-{number}", "eventTime": "2026-01-01T00:00:00Z",
        "eventSource": "iam.amazonaws.com", "eventName": "ListUsers", "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.7", "recipientAccountId": "111122223333",
        "userIdentity": {"type": "IAMUser", "userName": "eve", "accountId": "111122223333"},
    }


def document(number):
    return {"@timestamp": "2026-01-01T00:00:00Z", "message": f"hello {number}", "event": {"action": "greet"}}


def actions():
    for number in range(COUNT):
        yield {"_op_type": "create", "_index": "logs-aws.cloudtrail-default", **record(number)}
        yield {
            "_op_type": "create", "_index": f"logs-{name}-default", "_id": str(number), "_source": document(number)
        }
    yield {"_op_type": "index", "_index": f"logs-{name}-default", "_id": "broken", "_source": {"no": "event"}}


options = {}
if certificate:
    options["ca_certs"] = certificate
if kind == "elasticsearch":
    from elasticsearch import Elasticsearch, helpers

    if key:
        options["api_key"] = key
    client = Elasticsearch(url, http_compress=True, **options)
else:
    from opensearchpy import OpenSearch, helpers

    if key:
        options["headers"] = {"Authorization": f"ApiKey {key}"}
    client = OpenSearch(url, http_compress=True, **options)

result = {"name": client.info()["tagline"], "ping": bool(client.ping())}
for attempt in ["first", "second"]:
    stored, errors = helpers.bulk(client, actions(), raise_on_error=False)
    statuses = {}
    for error in errors:
        ((_, answer),) = error.items()
        statuses[str(answer["status"])] = statuses.get(str(answer["status"]), 0) + 1
    result[attempt] = {"stored": stored, "errors": statuses}
made = client.create(index=f"logs-{name}-default", id="alone", **(
    {"document": document(0)} if kind == "elasticsearch" else {"body": document(0)}))
result["create"] = made["result"]
try:
    client.create(index=f"logs-{name}-default", id="alone", **(
        {"document": document(0)} if kind == "elasticsearch" else {"body": document(0)}))
    result["again"] = "created"
except Exception as error:
    result["again"] = type(error).__name__
made = client.index(index=f"logs-{name}-default", **(
    {"document": document(1)} if kind == "elasticsearch" else {"body": document(1)}))
result["index"] = made["result"]
print(json.dumps(result))
