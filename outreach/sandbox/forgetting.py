"""The world outside forgets somebody too, because here it is kept on our machine."""

from collections.abc import Sequence

from .models import SandboxChat, SandboxMessage, SandboxUpdate


def forget(*, mailboxes: Sequence[str], chats: Sequence[int]) -> None:
    """Remove the mails to these addresses, and these phones with all that went to and fro."""
    for mailbox in mailboxes:
        mails = SandboxMessage.objects.filter(channel=SandboxMessage.Channel.EMAIL)
        mails.filter(receiver__iexact=mailbox).delete()
    messages = SandboxMessage.objects.filter(channel=SandboxMessage.Channel.TELEGRAM)
    messages.filter(receiver__in=[str(chat) for chat in chats]).delete()
    SandboxUpdate.objects.filter(chat__in=chats).delete()
    SandboxChat.objects.filter(number__in=chats).delete()
