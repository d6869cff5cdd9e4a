"""The template keeps the rules of the house: every pipeline has all that it needs, and nothing else is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

import invited
from invited.engines.aws.archive import INBOUND
from invited.engines.aws.table import INDEX
from invited.pipelines import PIPELINES
from invited.settings import Settings
from tests.aws.deployed import sam

ROWS = {message.__name__: handle.__module__ for message, handle in PIPELINES.items()}
OF_A_ROW = {
    "Queue": "AWS::SQS::Queue",
    "Dead": "AWS::SQS::Queue",
    "Policy": "AWS::SQS::QueuePolicy",
    "Subscription": "AWS::SNS::Subscription",
    "Role": "AWS::IAM::Role",
    "Function": "AWS::Lambda::Function",
    "Source": "AWS::Lambda::EventSourceMapping",
    "DeadSource": "AWS::Lambda::EventSourceMapping",
}
ALARMS_OF_A_ROW = {"DeadAlarm", "LateAlarm", "ErrorAlarm", "ThrottleAlarm"}

MOST = 500
"""Resources of one template, as CloudFormation takes them."""


class Loader(yaml.SafeLoader):
    """Reads the short forms: `!Ref X` as {"Ref": "X"}."""


def _short(loader, tag, node):
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if tag == "GetAtt" else value}
    made = loader.construct_sequence if isinstance(node, yaml.SequenceNode) else loader.construct_mapping
    return {name: made(node, deep=True)}


Loader.add_multi_constructor("!", _short)


@cache
def template(name):
    return yaml.load((sam.TEMPLATES / name).read_text(), Loader)


def loop(name):
    """What a template repeats for each row: (the rows, what each has)."""
    _, rows, made = template(name)["Resources"]["Fn::ForEach::Rows"]
    return rows, {key.removeprefix("${Kind}"): told for key, told in made.items()}


def properties(part):
    return loop("pipelines.yaml")[1][part]["Properties"]


def test_every_pipeline_has_all_of_it_and_nothing_else_has():
    rows, made = loop("pipelines.yaml")
    assert rows == list(ROWS)
    assert {part: told["Type"] for part, told in made.items()} == OF_A_ROW
    assert list(template("pipelines.yaml")["Resources"]) == ["Fn::ForEach::Rows"]
    assert list(template("pipelines.yaml")["Mappings"]["Rows"]) == list(ROWS)


def test_every_pipeline_has_its_alarms():
    rows, made = loop("watch.yaml")
    assert (rows, set(made)) == (list(ROWS), ALARMS_OF_A_ROW)
    assert {told["Type"] for told in made.values()} == {"AWS::CloudWatch::Alarm"}
    for told in made.values():
        assert told["Properties"]["AlarmActions"] == [{"Ref": "Alarms"}]


def test_a_queue_takes_its_own_messages_from_the_topic_alone():
    assert properties("Subscription")["FilterPolicy"] == {"kind": [{"Ref": "Kind"}]}
    assert properties("Subscription")["RawMessageDelivery"] is True
    (allowed,) = properties("Policy")["PolicyDocument"]["Statement"]
    assert allowed["Principal"] == {"Service": "sns.amazonaws.com"}
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "Topic"}}}


def test_what_dies_goes_to_its_own_dead_letters_and_is_taken_in():
    assert properties("Queue")["RedrivePolicy"]["deadLetterTargetArn"] == _arn("${Kind}Dead")
    assert properties("DeadSource")["EventSourceArn"] == _arn("${Kind}Dead")
    # Whoever gives a message up with its error must come first.
    assert properties("Queue")["RedrivePolicy"]["maxReceiveCount"] > Settings().max_attempts


def test_failures_are_reported_by_item():
    sources = [properties("Source"), properties("DeadSource")]
    sources += [told["Properties"] for told in template("template.yaml")["Resources"].values() if _is_source(told)]
    assert len(sources) == 9
    for told in sources:
        assert told["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_every_queue_has_dead_letters_that_are_taken_in():
    made = [told for name in ("template.yaml", "mail.yaml") for told in template(name)["Resources"].values()]
    queues = [told["Properties"] for told in made if told["Type"] == "AWS::SQS::Queue"]
    dead = {_queue(told["RedrivePolicy"]["deadLetterTargetArn"]) for told in queues if "RedrivePolicy" in told}
    taking = [told["Properties"] for told in made if _is_source(told)]
    taken_in = {_queue(told["EventSourceArn"]) for told in taking if told["FunctionName"] == {"Ref": "Dead"}}
    assert dead == taken_in == {"DelaysDead", "MailDead", "FeedbackDead"}
    assert len(queues) == 2 * len(dead)


def test_a_lambda_never_outlasts_its_queue():
    for told in template("pipelines.yaml")["Mappings"]["Classes"].values():
        assert told["Visibility"] >= 6 * told["Timeout"]


def test_a_bulk_send_keeps_below_the_rate_of_ses():
    mappings = template("pipelines.yaml")["Mappings"]
    rates = template("template.yaml")["Parameters"]["SendingRate"]["AllowedValues"]
    assert rates == list(mappings["Concurrency"]) == list(mappings["Pace"])
    for rate in rates:
        at_once, pace = mappings["Concurrency"][rate]["bulk"], float(mappings["Pace"][rate]["bulk"])
        assert 0.5 * float(rate) <= at_once * pace <= 0.8 * float(rate)


def test_who_hands_mails_to_ses_may_and_nobody_else():
    told = template("pipelines.yaml")["Mappings"]
    assert told["Allowances"] == {"yes": {"Effect": "Allow"}, "no": {"Effect": "Deny"}}
    assert {kind: row["Mails"] == "yes" for kind, row in told["Rows"].items()} == {
        kind: _mails(module) for kind, module in ROWS.items()
    }


def test_the_table_is_what_the_engine_needs():
    table = template("template.yaml")["Resources"]["Table"]["Properties"]
    keys = [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]]
    (index,) = table["LocalSecondaryIndexes"]
    assert (keys, index["IndexName"]) == ([("pk", "HASH"), ("sk", "RANGE")], INDEX)
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    count = template("template.yaml")["Resources"]["CountSource"]["Properties"]
    assert (count["ParallelizationFactor"], count["TumblingWindowInSeconds"] > 0) == (1, True)


def test_what_is_lost_cannot_be_made_again_and_is_never_deleted():
    told = template("template.yaml")["Resources"]
    for name in ("Table", "Bucket", "Secret"):
        assert (told[name]["DeletionPolicy"], told[name]["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_ses_may_write_where_mails_are_looked_for():
    text = (sam.TEMPLATES / "template.yaml").read_text()
    assert f"${{Bucket.Arn}}/{INBOUND}*" in text


def test_every_setting_that_is_given_exists():
    given = set(properties("Function")["Environment"]["Variables"])
    globally = template("template.yaml")["Globals"]["Function"]["Environment"]["Variables"]
    given |= set(globally) | {"INVITED_AWS_WEB_KEY"}
    assert given <= {f"INVITED_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", ["pipelines.yaml", "watch.yaml", "template.yaml", "mail.yaml", "web.yaml"])
def test_no_template_has_more_than_cloudformation_takes(name):
    total = 0
    for key, told in template(name)["Resources"].items():
        total += len(told[1]) * len(told[2]) if key.startswith("Fn::ForEach::") else 1
    assert total < MOST, "split it: CloudFormation takes 500 resources of one template"


def test_stages_are_there():
    text = (sam.TEMPLATES / "samconfig.toml").read_text()
    assert re.findall(r"^\[(\w+)\.deploy\.parameters\]", text, re.MULTILINE) == ["dev", "stage", "prod"]


def _arn(name):
    return {"Fn::GetAtt": [{"Fn::Sub": name}, "Arn"]}


def _queue(arn):
    """The queue's name in the template, whichever of the two it stands in."""
    stack, output = arn["Fn::GetAtt"][0], arn["Fn::GetAtt"][-1]
    return output.removeprefix("Outputs.") if stack == "Mail" else stack


def _is_source(told):
    return told["Type"] == "AWS::Lambda::EventSourceMapping"


def _mails(module):
    """Whether a module reaches the outbox, by itself or by what it imports of ours."""
    seen, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += imported(name)
    return any(".outbox.send(" in source(name) for name in seen)


@cache
def imported(module):
    """The modules of ours that one imports, beside names that are none."""
    nodes = [node for node in ast.walk(ast.parse(source(module))) if isinstance(node, ast.ImportFrom)]
    ours = [node for node in nodes if (node.module or "").startswith("invited")]
    return [node.module for node in ours] + [f"{node.module}.{name.name}" for node in ours for name in node.names]


@cache
def source(module):
    """The text of a module of ours; "" where it is none."""
    file = Path(invited.__file__).parents[1] / f"{module.replace('.', '/')}.py"
    return file.read_text() if file.is_file() else ""
