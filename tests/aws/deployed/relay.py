"""SES v2's road out, for Lambdas in the emulator, which drops parts of raw mails there but relays those of v1 whole.

Takes SendEmail as the Lambdas call it (their AWS_ENDPOINT_URL_SESV2 leads here), hands the raw mail to the emulator by
v1's SendRawEmail, which relays it by SMTP, and remembers the tags, which v1 has in another place.
"""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Relay:
    """`tags` are those of the latest mail to each address; `refused` what was no request of SendEmail."""

    def __init__(self):
        self.tags = {}
        self.refused = []
        self.ses = None
        relay = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                relay.take(self, body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def take(self, handler, body):
        try:
            assert handler.path == "/v2/email/outbound-emails", handler.path
            (address,) = body["Destination"]["ToAddresses"]
            raw = base64.b64decode(body["Content"]["Raw"]["Data"])
            tags = {tag["Name"]: tag["Value"] for tag in body.get("EmailTags", [])}
            self.tags[address] = tags | {"set": body["ConfigurationSetName"]}
            sender = "rsvp@invites.test"
            done = self.ses.send_raw_email(Source=sender, Destinations=[address], RawMessage={"Data": raw})
            status, answer = 200, {"MessageId": done["MessageId"]}
        except Exception as fault:  # noqa: BLE001 - whatever it is, the Lambda is told
            self.refused.append(repr(fault))
            status, answer = 400, {"message": repr(fault)}
        told = json.dumps(answer).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(told)))
        handler.end_headers()
        handler.wfile.write(told)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
