"""What it means that one of the site's own mails, which no carrier of broadcasts sends but Django, was refused."""

import smtplib

from anymail.exceptions import AnymailRecipientsRefused

from . import smtp_answers
from .failures import AddressDead
from .smtp_answers import Step


def nobody_is_there(error: Exception) -> bool:
    """Whether the failure of a mail to one address says that nobody is at it; read as for a broadcast."""
    if isinstance(error, AnymailRecipientsRefused):
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = list(error.recipients.values())
        return bool(answers) and all(_is_dead(Step.RECEIVER, code, answer) for code, answer in answers)
    if isinstance(error, smtplib.SMTPDataError):
        return _is_dead(Step.END, error.smtp_code, error.smtp_error)
    return False


def _is_dead(step: Step, code: int, answer: bytes | str) -> bool:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return isinstance(smtp_answers.failure(step, code, text), AddressDead)
