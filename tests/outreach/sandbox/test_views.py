import json

import pytest
from django.contrib.auth.models import Group, User
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from outreach import roles
from outreach.sandbox.models import SandboxChat, SandboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sandbox_in_use")]

ONE_CLICK = {
    "List-Unsubscribe": "<mailto:leave@example.org>, <https://example.org/u/1>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


def kept_mail(
    receiver: str = "ana@example.org",
    *,
    subject: str = "Rights at work",
    text: str = "Hello",
    html: str = "<p>Hello</p>",
    headers: dict[str, str] | None = None,
) -> SandboxMessage:
    mail = EmailMultiAlternatives(subject, text, to=[receiver], headers=headers)
    if html:
        mail.attach_alternative(html, "text/html")
    content = mail.message().as_bytes()
    return SandboxMessage.objects.create(channel="email", receiver=receiver, subject=subject, content=content)


def kept_telegram(chat: int = 7) -> SandboxMessage:
    content = json.dumps({"text": "Hello", "parse_mode": "", "reply_markup": {}, "date": 1}).encode()
    return SandboxMessage.objects.create(channel="telegram", receiver=str(chat), subject="Hello", content=content)


def signed_in(client, role: str):
    user = User.objects.create_user(role.replace(" ", "-"))
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def addresses() -> list[str]:
    message = kept_mail()
    return [
        reverse("sandbox_messages"),
        reverse("sandbox_messages_results"),
        reverse("sandbox_mail", args=[message.pk]),
        reverse("sandbox_mail_body", args=[message.pk]),
        reverse("sandbox_phones"),
        reverse("sandbox_phone_of", args=["7"]),
    ]


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (roles.EDITORS, True),
        (roles.APPROVERS, True),
        (roles.ADMINISTRATORS, True),
        (roles.EVALUATORS, False),
        (roles.DATA_OFFICERS, False),
    ],
)
def test_each_role_sees_the_sandbox_or_nothing_of_it(client, role, may):
    signed_in(client, role)

    for address in addresses():
        answer = client.get(address)
        if may:
            assert answer.status_code in {200, 302}
            assert not answer.headers.get("Location", "").startswith("/admin/")
        else:
            assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    assert (b"/admin/sandbox/" in client.get("/admin/").content) is may


def test_nobody_takes_over_an_account_with_a_mail_that_others_can_read(client, mailoutbox):
    User.objects.create_user("officer", email="officer@example.org", password="a long one to begin with")

    client.post(reverse("wagtailadmin_password_reset"), {"email": "officer@example.org"}, follow=True)

    assert not mailoutbox
    assert b"password_reset" not in client.get(reverse("wagtailadmin_login")).content


def test_outsiders_are_asked_to_sign_in(client):
    for address in addresses():
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/admin/login/")


def test_there_is_no_sandbox_where_messages_really_leave(admin_client, settings):
    settings.SANDBOX_EMAIL = settings.SANDBOX_TELEGRAM = False

    for address in addresses():
        assert admin_client.get(address, follow=True).status_code == 404
    assert b"/admin/sandbox/" not in admin_client.get("/admin/").content


def test_empty_list_says_how_to_fill_it(admin_client):
    assert "Nothing was sent yet" in admin_client.get(reverse("sandbox_messages")).content.decode()


def test_list_leads_to_mails_and_to_phones(admin_client):
    message, telegram = kept_mail(), kept_telegram(77)

    page = admin_client.get(reverse("sandbox_messages")).content.decode()

    assert reverse("sandbox_mail", args=[message.pk]) in page
    assert reverse("sandbox_phone_of", args=["77"]) in page
    assert telegram.subject in page


def test_list_is_searched_by_receiver_and_narrowed_to_a_channel(admin_client):
    kept_mail("ana@example.org", subject="To Ana")
    kept_mail("bea@example.org", subject="To Bea")
    kept_telegram()

    found = admin_client.get(reverse("sandbox_messages"), {"q": "ANA@"}).content.decode()
    assert "To Ana" in found
    assert "To Bea" not in found
    narrowed = admin_client.get(reverse("sandbox_messages"), {"channel": "telegram"}).context["object_list"]
    assert [message.channel for message in narrowed] == ["telegram"]
    nothing = admin_client.get(reverse("sandbox_messages"), {"q": "nobody"}).content.decode()
    assert "No message matches your search." in nothing


def test_list_comes_in_pages_and_reads_no_contents(admin_client, django_assert_max_num_queries):
    SandboxMessage.objects.bulk_create(
        SandboxMessage(channel="email", receiver=f"{number}@example.org", content=b"x" * 1000) for number in range(60)
    )
    admin_client.get(reverse("sandbox_messages"))

    with django_assert_max_num_queries(12) as queries:
        answer = admin_client.get(reverse("sandbox_messages"), {"p": 2})

    assert len(answer.context["object_list"]) == 10
    assert not any('"content"' in query["sql"] for query in queries.captured_queries)


def test_mail_is_shown_with_text_headers_and_the_frame_of_its_html(admin_client):
    message = kept_mail(text="Bonjou <b>moun</b> https://example.org/r/1", headers={"X-Topic": "rights"})

    page = admin_client.get(reverse("sandbox_mail", args=[message.pk])).content.decode()

    assert f'src="{reverse("sandbox_mail_body", args=[message.pk])}"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "Bonjou &lt;b&gt;moun&lt;/b&gt;" in page
    assert 'href="https://example.org/r/1"' in page
    assert "X-Topic" in page
    assert "mail__body--phone" not in page


def test_mail_can_be_seen_as_wide_as_a_phone(admin_client):
    page = admin_client.get(reverse("sandbox_mail", args=[kept_mail().pk]), {"width": "phone"}).content.decode()

    assert "mail__body--phone" in page


def test_one_click_is_posted_straight_to_where_the_mail_says(admin_client):
    page = admin_client.get(reverse("sandbox_mail", args=[kept_mail(headers=ONE_CLICK).pk])).content.decode()

    assert '<form method="post" action="https://example.org/u/1" target="_blank">' in page
    assert '<input type="hidden" name="List-Unsubscribe" value="One-Click">' in page


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"List-Unsubscribe": "<https://example.org/u/1>"},
        {**ONE_CLICK, "List-Unsubscribe": "<javascript:alert(1)>"},
        {**ONE_CLICK, "List-Unsubscribe": "<mailto:leave@example.org>"},
    ],
)
def test_mail_without_one_click_offers_none(admin_client, headers):
    page = admin_client.get(reverse("sandbox_mail", args=[kept_mail(headers=headers).pk])).content.decode()

    assert 'name="List-Unsubscribe"' not in page


def test_links_in_a_mail_open_windows_of_their_own(admin_client):
    message = kept_mail(html="<html><head><title>x</title></head><body>Hello</body></html>")

    body = admin_client.get(reverse("sandbox_mail_body", args=[message.pk])).content.decode()

    assert body.startswith('<html><head><base target="_blank"><title>')


def test_hostile_mail_is_closed_in(admin_client):
    message = kept_mail(
        subject="</h2><script>alert(1)</script>",
        text="<script>alert(2)</script>",
        html="<script>alert(3)</script><base href=//evil.example><form action=//evil.example><input name=q></form>",
        headers={"X-Evil": "<script>alert(4)</script>"},
    )

    page = admin_client.get(reverse("sandbox_mail", args=[message.pk])).content.decode()
    body = admin_client.get(reverse("sandbox_mail_body", args=[message.pk]))

    assert "<script>alert" not in page
    policy = body.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"} <= set(policy)
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert not any("script-src" in rule or "allow-scripts" in rule or "allow-same-origin" in rule for rule in policy)
    assert body.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: text/html; charset=klingon\r\n\r\n<p>x</p>",
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\nno parts",
        b"Content-Type: ;;;\r\nSubject: =?x?q?\r\n\r\nx",
    ],
)
def test_broken_mail_is_shown_as_far_as_it_goes(admin_client, content):
    message = SandboxMessage.objects.create(channel="email", receiver="ana@example.org", content=content)

    assert admin_client.get(reverse("sandbox_mail", args=[message.pk])).status_code == 200
    assert admin_client.get(reverse("sandbox_mail_body", args=[message.pk])).status_code == 200


def test_telegram_message_is_no_mail(admin_client):
    assert admin_client.get(reverse("sandbox_mail", args=[kept_telegram().pk]), follow=True).status_code == 404
    assert admin_client.get(reverse("sandbox_mail", args=[999_999]), follow=True).status_code == 404


def test_message_leads_to_the_phone_that_it_reached(admin_client):
    answer = admin_client.get(reverse("sandbox_phone_of", args=["77"]), follow=True)

    assert answer.status_code == 200
    assert SandboxChat.objects.get().number == 77


def test_phones_are_listed_with_their_links(admin_client):
    SandboxChat.objects.create(number=7, name="Marie")

    page = admin_client.get(reverse("sandbox_phones")).content.decode()

    assert "Marie" in page
    assert "/sandbox/phone/7:" in page
