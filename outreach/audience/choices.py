"""The closed lists of what a subscriber may say about themselves, and of the channels they can be written to on."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelName(models.TextChoices):
    """The ways in which a message can reach a person; ``channels`` holds one module for each."""

    EMAIL = "email", _("E-mail")
    TELEGRAM = "telegram", _("Telegram")


class Group(models.TextChoices):
    """The part that a subscriber says they play."""

    WORKER = "worker", _("Worker or family of a worker")
    EMPLOYER = "employer", _("Employer or recruiter")
    OFFICIAL = "official", _("Government official")
    CIVIL_SOCIETY = "civil_society", _("Civil society, church or association")
    MEDIA = "media", _("Media")
    HOST_COMMUNITY = "host_community", _("Neighbour or host community")
    RETURNEE = "returnee", _("Returning from abroad")
    STUDENT = "student", _("Student or teacher")
    NOT_STATED = "", _("Not stated")


class Gender(models.TextChoices):
    """What a person said when asked; the empty value means that they were not asked or passed over the question."""

    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    ANOTHER = "another", _("Another gender")
    UNDISCLOSED = "undisclosed", _("Prefer not to say")
    NOT_ASKED = "", _("Not asked or not answered")


class Parish(models.TextChoices):
    """The ten parishes of Dominica, and whoever lives elsewhere: as near as we ever ask."""

    ST_ANDREW = "st_andrew", _("Saint Andrew")
    ST_DAVID = "st_david", _("Saint David")
    ST_GEORGE = "st_george", _("Saint George")
    ST_JOHN = "st_john", _("Saint John")
    ST_JOSEPH = "st_joseph", _("Saint Joseph")
    ST_LUKE = "st_luke", _("Saint Luke")
    ST_MARK = "st_mark", _("Saint Mark")
    ST_PATRICK = "st_patrick", _("Saint Patrick")
    ST_PAUL = "st_paul", _("Saint Paul")
    ST_PETER = "st_peter", _("Saint Peter")
    ABROAD = "abroad", _("Outside Dominica")
    NOT_STATED = "", _("Not stated")


class Frequency(models.TextChoices):
    """How often a person wants to be written to at most."""

    EVERY = "every", _("Every message")
    WEEKLY = "weekly", _("At most one a week")
    MONTHLY = "monthly", _("At most one a month")


class Purpose(models.TextChoices):
    """What a person consents to, each on its own."""

    MESSAGES = "messages", _("Receiving messages")
    GENDER_STATISTICS = "gender_statistics", _("Statistics by gender")
    OPEN_TRACKING = "open_tracking", _("Knowing whether I opened a message")
    CLICK_TRACKING = "click_tracking", _("Knowing which links I followed")


class SuppressionReason(models.TextChoices):
    """Why an address must never be written to again."""

    HARD_BOUNCE = "hard_bounce", _("The address does not exist")
    BLOCKED = "blocked", _("The receiver blocked us")
    COMPLAINT = "complaint", _("The receiver complained")
    ERASED = "erased", _("The person asked to be erased")
    BY_HAND = "by_hand", _("Entered by staff")


class RemovalKind(models.TextChoices):
    """What is removed: at a person's wish, or because it is not kept for ever."""

    ERASED = "erased", _("People erased at their wish")
    INACTIVE = "inactive", _("People of whom nothing was heard for 24 months")
    UNCONFIRMED = "unconfirmed", _("People who never confirmed an address")
    JOIN_REQUESTS = "join_requests", _("Filled-in forms, after 14 days")
    JOIN_ATTEMPTS = "join_attempts", _("Counts of attempts to join, after two hours")
    FRESH_LINKS = "fresh_links", _("Who asked for a link to their settings, after two days")
    SOFT_BOUNCES = "soft_bounces", _("Messages that came back for now, after 90 days")
    IMPORT_PARTS = "import_parts", _("Contents of imported files, after 7 days")
    IMPORT_REFUSALS = "import_refusals", _("Reasons why rows were not imported, after 30 days")
    RAW_EVENTS = "raw_events", _("Clicks, opens and reports of broadcasts, after 90 days")
    PAGE_VISITS = "page_visits", _("Which visits were counted, after their day")
    SESSIONS = "sessions", _("Sign-ins of staff that ended")
