"""Does e-mail arrive at a real mail server as it was meant, and is every refusal told apart?"""

import socket
import threading
from pathlib import Path

import pytest

from bot.notify.email import EmailChannel
from bot.ports import Message, NotDelivered
from tests.notify.mail_server import PASSWORD, certificate, running
from tests.notify.messages import HOSTILE, Standing, channels, hostile, message

PLAIN = "email: {host: 127.0.0.1, port: {port}, security: none, from: 'Tunegate <gate@example.com>'}\n"


def channel(port: int, text: str = PLAIN, deadline: float = 20.0, **environment: str) -> EmailChannel:
    found = channels(text.replace("{port}", str(port)), **environment)
    assert found.email is not None
    return EmailChannel(found, found.email, Standing(), deadline)


def trouble(channel: EmailChannel, sent: Message) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        channel.send(sent)
    return caught.value


def test_a_letter_arrives_as_text_and_as_html_with_all_that_programs_read() -> None:
    with running() as server:
        receipt = channel(server.port).send(message(urgency="high"))
    letter = server.letter()
    assert server.envelopes[0][:2] == ("gate@example.com", ["first.owner@example.com"])
    assert letter["From"] == "Tunegate <gate@example.com>"
    assert letter["Subject"] == "Revalidate ticket-router by 2 March 2027"
    assert letter["Message-ID"] == receipt.reference
    assert letter["Date"].datetime == Standing().now()
    assert (letter["Auto-Submitted"], letter["Importance"]) == ("auto-generated", "high")
    assert "List-Unsubscribe" not in letter
    text, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "1. Run the eval.\n   https://gate.example/how\n2. Bring it." in text.get_content().replace("\r\n", "\n")
    assert "I am at it: https://gate.example/ack/1" in text.get_content()
    assert '<a href="https://gate.example/ack/1">I am at it</a>' in html.get_content()
    assert "<code>ticket-router</code> is due." in html.get_content()


def test_the_same_message_has_the_same_id_and_another_has_another() -> None:
    box = channel(25)
    first = box.written(message())
    assert first["Message-ID"] == box.written(message())["Message-ID"]
    others = (message(key="cycle 7\nT"), message(to="second.owner@example.com"))
    assert len({first["Message-ID"], *(box.written(each)["Message-ID"] for each in others)}) == 3


def test_letters_of_a_thread_stand_together_whichever_comes_first() -> None:
    box = channel(25)
    first = box.written(message())
    begun = str(first["Message-ID"])
    later, other = box.written(message(key="b", begun=begun)), box.written(message(key="c"))
    assert later["In-Reply-To"] == begun
    assert str(later["References"]).split() == [str(first["References"]), begun]
    assert other["References"] == first["References"]
    assert box.written(message(thread="cycle 8"))["References"] != first["References"]
    assert "evil" not in str(box.written(message(begun="<x>\r\nBcc: evil@example.com"))["In-Reply-To"])


def test_a_digest_can_be_ended_by_one_click_and_its_header_stays_whole() -> None:
    url = "https://gate.example/digests/end?token=" + "a" * 200
    long = PLAIN.replace("example.com", f"{'a' * 60}.example.com")
    with running() as server:
        channel(server.port, long).send(message(unsubscribe=url))
    (raw,) = server.letters
    head = raw.partition(b"\r\n\r\n")[0].decode()
    assert f"List-Unsubscribe: <{url}>" in head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert "=?utf-8" not in head  # a long id is no word to encode
    assert all(len(line) < 998 for line in head.split("\r\n"))
    assert "List-Unsubscribe" not in channel(25).written(message(unsubscribe="http://gate.example/x"))
    assert "List-Unsubscribe" not in channel(25).written(message(unsubscribe="https://x/>\r\nBcc: evil@example.com"))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_makes_a_header_or_markup(text: str) -> None:
    with running() as server:
        channel(server.port).send(message(letter=hostile(text), key=text, thread=text, begun=text))
    letter = server.letter()
    assert letter["Bcc"] is None
    assert letter["To"] == "first.owner@example.com"
    assert server.envelopes[0][1] == ["first.owner@example.com"]
    html = letter.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()
    assert "<img" not in html.get_content()
    assert len(str(letter["Subject"])) <= 180


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "a@b@c",
        "a b@example.com",
        "a@example.com\r\nRCPT TO:<evil@example.com>",
        "<a@example.com>",
        "a@b,c@d",
        "a@b\x00",
    ],
    ids=range(8),
)
def test_what_is_no_address_is_sent_to_nobody(address: str) -> None:
    with running() as server:
        told = trouble(channel(server.port), message(to=address))
    assert told.lasting
    assert server.letters == []


def test_a_foreign_domain_is_written_as_dns_does_and_a_foreign_name_in_utf8() -> None:
    with running() as server:
        channel(server.port).send(message(to="owner@bücher.example"))
        assert server.envelopes[0][1] == ["owner@xn--bcher-kva.example"]
        channel(server.port).send(message(to="jörg@bücher.example"))
    assert server.envelopes[1][1] == ["jörg@xn--bcher-kva.example"]
    assert "SMTPUTF8" in server.envelopes[1][2]
    assert "jörg@xn--bcher-kva.example".encode() in server.letters[1]


def test_a_server_without_smtputf8_is_told_of() -> None:
    with running(utf8=False) as server:
        told = trouble(channel(server.port), message(to="jörg@example.com"))
    assert "SMTPUTF8" in told.reason
    assert told.lasting


SECURE = """\
ca_file: {ca}
email: {host: 127.0.0.1, port: {port}, security: {security}, username: tunegate, password: "${PASS}", from: gate@example.com}
"""


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_login_goes_over_tls_alone(security: str, tmp_path: Path) -> None:
    ca, context = certificate(tmp_path)
    with running(context, security=security) as server:
        text = SECURE.replace("{ca}", str(ca)).replace("{security}", security)
        channel(server.port, text, PASS=PASSWORD).send(message())
        assert server.letter()["Subject"]
        told = trouble(channel(server.port, text, PASS="wrong-word-9"), message(key="b"))
        assert len(server.letters) == 1
    assert "refuses the login (535)" in told.reason
    assert "wrong-word-9" not in told.reason
    assert not told.lasting  # the operator will correct it


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_trusts_ends_it(security: str, tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with running(context, security=security) as server:
        text = SECURE.replace("ca_file: {ca}\n", "").replace("{security}", security)
        told = trouble(channel(server.port, text, PASS=PASSWORD), message())
        assert server.letters == []
    assert "no TLS certificate that can be trusted" in told.reason
    assert not told.uncertain


def test_a_server_that_offers_no_starttls_gets_no_login() -> None:
    with running() as server:
        text = SECURE.replace("ca_file: {ca}\n", "").replace("{security}", "starttls")
        told = trouble(channel(server.port, text, PASS=PASSWORD), message())
    assert "offers no STARTTLS" in told.reason
    assert server.letters == []


@pytest.mark.parametrize(
    ("command", "reply", "lasting"),
    [
        ("RCPT", "550 5.1.1 no such user", True),
        ("RCPT", "450 4.2.1 greylisted", False),
        ("MAIL", "553 5.7.1 sender not allowed", True),
        ("DATA", "554 5.7.1 looks like spam", True),
        ("DATA", "451 4.3.0 try later", False),
    ],
)
def test_a_refusal_says_whether_it_lasts(command: str, reply: str, lasting: bool) -> None:
    with running() as server:
        server.refuse[command] = reply
        told = trouble(channel(server.port), message())
    assert (told.lasting, told.uncertain) == (lasting, False)
    assert reply[4:] in told.reason


def test_what_the_server_says_is_shown_in_one_bounded_line() -> None:
    with running() as server:
        server.refuse["RCPT"] = "550 " + "a\u202e" * 200
        told = trouble(channel(server.port), message())
    assert "\u202e" not in told.reason
    assert len(told.reason) < 300


def test_a_server_that_is_not_there_is_told_of() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        told = trouble(channel(taken.getsockname()[1]), message())
    assert "could not be reached" in told.reason
    assert (told.lasting, told.uncertain) == (False, False)


def test_a_letter_whose_answer_never_comes_may_have_arrived() -> None:
    with running() as server:
        server.seconds = 1.2
        told = trouble(channel(server.port, deadline=0.5), message())
        assert len(server.letters) == 1
    assert told.uncertain
    assert "in time" in told.reason


def test_a_server_that_drips_does_not_hold_a_letter_for_ever() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"220 mail\r\n")
            connection.recv(1000)
            connection.sendall(b"250-")
            while not stop.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    told = trouble(channel(listener.getsockname()[1], deadline=0.5), message())
    stop.set()
    thread.join()
    listener.close()
    assert "in time" in told.reason


def test_what_is_not_aloud_sends_no_letter_and_addresses_come_from_the_file() -> None:
    text = PLAIN + "people: {First-Owner: {email: first.owner@example.com}, acme/ml: {slack: C024BE91L}}\n"
    with running() as server:
        box = channel(server.port, text)
        assert box.send(message(aloud=False)).already
        assert server.letters == []
    assert box.address("first-owner") == "first.owner@example.com"
    assert (box.address("acme/ml"), box.address("nobody")) == (None, None)
    assert box.find(message()) is None
