def test_an_invite_is_checked(client, owner):
    answer = client.post("/api/v1/lint", content=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", headers=owner)
    (first, *_) = answer.json()["findings"]
    assert first["severity"] == "error"
    assert first["source"]


def test_only_with_a_key(client):
    assert client.post("/api/v1/lint", content=b"x").status_code == 401
