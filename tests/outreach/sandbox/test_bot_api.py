import base64

import pytest
import requests

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def call(bot_api, method: str, *, token: str = "", **request) -> tuple[int, dict]:
    verb = request.pop("verb", "POST")
    answer = requests.request(verb, f"{bot_api.url}/bot{token or bot_api.token}/{method}", timeout=5, **request)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    "request_",
    [
        {"params": {"chat_id": 7, "text": "Hello"}, "verb": "GET"},
        {"params": {"chat_id": 7, "text": "Hello"}},
        {"data": {"chat_id": 7, "text": "Hello"}},
        {"json": {"chat_id": 7, "text": "Hello"}},
        {"files": {"chat_id": (None, "7"), "text": (None, "Hello")}},
    ],
)
def test_parameters_come_in_every_way_that_telegram_takes(bot_api, request_):
    status, answer = call(bot_api, "sendMessage", **request_)

    assert (status, answer["ok"]) == (200, True)
    assert (answer["result"]["chat"]["id"], answer["result"]["text"]) == (7, "Hello")
    assert bot_api.sent[0]["text"] == "Hello"


def test_method_names_do_not_mind_case(bot_api):
    assert call(bot_api, "SENDMESSAGE", json={"chat_id": 7, "text": "Hello"})[0] == 200


@pytest.mark.parametrize(
    ("parameters", "status", "description"),
    [
        ({"text": "x"}, 400, "Bad Request: chat_id is empty"),
        ({"chat_id": "nobody", "text": "x"}, 400, "Bad Request: chat not found"),
        ({"chat_id": 7}, 400, "Bad Request: message text is empty"),
        ({"chat_id": 7, "text": " \n"}, 400, "Bad Request: message text is empty"),
        ({"chat_id": 7, "text": "x" * 4097}, 400, "Bad Request: message is too long"),
        ({"chat_id": 7, "text": "<p>x</p>", "parse_mode": "HTML"}, 400, "can't parse entities: Unsupported start tag"),
        ({"chat_id": 7, "text": "x", "parse_mode": "Klingon"}, 400, "unsupported parse_mode"),
        ({"chat_id": 7, "text": "x", "reply_markup": "{"}, 400, "can't parse reply keyboard markup"),
        ({"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, 400, "Text buttons"),
        (
            {"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "javascript:x"}]]}},
            400,
            "Wrong HTTP URL",
        ),
        (
            {
                "chat_id": 7,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "é" * 33}]]},
            },
            400,
            "BUTTON_DATA_INVALID",
        ),
    ],
)
def test_bad_calls_are_refused_as_telegram_does(bot_api, parameters, status, description):
    got, answer = call(bot_api, "sendMessage", json=parameters)

    assert (got, answer["ok"], answer["error_code"]) == (status, False, status)
    assert description in answer["description"]
    assert bot_api.sent == []


@pytest.mark.parametrize(
    ("token", "method", "status"),
    [("999:other", "getMe", 401), ("nonsense", "getMe", 404), ("", "getNothing", 404)],
)
def test_wrong_token_and_unknown_method_are_told_apart(bot_api, token, method, status):
    assert call(bot_api, method, token=token)[0] == status


def test_body_that_is_no_json_is_refused(bot_api):
    status, answer = call(bot_api, "sendMessage", data=b"{", headers={"Content-Type": "application/json"})

    assert (status, answer["ok"]) == (400, False)


def test_uploaded_picture_is_kept_with_its_caption(bot_api):
    status, answer = call(
        bot_api, "sendPhoto", data={"chat_id": 7, "caption": "<b>x</b>", "parse_mode": "HTML"}, files={"photo": PNG}
    )

    assert status == 200
    assert answer["result"]["caption"] == "x"
    assert bot_api.sent[0]["photo"] == "data:image/png;base64," + base64.b64encode(PNG).decode()


def test_picture_is_sent_again_by_the_number_of_its_upload(bot_api):
    first = call(bot_api, "sendPhoto", data={"chat_id": 7}, files={"photo": PNG})[1]["result"]
    number = first["photo"][-1]["file_id"]

    status, answer = call(bot_api, "sendPhoto", json={"chat_id": 8, "photo": number})

    assert status == 200
    assert answer["result"]["photo"][-1]["file_id"] == number
    assert [sent["photo"] for sent in bot_api.sent] == [bot_api.sent[0]["photo"], number]


@pytest.mark.parametrize("number", ["photo7.99", "photo7", "AgACAgQAAxkBAAM"])
def test_number_of_no_upload_is_refused(bot_api, number):
    status, answer = call(bot_api, "sendPhoto", json={"chat_id": 7, "photo": number})

    assert status == 400
    assert "wrong file identifier" in answer["description"]


def test_a_document_is_kept_with_its_name(bot_api):
    status, answer = call(
        bot_api, "sendDocument", data={"chat_id": 7, "caption": "All"}, files={"document": ("é.json", b"{}")}
    )

    assert status == 200
    assert answer["result"]["document"]["file_name"] == "é.json"
    assert answer["result"]["document"]["file_size"] == 2
    assert bot_api.sent[0]["document"]["address"] == "data:application/octet-stream;base64,e30="


@pytest.mark.parametrize("given", [{"data": {"chat_id": 7}}, {"json": {"chat_id": 7, "document": "document7.1"}}])
def test_a_document_that_is_not_uploaded_is_refused(bot_api, given):
    assert call(bot_api, "sendDocument", **given)[0] == 400


@pytest.mark.parametrize("photo", [b"not a picture", b"<svg onload=alert(1)>"])
def test_what_is_no_picture_is_refused(bot_api, photo):
    assert call(bot_api, "sendPhoto", data={"chat_id": 7}, files={"photo": photo})[0] == 400


def test_message_can_be_edited_and_deleted_only_in_its_own_chat(bot_api):
    number = call(bot_api, "sendMessage", json={"chat_id": 7, "text": "a"})[1]["result"]["message_id"]

    assert call(bot_api, "editMessageText", json={"chat_id": 8, "message_id": number, "text": "b"})[0] == 400
    assert call(bot_api, "editMessageText", json={"chat_id": 7, "message_id": number, "text": "b"})[0] == 200
    assert bot_api.sent[0]["text"] == "b"
    assert call(bot_api, "deleteMessage", json={"chat_id": 8, "message_id": number})[0] == 400
    assert call(bot_api, "deleteMessage", json={"chat_id": 7, "message_id": number})[0] == 200
    assert bot_api.sent == []


def test_blocked_and_deleted_chats_are_refused(bot_api):
    bot_api.blocks(7)
    bot_api.deletes(8)

    assert call(bot_api, "sendMessage", json={"chat_id": 7, "text": "x"})[0] == 403
    assert call(bot_api, "sendMessage", json={"chat_id": 8, "text": "x"})[1]["description"] == (
        "Bad Request: chat not found"
    )


def test_no_update_is_given_out_while_a_webhook_is_set(bot_api):
    call(bot_api, "setWebhook", json={"url": "http://127.0.0.1:9/"})

    assert call(bot_api, "getUpdates")[0] == 409
    assert call(bot_api, "getWebhookInfo")[1]["result"]["url"] == "http://127.0.0.1:9/"
    call(bot_api, "deleteWebhook")
    assert call(bot_api, "getUpdates")[0] == 200
