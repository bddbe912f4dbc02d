"""What botocore takes as endpoints: reads lines of [service, region, fips, dualstack], writes the address of each or null."""
import json, sys
import botocore.session
from botocore.config import Config

session = botocore.session.get_session()
session.set_credentials("AKIDEXAMPLE", "secret")
for line in sys.stdin:
    service, region, fips, dual = json.loads(line)
    try:
        client = session.create_client(service, region_name=region, config=Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual, s3={"addressing_style": "path"}))
        urls = []
        client.meta.events.register("before-send.*.*", lambda request, **_: urls.append(request.url) or (_ for _ in ()).throw(KeyError()))
        try:
            {"s3": lambda: client.list_objects_v2(Bucket="bucket"), "sqs": lambda: client.list_queues(), "sts": lambda: client.get_caller_identity()}[service]()
        except Exception:
            pass
        print(json.dumps("/".join(urls[0].split("/")[:3]) if urls else None))
    except Exception as error:
        print(json.dumps(None))
