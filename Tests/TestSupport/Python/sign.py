"""Signs requests with botocore: reads a line of JSON each, writes the Authorization field of each."""
import datetime, json, sys
import botocore.auth, botocore.awsrequest, botocore.credentials

for line in sys.stdin:
    case = json.loads(line)
    moment = datetime.datetime.strptime(case["date"], "%Y%m%dT%H%M%SZ")
    botocore.auth.get_current_datetime = lambda: moment
    try:
        import botocore.compat
        botocore.compat.get_current_datetime = lambda *a, **k: moment
    except Exception:
        pass
    credentials = botocore.credentials.Credentials(case["id"], case["secret"], case.get("token"))
    kind = botocore.auth.S3SigV4Auth if case["service"] == "s3" else botocore.auth.SigV4Auth
    request = botocore.awsrequest.AWSRequest(
        method=case["method"], url=case["url"], headers=dict(case["headers"]), data=case["body"].encode()
    )
    request.context["payload_signing_enabled"] = True
    request.context["timestamp"] = case["date"]
    request.context["has_streaming_input"] = False
    kind(credentials, case["service"], case["region"]).add_auth(request)
    print(json.dumps([request.headers["X-Amz-Date"], request.headers["Authorization"]]))
