"""What the team's flows say to people, in one wording and one place."""

from notify.message import Level, Message, digest

__all__ = ["Level", "Message", "digest", "notify"]


def notify(message: Message) -> str:
    """Print the message, so that it stands in the run's log, and return its text.

    The one place to change when messages should reach a chat or a pager too.
    """
    text = str(message)
    print(text)
    return text
