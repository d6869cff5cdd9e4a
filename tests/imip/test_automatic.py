import pytest

from invited.imip.automatic import is_automatic_subject
from invited.imip.mail import read


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Invitation: Game",
        "AUTO: Bob is away",
        "Auto-Reply: hello",
        "Out of Office: Invitation",
        "Re: Out of the office",
        "Abwesenheitsnotiz: Spiel",
        "Automatische Antwort: Spiel",
        "Réponse automatique : Match",
        "自動応答: 会議",
    ],
)
def test_answering_machines_are_known_by_their_subjects(subject):
    assert is_automatic_subject(subject)
    assert read(f"From: bob@fan.test\nSubject: {subject}\n\nAway.\n".encode()).is_automatic


@pytest.mark.parametrize("subject", ["", "Autograph session", "Re: Game", "The automatic reply", "Automobile show"])
def test_people_are_not_taken_for_machines(subject):
    assert not is_automatic_subject(subject)


@pytest.mark.parametrize(
    "field", ["X-Autoreply: yes", "X-Auto-Reply: 1", "Precedence: auto_reply", "X-FC-MachineGenerated: true"]
)
def test_fields_of_responders(field):
    assert read(f"From: bob@fan.test\nSubject: Hi\n{field}\n\nAway.\n".encode()).is_automatic


def test_what_a_mail_answers_nearest_first():
    mail = read(b"From: b@x.test\nIn-Reply-To: <two@x>\nReferences: <one@x>\n <two@x> junk <three@x>\n\nHi.\n")
    assert mail.answers == ("two@x", "three@x", "one@x")
    assert read(b"From: b@x.test\n\nHi.\n").answers == ()
