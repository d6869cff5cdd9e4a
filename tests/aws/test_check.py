"""`invited aws check`: what the emulator has is looked at there; SES, Lambda and the account are played by botocore."""

import boto3
import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.stub import Stubber
from typer.testing import CliRunner

from invited import engines
from invited.cli import app
from invited.domain.errors import Temporary
from invited.engines.aws import checks, faults
from invited.engines.aws.checks import Stack
from invited.messages import TYPES
from tests.aws import stack as made_stack
from tests.aws.emulator import REGION

HOST = f"inbound-smtp.{REGION}.amazonaws.com"
ACCOUNT = {"ProductionAccessEnabled": True, "SendingEnabled": True}
QUOTA = {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0, "SentLast24Hours": 12.0}
MAPPING = {"State": "Enabled", "FunctionResponseTypes": ["ReportBatchItemFailures"], "TumblingWindowInSeconds": 60}


class World:
    """A stack, the answers of what is played (by service and operation), and the hosts that DNS names."""

    def __init__(self, client, folder):
        self.settings = made_stack.made(client, folder, aws_configuration_set="invited", aws_send_rate=10)
        name = self.settings.aws_table
        self.client = client
        self.queue, _ = made_stack.queue(client, f"{name}-work")
        made_stack.subscribe(client, self.settings.aws_topic, self.queue, sorted(TYPES))
        dynamodb, s3 = client("dynamodb"), client("s3")
        ttl = {"Enabled": True, "AttributeName": "expires"}
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
        dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True))
        rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "inbound/"}, "Expiration": {"Days": 90}}
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
        action = {"S3Action": {"BucketName": name, "ObjectKeyPrefix": "inbound/", "TopicArn": "arn:aws:sns:r:1:t"}}
        self.rule = {"Name": "invited", "Enabled": True, "ScanEnabled": True, "Recipients": ["invites.example"]}
        self.rule["Actions"] = [action]
        self.hosts = [HOST]
        destination = {"SnsDestination": {"TopicArn": "arn:aws:sns:r:1:t"}, "Name": "sns", "Enabled": True}
        destination["MatchingEventTypes"] = ["BOUNCE", "COMPLAINT", "REJECT", "DELIVERY_DELAY"]
        dkim = {"Status": "SUCCESS", "Tokens": ["a1", "b2"]}
        self.played = {
            "sts.get_caller_identity": {"Account": "123456789012"},
            "lambda.get_account_settings": {"AccountLimit": {"ConcurrentExecutions": 1000}},
            "lambda.list_event_source_mappings": {"EventSourceMappings": [MAPPING | {"FunctionArn": "a:function:f"}]},
            "sesv2.get_account": {**ACCOUNT, "SendQuota": QUOTA},
            "sesv2.get_email_identity": {"VerifiedForSendingStatus": True, "DkimAttributes": dkim},
            "sesv2.get_configuration_set_event_destinations": {"EventDestinations": [destination]},
            "ses.describe_active_receipt_rule_set": {"Metadata": {"Name": "default"}, "Rules": [self.rule]},
        }

    def findings(self):
        return list(checks.run(Stack(self.settings, self.service, self.mx)))

    def wrong(self):
        return {finding.name: finding for finding in self.findings() if not finding.is_ok}

    def mx(self, domain):
        if isinstance(self.hosts, Exception):
            raise self.hosts
        assert domain == "invites.example"
        return self.hosts

    def service(self, name):
        answers = {what: told for what, told in self.played.items() if what.startswith(f"{name}.")}
        return played(name, answers) if answers else self.client(name)


def played(service, answers):
    """A client that gives these answers, of the shapes that its model has."""
    client = boto3.client(service, region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    stub = Stubber(client)
    for what, told in answers.items():
        operation = what.partition(".")[2]
        for _ in range(3):
            if isinstance(told, str):
                stub.add_client_error(operation, told, "no")
            else:
                stub.add_response(operation, told)

    def in_any_order(name, *rest, **given):
        queue = stub._queue
        place = next(at for at, one in enumerate(queue) if one["operation_name"] == name)
        queue.rotate(-place)

    client.meta.events.register_first(
        "before-parameter-build.*.*", lambda model, **_: in_any_order(model.name), unique_id="order"
    )
    stub.activate()
    return client


@pytest.fixture
def world(aws_client, tmp_path):
    return World(aws_client, tmp_path)


def test_a_stack_that_is_fit(world):
    findings = world.findings()
    assert {finding.name: finding.state for finding in findings if not finding.is_ok} == {}
    assert {finding.name for finding in findings} == {name for name, _ in checks.CHECKS}


@pytest.mark.parametrize(
    ("what", "told", "name", "remedy"),
    [
        ("sesv2.get_account", {"ProductionAccessEnabled": False, "SendingEnabled": True}, "SES", "production access"),
        ("sesv2.get_account", {"ProductionAccessEnabled": True, "SendingEnabled": False}, "SES", "reputation"),
        ("sesv2.get_account", ACCOUNT | {"SendQuota": QUOTA | {"SentLast24Hours": 49_000.0}}, "SES", "Service Quotas"),
        ("sesv2.get_account", ACCOUNT | {"SendQuota": QUOTA | {"MaxSendRate": 1.0}}, "SES", "Lower that"),
        ("sesv2.get_account", "AccessDeniedException", "SES", "lacks GetAccount"),
        ("sesv2.get_email_identity", "NotFoundException", "identity", "region"),
        (
            "sesv2.get_email_identity",
            {"VerifiedForSendingStatus": False, "DkimAttributes": {"Status": "PENDING", "Tokens": ["a1"]}},
            "identity",
            "a1._domainkey.invites.example CNAME a1.dkim.amazonses.com",
        ),
        ("sesv2.get_configuration_set_event_destinations", {"EventDestinations": []}, "events", "Deploy"),
        ("sesv2.get_configuration_set_event_destinations", "NotFoundException", "events", "INVITED_AWS_"),
        ("ses.describe_active_receipt_rule_set", {}, "rules", "Email receiving"),
        ("ses.describe_active_receipt_rule_set", {"Metadata": {"Name": "other"}, "Rules": []}, "rules", "elsewhere"),
        ("lambda.list_event_source_mappings", {"EventSourceMappings": []}, "queues", "Deploy"),
        ("lambda.list_event_source_mappings", {"EventSourceMappings": []}, "stream", "Figures stand still"),
        ("lambda.get_account_settings", {"AccountLimit": {"ConcurrentExecutions": 10}}, "Lambda", "Service Quotas"),
        ("sts.get_caller_identity", "ExpiredToken", "account", "sso login"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(world, what, told, name, remedy):
    if isinstance(told, dict) and what == "sesv2.get_account":
        told = {"SendQuota": QUOTA} | told
    world.played[what] = told
    assert remedy in world.wrong()[name].remedy


def test_a_rule_that_is_off_or_for_another_bucket_is_not_ours(world):
    world.rule["Enabled"] = False
    assert "no rule of ours" in world.wrong()["rules"].state
    world.rule["Enabled"] = True
    world.rule["Actions"][0]["S3Action"]["BucketName"] = "another"
    assert "no rule of ours" in world.wrong()["rules"].state
    world.rule["Actions"][0]["S3Action"]["BucketName"] = world.settings.aws_bucket
    world.rule["ScanEnabled"] = False
    assert "viruses" in world.wrong()["rules"].state


def test_mail_that_goes_elsewhere(world):
    world.hosts = ["mx.elsewhere.example"]
    assert world.wrong()["MX"].remedy == f"Publish: invites.example MX 10 {HOST}"
    world.hosts = Temporary("DNS does not answer")
    assert world.wrong()["MX"].remedy == "Look again in a minute."


def test_kinds_of_message_that_nobody_takes(world, aws_client):
    arn = aws_client("sns").list_subscriptions_by_topic(TopicArn=world.settings.aws_topic)["Subscriptions"][0]
    aws_client("sns").unsubscribe(SubscriptionArn=arn["SubscriptionArn"])
    made_stack.subscribe(aws_client, world.settings.aws_topic, world.queue, sorted(TYPES.keys() - {"DeliveryDue"}))
    found = world.wrong()["topic"]
    assert (found.state, "lost" in found.remedy) == ("no queue takes DeliveryDue", True)


def test_a_queue_without_dead_letters(world, aws_client):
    url = aws_client("sqs").create_queue(QueueName=f"{world.settings.aws_table}-bare")["QueueUrl"]
    made_stack.subscribe(aws_client, world.settings.aws_topic, url, ["DeliveryDue"])
    assert "has no dead letters" in world.wrong()["queues"].state


def test_a_table_that_is_kept_by_nobody(world, aws_client):
    name = world.settings.aws_table
    off = {"PointInTimeRecoveryEnabled": False}
    aws_client("dynamodb").update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=off)
    assert "recovery is DISABLED" in world.wrong()["table"].state
    aws_client("s3").delete_bucket_lifecycle(Bucket=name)
    assert "for ever" in world.wrong()["bucket"].state


def test_what_is_not_there_is_told_beside_all_else(world):
    world.settings = world.settings.model_copy(update={"aws_bucket": "nobodys", "aws_secret": "nobodys"})
    wrong = world.wrong()
    assert wrong.keys() >= {"bucket", "secret"}
    assert all("outputs of this stack" in wrong[name].remedy for name in ("bucket", "secret"))
    assert wrong.keys().isdisjoint({"table", "topic", "delays", "SES"})


def test_the_command_tells_and_fails(world, monkeypatch):
    for name in ("aws_table", "aws_bucket", "aws_topic", "aws_delays", "aws_secret", "aws_configuration_set"):
        monkeypatch.setenv(f"INVITED_{name.upper()}", getattr(world.settings, name))
    monkeypatch.setenv("INVITED_DOMAIN", "invites.example")
    monkeypatch.setattr("invited.engines.aws.engine.boto_client", world.service)
    monkeypatch.setattr("invited.engines.aws.checks.names.mx", world.mx)
    fine = CliRunner().invoke(app, ["aws", "check"])
    assert (fine.exit_code, "FIX" in fine.stdout) == (0, False), fine.output
    world.hosts = []
    wrong = CliRunner().invoke(app, ["aws", "check"])
    assert wrong.exit_code == 1
    assert f"Publish: invites.example MX 10 {HOST}" in wrong.stdout
    assert "1 of" in wrong.stderr
    monkeypatch.delenv("INVITED_AWS_TABLE")
    assert "INVITED_AWS_TABLE" in CliRunner().invoke(app, ["aws", "check"]).stderr


@pytest.mark.parametrize(
    ("code", "remedy"),
    [("AccessDenied", "lacks GetItem"), ("ExpiredTokenException", "sso"), ("Anything", "`invited aws check`")],
)
def test_a_command_says_what_aws_says_and_what_to_do(world, monkeypatch, code, remedy):
    fault = ClientError({"Error": {"Code": code, "Message": "not allowed"}}, "GetItem")

    def fails(*_, **__):
        raise fault

    monkeypatch.setattr(engines, "open_engine", fails)
    told = CliRunner().invoke(app, ["keys", "list"])
    assert told.exit_code == 1
    assert told.stderr.startswith(f"AWS says {code} to GetItem: not allowed")
    assert remedy in told.stderr


def test_who_is_nobody_is_told_so():
    assert "who you are" in faults.told(NoCredentialsError())[0]
