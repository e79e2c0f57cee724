"""Exit 0 when the web server of this container answers."""

import http.client
import os
import sys

client = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
client.request("GET", "/healthz")
sys.exit(client.getresponse().status != 200)
