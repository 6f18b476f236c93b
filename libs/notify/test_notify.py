from notify import Level, Message, digest, notify


def test_a_message_says_its_level_its_subject_and_its_text(capsys):
    text = notify(Message(Level.WARNING, "late orders", "2 of 10"))

    assert text == "[warning] late orders: 2 of 10"
    assert capsys.readouterr().out == text + "\n"


def test_a_short_digest_holds_every_line():
    assert digest(["a", "b"], limit=2) == "a; b"


def test_a_long_digest_counts_what_it_leaves_out():
    assert digest(["a", "b", "c", "d"], limit=2) == "a; b; and 2 more"


def test_a_digest_of_nothing_is_empty():
    assert digest([]) == ""
