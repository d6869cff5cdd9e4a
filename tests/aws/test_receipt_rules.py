"""The rule for our mail, in whichever set of receipt rules is active: nobody's own is ever displaced."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.exceptions import ClientError

from invited.engines.aws import receipt_rules
from invited.engines.aws.receipt_rules import Wanted
from invited.entrypoints import stack

WANTED = Wanted("invited-dev", "invites.test", "bucket", "arn:aws:sns:us-east-1:000000000000:mail")
THEIRS = {"Name": "theirs", "Enabled": True, "Recipients": ["club.test"], "Actions": []}


@pytest.fixture
def ses(aws_client):
    """SES of a region in which no set is active; all sets are gone in the end."""
    client = aws_client("ses")
    yield client
    client.set_active_receipt_rule_set()
    for told in client.list_receipt_rule_sets()["RuleSets"]:
        client.delete_receipt_rule_set(RuleSetName=told["Name"])


@pytest.fixture
def theirs(ses):
    """Somebody else's set, active."""
    ses.create_receipt_rule_set(RuleSetName="club")
    ses.create_receipt_rule(RuleSetName="club", Rule=THEIRS)
    ses.set_active_receipt_rule_set(RuleSetName="club")


def active(ses):
    told = ses.describe_active_receipt_rule_set()
    return told.get("Metadata", {}).get("Name"), [rule["Name"] for rule in told.get("Rules", [])]


def sets(ses):
    return [told["Name"] for told in ses.list_receipt_rule_sets()["RuleSets"]]


def test_where_no_set_is_active_one_of_ours_is(ses):
    added = receipt_rules.add(ses, WANTED)
    assert active(ses) == ("invited-dev", [WANTED.name])
    receipt_rules.remove(ses, added, "invited-dev")
    assert (active(ses), sets(ses)) == ((None, []), [])


def test_an_active_set_gets_the_rule_at_its_end_and_stays_whose_it_is(ses, theirs):
    added = receipt_rules.add(ses, WANTED)
    assert active(ses) == ("club", ["theirs", WANTED.name])
    receipt_rules.remove(ses, added, "invited-dev")
    assert (active(ses), sets(ses)) == (("club", ["theirs"]), ["club"])


def test_repeating_it_changes_nothing(ses, theirs):
    once = receipt_rules.add(ses, WANTED)
    assert receipt_rules.add(ses, WANTED) == once
    assert active(ses) == ("club", ["theirs", WANTED.name])
    for _ in range(2):
        receipt_rules.remove(ses, once, "invited-dev")
    assert active(ses) == ("club", ["theirs"])


def test_a_changed_rule_is_there_before_the_former_one_goes(ses):
    former = receipt_rules.add(ses, WANTED)
    changed = Wanted("invited-dev", "rsvp.test", "bucket", WANTED.topic)
    assert receipt_rules.add(ses, changed) != former
    assert active(ses) == ("invited-dev", [WANTED.name, changed.name])
    receipt_rules.remove(ses, former, "invited-dev")
    assert active(ses) == ("invited-dev", [changed.name])


def test_a_set_that_was_activated_since_stays_active(ses):
    added = receipt_rules.add(ses, WANTED)
    ses.create_receipt_rule_set(RuleSetName="club")
    ses.set_active_receipt_rule_set(RuleSetName="club")
    receipt_rules.remove(ses, added, "invited-dev")
    assert (active(ses), sets(ses)) == (("club", []), ["club"])


def test_our_set_stays_while_others_have_rules_in_it(ses):
    added = receipt_rules.add(ses, WANTED)
    ses.create_receipt_rule(RuleSetName="invited-dev", Rule=THEIRS)
    receipt_rules.remove(ses, added, "invited-dev")
    assert active(ses) == ("invited-dev", ["theirs"])


def test_what_was_never_made_is_not_missed(ses, theirs):
    receipt_rules.remove(ses, "none", "invited-dev")
    receipt_rules.remove(ses, "gone/rule", "invited-dev")
    receipt_rules.remove(ses, "invited-dev/rule", "invited-dev")
    assert active(ses) == ("club", ["theirs"])


@pytest.fixture
def cloudformation():
    """(address, what was answered there)."""
    answers = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self):
            answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", answers
        server.shutdown()
        thread.join()


def event(address, kind, **known):
    told = {"Stack": "invited-dev", "Domain": "invites.test", "Bucket": "bucket", "Topic": WANTED.topic}
    ids = {"StackId": "s1", "RequestId": "r1", "LogicalResourceId": "Receiving", "ResourceType": "Custom::ReceiptRule"}
    return {"RequestType": kind, "ResponseURL": address, "ResourceProperties": told} | ids | known


def test_cloudformation_is_told_what_was_made_and_has_it_removed(ses, cloudformation, monkeypatch):
    address, answers = cloudformation
    monkeypatch.setattr(stack, "boto_client", lambda _service: ses)
    stack.receiving(event(address, "Create"), None)
    made = answers[0].pop("PhysicalResourceId")
    ids = {"StackId": "s1", "RequestId": "r1", "LogicalResourceId": "Receiving"}
    assert (made, answers[0]) == (f"invited-dev/{WANTED.name}", ids | {"Status": "SUCCESS"})
    stack.receiving(event(address, "Delete", PhysicalResourceId=made), None)
    assert (answers[1]["Status"], active(ses)) == ("SUCCESS", (None, []))


def test_cloudformation_is_told_why_not(cloudformation, monkeypatch):
    address, answers = cloudformation

    def fails(_service):
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not allowed"}}, "CreateReceiptRule")

    monkeypatch.setattr(stack, "boto_client", fails)
    stack.receiving(event(address, "Create"), None)
    assert (answers[0]["Status"], answers[0]["PhysicalResourceId"]) == ("FAILED", "none")
    assert "not allowed" in answers[0]["Reason"]
