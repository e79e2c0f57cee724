"""One settings file for every installation: what differs is read from the environment (docs/OPERATIONS.md lists it).

Nothing set = embedded: SQLite, a broker in the file system and mails on a page, all inside DATA_DIR.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import bootstrap_wrapper
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from mdeprep import config

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = config.parsed("DATA_DIR", str(BASE_DIR / "var"), config.folder, "a folder that can be written to")

DEBUG = False
DEMO = config.parsed("DEMO", "no", config.yes_or_no, "yes or no")
"""Demonstration: persona cards, the known password and the page of mails exist only here."""

PORT = config.parsed("PORT", "8000", config.port, "a number from 1 to 65535")
"""Where `manage.py serve` listens, on 127.0.0.1 only."""
PUBLIC_URL = config.parsed(
    "PUBLIC_URL", f"http://127.0.0.1:{PORT}", config.address, "an address such as https://mdeprep.example.org"
)
PUBLIC_HOST = PUBLIC_URL.split("://", 1)[1]
SECRET_KEY = config.parsed(
    "SECRET_KEY",
    "",
    lambda value: config.long_secret(value or config.kept_secret(DATA_DIR / "secret_key")),
    "40 characters or more",
    secret=True,
)
OWN_SIGNING_KEY = DATA_DIR / "signing_key.pem"
SIGNING_KEY = config.parsed(
    "SIGNING_KEY_FILE",
    str(OWN_SIGNING_KEY),
    lambda value: config.signing_key(Path(value), is_made=value == str(OWN_SIGNING_KEY)),
    "a file with an Ed25519 private key (openssl genpkey -algorithm ed25519)",
)
"""Signs evidence packs; its public half is named in every receipt."""
ALLOWED_HOSTS = config.parsed(
    "ALLOWED_HOSTS", f"{PUBLIC_HOST.split(':')[0]},127.0.0.1,localhost", config.hosts, "host names, separated by commas"
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ALLAUTH_TRUSTED_PROXY_COUNT = config.parsed(
    "TRUSTED_PROXIES", "0", config.whole_number, "the number of reverse proxies in front, 0 if none"
)
"""So many addresses at the end of X-Forwarded-For are believed when the limits of log-in are counted per client."""
IS_SECURE = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "mdeprep",
    "readiness",
    "stakeholders",
    "projects",
    "tenants",
    "mdeprep.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "guardian",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mdeprep.middleware.LargestRequest",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mdeprep.middleware.PersonalTimeZone",
]
ROOT_URLCONF = "mdeprep.urls"
WSGI_APPLICATION = "mdeprep.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["tenants.templatetags.look"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mdeprep.context.site",
            ],
        },
    }
]

DATABASES = {
    "default": config.parsed(
        "DATABASE_URL",
        f"sqlite:///{DATA_DIR / 'mdeprep.sqlite3'}",
        config.database,
        "sqlite:////path/to/file or postgresql://user:password@host:5432/name",
        secret=True,
    )
}
ATOMIC_REQUESTS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People ---------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "projects.backends.ProjectRoles",
]
ANONYMOUS_USER_NAME = None
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # guardian's backend gives superusers everything; ours reads its rows
GUARDIAN_RAISE_403 = False
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "mdeprep.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    name: f"mdeprep.account_forms.{form}"
    for name, form in (
        ("login", "Login"),
        ("request_login_code", "RequestLoginCode"),
        ("confirm_login_code", "ConfirmLoginCode"),
        ("reset_password", "ResetPassword"),
        ("reset_password_from_key", "ResetPasswordFromKey"),
        ("change_password", "ChangePassword"),
        ("set_password", "SetPassword"),
        ("reauthenticate", "Reauthenticate"),
    )
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; without it the log-in form has no password
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is verified by the code that is sent to it
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 4
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,4/5m/key",
    "reset_password": "20/m/ip,5/h/key",  # nosec B105 - a rate
}
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE

# Broker, cache and mail -----------------------------------------------------------------------------------------------
BROKER_URL = config.parsed(
    "BROKER_URL", "filesystem://", config.broker, "redis://host:6379/0 or filesystem://", secret=True
)
WORKER_MODULE = "mdeprep.celery"
CELERY_BROKER_URL = "filesystem://localhost" if BROKER_URL == "filesystem://" else BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
if BROKER_URL.startswith("filesystem:"):
    BROKER_FOLDER = DATA_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_FOLDER / "messages"),
        "data_folder_out": str(BROKER_FOLDER / "messages"),
        "control_folder": str(BROKER_FOLDER / "control"),
        "polling_interval": 0.1,
    }
    for folder in ("messages", "control"):
        with suppress(OSError):  # whatever is wrong there, pages work without a broker; the worker says it
            (BROKER_FOLDER / folder).mkdir(parents=True, exist_ok=True)
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "socket_connect_timeout": 0.5,
        "socket_timeout": 5,
        "retry_policy": {"timeout": 0.5, "max_retries": 0},
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

CACHE_URL = config.parsed("CACHE_URL", "", config.cache, "redis://host:6379/1 or nothing", secret=True)
if CACHE_URL:
    CACHES = {
        "default": {
            "BACKEND": "mdeprep.cache.RedisOrThisProcess",
            "LOCATION": CACHE_URL,
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
        }
    }
else:  # the rate limits of log-in need one count for all worker processes
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"}
    }

EMAIL_URL = config.text("EMAIL_URL", "page:" if DEMO else "smtp://127.0.0.1:25")
MAIL_IS_SHOWN_ON_A_PAGE = EMAIL_URL == "page:"
if MAIL_IS_SHOWN_ON_A_PAGE and not DEMO:
    raise config.WrongSetting(
        "EMAIL_URL='page:' is accepted in demo mode only. Accepted: smtp://user:password@host:587."
    )
vars().update(
    config.parsed(
        "EMAIL_URL", EMAIL_URL, config.mail, "smtp://user:password@host:587, smtp+tls://… or page:", secret=True
    )
)
EMAIL_TIMEOUT = 20
MAIL_FROM = config.parsed(
    "MAIL_FROM", f"approvals@{PUBLIC_HOST.split(':')[0]}", config.mailbox, "an address such as approvals@example.org"
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM

MAIL_WEBHOOK_SECRET = config.parsed(
    "MAIL_WEBHOOK_SECRET", "", config.pair, "name:password, the password of 16 characters or more", secret=True
)
"""Unset, no mail service can report deliveries: the address does not exist."""
ANYMAIL = {"WEBHOOK_SECRET": MAIL_WEBHOOK_SECRET}

# Words, times and numbers ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]


TIME_ZONE = config.parsed("TIME_ZONE", "UTC", config.zone, "a name such as Europe/Dublin")
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = ["mdeprep.formats"]

# Pages ----------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = config.parsed(
    "STATIC_ROOT", str(DATA_DIR / "static"), config.place, "a folder, or a place where one can be made"
)
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap", Path(bootstrap_wrapper.__file__).resolve().parent.parent / "bootstrap" / "css"),
]
STATICFILES_FINDERS = ["mdeprep.staticfiles.OfFolders", "mdeprep.staticfiles.OfPackages"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "mdeprep.staticfiles.Manifest"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages name no others, and each file kept is compressed twice
MEDIA_ROOT = DATA_DIR / "uploads"
FILE_UPLOAD_PERMISSIONS = 0o600  # an export names devices until it is applied
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's arrows and ticks, which its style sheet holds itself
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if IS_SECURE:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOG_LEVEL = config.parsed("LOG_LEVEL", "WARNING", config.log_level, "DEBUG, INFO, WARNING or ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
