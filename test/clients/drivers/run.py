"""run.py MODULE upload|form|resume URL FILE [NAME:VALUE...], or run.py MODULE ask URL [NAME=VALUE...]"""

import importlib
import sys

name, action, url, *rest = sys.argv[1:]
client = importlib.import_module(name)
try:
    if action == "ask":
        seen = client.ask(url, dict(pair.split("=", 1) for pair in rest), {"Accept": "application/json"})
    else:
        headers = dict(pair.split(":", 1) for pair in rest[1:])
        if action == "resume":
            headers["Content-Range"] = "bytes 5-9/10"
        seen = client.form(url, rest[0]) if action == "form" else client.upload(url, rest[0], headers)
    status, headers, body = seen
    print(body)
    print("answer", status, headers.get("x-presign-once-already-stored", ""))
except Exception as error:
    print("error", f"{type(error).__name__}: {error}")
