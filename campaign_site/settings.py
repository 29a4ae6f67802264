"""The one settings module; what differs between machines is read from the environment (README, "Settings")."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

from .environment import Environment, WrongValue, stop
from .languages import FORMATS_FROM, LANGUAGES, UNFINISHED, UNKNOWN_TO_DJANGO

BASE_DIR = Path(__file__).resolve().parent.parent

LANG_INFO.update(UNKNOWN_TO_DJANGO)

try:
    env = Environment(BASE_DIR / ".env")
    DEBUG = env.flag("DEBUG")
    PORT = env.integer("PORT", 8000, least=1, most=65535)
    SITE_URL = env.site_url("SITE_URL", f"http://127.0.0.1:{PORT}")
    SECRET_KEY = env.secret("SECRET_KEY", development="for-development-only-" * 3 if DEBUG else "")
    FIELD_ENCRYPTION_KEY = env.field_keys(
        "FIELD_ENCRYPTION_KEY", development="Zm9yLWRldmVsb3BtZW50LW9ubHktMzItYnl0ZXMtbG8=" if DEBUG else ""
    )
    ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", [urlsplit(SITE_URL).hostname or "", "127.0.0.1", "localhost"])
    # What this machine makes for itself: the embedded database, collected static files, drawn charts.
    LOCAL_DIR = env.directory("LOCAL_DIR", BASE_DIR / ".local")
    MEDIA_ROOT = env.directory("MEDIA_DIR", BASE_DIR / "media")
    DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{LOCAL_DIR / 'db.sqlite3'}")}
    BROKER_URL = env.optional_url("BROKER_URL", {"amqp", "amqps"}, "like amqp://user:password@host:5672/")
    CACHE_URL = env.cache("CACHE_URL", f"file://{LOCAL_DIR / 'cache'}")
    PAGE_CACHE_SECONDS = env.integer("PAGE_CACHE_SECONDS", 3600, least=0, most=86_400)
    OFFICE_TIME_ZONE = env.time_zone("OFFICE_TIME_ZONE", "America/Dominica")
    REACH_WINDOW_DAYS = env.integer("REACH_WINDOW_DAYS", 7, least=1, most=60)
    DEFAULT_FROM_EMAIL = env.mailbox("DEFAULT_FROM_EMAIL", "Campaign <campaign@example.org>")
    EMAIL = env.email()
    TELEGRAM_BOT_TOKEN = env.text(
        "TELEGRAM_BOT_TOKEN",
        pattern=r"[0-9]+:[\w-]{3,}",
        should_be="the token that BotFather gave, like 123456:ABC-def",
    )
    TELEGRAM_API_URL = env.optional_url("TELEGRAM_API_URL", {"http", "https"}, "like https://bot-api.example.org")
    TELEGRAM_WEBHOOK_SECRET = env.text(
        "TELEGRAM_WEBHOOK_SECRET", pattern=r"[A-Za-z0-9_-]{16,256}", should_be="16 to 256 letters, digits, _ or -"
    )
    ANYMAIL_WEBHOOK_SECRET = env.names_and_passwords("ANYMAIL_WEBHOOK_SECRET")
    BOUNCE_ADDRESS = env.mailbox("BOUNCE_ADDRESS", "")
    BOUNCE_MAILBOX_URL = env.mailbox_url("BOUNCE_MAILBOX_URL")
    SANDBOX_SMTP_PORT = env.integer("SANDBOX_SMTP_PORT", 8025, least=1, most=65535)
    SANDBOX_BOT_API_PORT = env.integer("SANDBOX_BOT_API_PORT", 8081, least=1, most=65535)
    EMAIL_PER_SECOND = env.integer("EMAIL_PER_SECOND", 50, least=0, most=100_000)
    EMAIL_CONNECTIONS = env.integer("EMAIL_CONNECTIONS", 10, least=1, most=100)
    TELEGRAM_PER_SECOND = env.integer("TELEGRAM_PER_SECOND", 25, least=0, most=10_000)
except WrongValue as error:
    stop(error)

# --- What stands in for a mail server and for Telegram where none is named -------------------------------------------

SANDBOX_EMAIL = not EMAIL
SANDBOX_TELEGRAM = not TELEGRAM_BOT_TOKEN
if SANDBOX_EMAIL:
    EMAIL = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": SANDBOX_SMTP_PORT,
        "EMAIL_TIMEOUT": 10,
    }
if SANDBOX_TELEGRAM:
    TELEGRAM_BOT_TOKEN = "1:sandbox"  # noqa: S105
    TELEGRAM_API_URL = f"http://127.0.0.1:{SANDBOX_BOT_API_PORT}"
globals().update(EMAIL)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
ANYMAIL: dict[str, Any] = EMAIL.get("ANYMAIL", {})

# --- Django ---------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "home",
    "outreach",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "anymail",
    "django_tasks",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "campaign_site.policy.Policy",
    "outreach.tracking.shortcut.Shortcut",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "outreach.tracking.web.page_views.PageViews",
    "home.low_data.LowData",
    "home.page_cache.middleware.PageCache",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "home.editorial.staff.refusal.PublicationRefused",
]

ROOT_URLCONF = "campaign_site.urls"
WSGI_APPLICATION = "campaign_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "campaign_site.log_lines.Line",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "outreach": {"level": "INFO"},
    },
}

# --- Languages, time and formats -------------------------------------------------------------------------------------

USE_I18N = True
USE_TZ = True
TIME_ZONE = OFFICE_TIME_ZONE
# Everybody reads and enters the office's times: a day or a month is the same for all.
WAGTAIL_USER_TIME_ZONES = [OFFICE_TIME_ZONE]
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [language for language in LANGUAGES if language[0] not in UNFINISHED]
WAGTAIL_I18N_ENABLED = True
FORMATS_FROM = FORMATS_FROM
FORMAT_MODULE_PATH = ["campaign_site.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]

TOPICS: dict[str, Any] = {
    "rights": _("Rights"),
    "work": _("Work"),
    "contribution": _("What migrants contribute"),
    "women": _("Women and migration"),
    "movement": _("Moving in the Caribbean"),
    "data": _("Facts and figures"),
}
"""What a story can be about and a subscriber can choose, by a key that never changes once it is in use."""

COUNTED_PAGES = {
    "home.homepage",
    "home.storyindexpage",
    "home.storypage",
    "home.infographicindexpage",
    "home.infographicpage",
    "home.rightsindexpage",
    "home.rightscardpage",
    "home.newsindexpage",
    "home.newspage",
    "home.topicpage",
    "home.campaignpage",
    "home.standardpage",
    "home.glossarypage",
}
"""Kinds of pages whose views are counted, by the labels of their models."""

PAGES_READ_TO_THE_END = {"home.storypage", "home.infographicpage", "home.newspage", "home.rightscardpage"}
"""Kinds whose script tells whether a reader reached the end."""

# --- Pages that are kept, so that they need not be made for each reader -----------------------------------------------

CACHES = {"default": CACHE_URL, "pages": {**CACHE_URL, "KEY_PREFIX": "pages"}}
PAGE_CACHE_VIEWS = {"wagtail_serve", "sitemap", "sitemap_part"}
"""Names of views whose answers are kept until something that they show is published."""
PAGE_CACHE_PARAMETERS = {"page", "topic", "status"}
"""Parameters of an address that such an answer depends on."""
PAGE_CACHE_IGNORED = {"b", "fbclid", "gclid", "dclid", "msclkid", "igshid", "mc_cid", "mc_eid", "ref"}
"""Parameters that only say where a reader came from, beside ``utm_…``. With any other an answer is not kept."""
PAGE_CACHE_HEADERS_OF = ["campaign_site.policy.Policy", "django.middleware.security.SecurityMiddleware"]
"""Middlewares outside of the cache that add the same headers to every answer: a page is kept with them."""
PAGE_CACHE_TABLES = {"outreach_wording", "outreach_wordingtext"}
"""Tables of other apps whose rows such an answer may show; whoever saves one empties the answers that do."""

# --- Files -----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = LOCAL_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
MEDIA_URL = "/media/"
CHART_DIR = LOCAL_DIR / "charts"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Security --------------------------------------------------------------------------------------------------------

HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# A monitor asks over plain HTTP from inside.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/"
X_FRAME_OPTIONS = "SAMEORIGIN"

# --- Wagtail ---------------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Campaign"
WAGTAILADMIN_BASE_URL = SITE_URL
# A mail to the sandbox can be read by whoever may open the sandbox, and nobody may take over an account with one.
WAGTAIL_PASSWORD_RESET_ENABLED = not SANDBOX_EMAIL
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "m4a", "mp3", "odt", "ogg", "opus", "pdf", "pptx", "txt", "xlsx"]
WAGTAILIMAGES_EXTENSIONS = ["jpeg", "jpg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "home.images.form.ImageForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
# "simple": PostgreSQL cuts no endings off, as it would for one language only.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}}
WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "home.blocks.editor.TidyRichTextArea"}}
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# The editor shows a page's preview in a frame of the same site, so X_FRAME_OPTIONS can't be DENY.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
