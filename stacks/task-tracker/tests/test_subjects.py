"""Tasks, topics, sources, webhooks, statistics."""

from uuid import uuid4

from conftest import TELEGRAM_TOKEN, Api


def test_a_task_made_by_hand_moves_over_the_board(api: Api) -> None:
    made = api.http.post("/api/tasks", json={"title": "Write the guide", "priority": "high"})
    assert made.status_code == 201
    task = made.json()
    assert (task["status"], task["category"], task["message_id"]) == ("open", "chore", None)
    for status in ("in_progress", "done", "open"):
        moved = api.http.patch(f"/api/tasks/{task['id']}", json={"status": status}).json()
        assert moved["status"] == status
        assert moved["updated_at"] > task["updated_at"]
    listed = api.http.get("/api/tasks?status=open&limit=500").json()
    assert listed["items"][0]["id"] == task["id"]
    assert listed["total"] == len(listed["items"])


def test_a_renamed_topic_keeps_its_name(api: Api) -> None:
    message = api.processed(api.post("The video stream stops after a minute").json()["id"])
    path = f"/api/topics/{message['topic']['id']}"
    assert api.http.patch(path, json={"name": "Video"}).json()["name"] == "Video"
    assert api.http.get(path).json()["name"] == "Video"
    assert api.message(message["id"])["topic"]["name"] == "Video"
    of_topic = api.http.get(f"/api/messages?topic_id={message['topic']['id']}").json()
    assert message["id"] in [item["id"] for item in of_topic["items"]]


def test_similar_messages_share_a_topic(api: Api) -> None:
    topics = {
        api.processed(api.post(content).json()["id"])["topic"]["id"]
        for content in (
            "Certificate of mail-1.example expires in 3 days",
            "Certificate of mail-2.example expires in 9 days",
        )
    }
    assert len(topics) == 1


def test_a_new_source_gets_a_token_that_opens_its_webhook(api: Api) -> None:
    name = f"jira-{uuid4().hex[:8]}"
    made = api.http.post("/api/sources", json={"name": name, "kind": "webhook"})
    assert made.status_code == 201
    posted = api.http.post(
        f"/webhook/{name}",
        json={"external_id": "1", "content": "Queue depth is growing"},
        headers={"X-Webhook-Token": made.json()["token"]},
    )
    assert posted.status_code == 202
    listed = {item["name"]: item for item in api.http.get("/api/sources").json()["items"]}
    assert listed[name]["message_count"] == 1
    assert "token" not in listed[name]
    assert api.http.post("/api/sources", json={"name": name, "kind": "chat"}).status_code == 409


def test_a_repeated_webhook_is_answered_with_the_same_id(api: Api) -> None:
    external_id = uuid4().hex
    first = api.webhook(external_id, "Disk usage on db-1 is 93 %")
    again = api.webhook(external_id, "Disk usage on db-1 is 93 %")
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == {"id": first.json()["id"], "duplicate": True}


def test_a_repeated_telegram_update_is_stored_once(api: Api) -> None:
    update = {
        "update_id": 4711,
        "message": {"text": "Як відновити пароль?", "date": 1_760_000_000, "from": {"id": 1}},
    }
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_TOKEN}
    answers = [api.http.post("/webhook/telegram", json=update, headers=headers) for _ in "ab"]
    assert [answer.status_code for answer in answers] == [202, 200]
    message = api.message(answers[0].json()["id"])
    assert (message["source"], message["external_id"]) == ("telegram", "4711")
    assert message["sent_at"].startswith("2025-10-09T")


def test_the_counts_prove_that_every_job_took_effect_once(api: Api) -> None:
    posted = [api.post(f"Report {n} is empty since yesterday").json()["id"] for n in range(40)]
    for message_id in posted:
        api.processed(message_id)
    counts = api.stats()
    assert counts["processed"] == counts["messages"] == counts["topic_message_sum"]
    assert counts["signal"] + counts["noise"] == counts["processed"]
    assert counts["pending"] == counts["outbox_pending"] == 0
    assert sum(counts["tasks_by_status"].values()) == counts["tasks"]
    trend = api.http.get("/api/stats?minutes=1440").json()["trend"]
    assert sum(p["signal"] + p["noise"] for p in trend["points"]) == counts["processed"]
    assert (trend["bucket_seconds"], len(trend["points"])) == (900, 96)
