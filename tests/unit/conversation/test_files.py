"""What may become of a file, and what it is called afterwards?"""

import pytest

from app.conversation.errors import Stale
from app.conversation.files import TRANSITIONS, File, FileEvent, FileState, safe_name
from app.ids import new_id
from tests.contract.people import NOON


@pytest.mark.parametrize("state", FileState)
@pytest.mark.parametrize("event", FileEvent)
def test_what_may_become_of_a_file(state: FileState, event: FileEvent) -> None:
    id = new_id()
    one = File(id=id, conversation_id=id, owner_id=id, name="", created_at=NOON, state=state)
    if event in TRANSITIONS[state]:
        assert one.after(event).state is TRANSITIONS[state][event]
    else:
        with pytest.raises(Stale):
            one.after(event)


@pytest.mark.parametrize(
    ("name", "type", "safe"),
    [
        ("IMG_0042.JPG", "image/jpeg", "IMG_0042.jpg"),
        ("holiday.jpeg", "image/jpeg", "holiday.jpg"),
        ("scan", "application/pdf", "scan.pdf"),
        ("photo.jpg", "image/png", "photo.jpg.png"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\maya\\card.png", "image/png", "card.png"),
        ("statement.exe", "application/pdf", "statement.exe.pdf"),
        ("invoice\u202efdp.exe", "text/plain", "invoice fdp.exe.txt"),
        ("a\r\nSet-Cookie: x=1\x00.pdf", "application/pdf", "a Set-Cookie: x=1.pdf"),
        ("4242 4242 4242 4242.png", "image/png", "•••• 4242.png"),
        ("Rechnung für Müller.pdf", "application/pdf", "Rechnung für Müller.pdf"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("...", "image/webp", "file.webp"),
        ("", "image/jpeg", "file.jpg"),
        ("x" * 1000, "image/png", "x" * 80 + ".png"),
    ],
)
def test_names_are_safe_to_show_and_to_save_under(name: str, type: str, safe: str) -> None:
    assert safe_name(name, type) == safe
