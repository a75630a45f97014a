"""All settings, each from the environment with a safe default. A wrong value stops the start with one sentence."""

import os
import secrets
import sys
from pathlib import Path
from typing import Any, Literal

import dj_database_url
import django_stubs_ext
from django.utils.translation import gettext_lazy as _
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# Generic classes such as ModelForm[Row] may be named at run time as well.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[3]


class Environment(BaseSettings):
    """What the environment may set. Names are PILOTWERK_<FIELD>, but for DATABASE_URL."""

    model_config = SettingsConfigDict(env_prefix="PILOTWERK_", extra="ignore")

    data_dir: Path = BASE_DIR / "var"
    secret_key: str = ""
    debug: bool = False
    allowed_hosts: str = "localhost,127.0.0.1,[::1]"
    public_url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^/\s]+$")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    sqlite_synchronous: Literal["FULL", "NORMAL"] = "FULL"
    # Who keeps work that waits: rows of our own, or Procrastinate's (PostgreSQL only). See docs/adr/0017.
    queue: Literal["auto", "leased", "procrastinate"] = "auto"
    upload_max_mb: int = Field(default=100, ge=1, le=2000)
    # Servers ("db.example", "10.0.0.5:5432", or "*") from which companies may read tables; none by default.
    sql_hosts: str = ""
    # A folder with SQLite files that companies may read; none by default.
    sql_folder: Path | None = None
    # A folder (such as a mounted share) below which connections exchange files, each organisation in a folder that is
    # named by its number; by default the organisation's own data folder.
    files_folder: Path | None = None
    # Servers of the own network ("mail.example.lan", "10.0.0.5", or "*") to which connections and models may lead.
    allow_private_hosts: str = ""
    signup: Literal["open", "invitation"] = "open"
    demo: Literal["auto", "on", "off"] = "auto"
    embeddings: Literal["auto", "on", "off"] = "auto"
    analytics: str = Field(default="duckdb", pattern=r"^(duckdb|spark|spark://\S+|postgresql://\S+)$")
    email_url: str = Field(default="", pattern=r"^(|smtps?://\S+|smtp\+tls://\S+)$")
    email_from: str = "pilotwerk@localhost"
    checkpoint_email: str = ""
    # Figures for Prometheus at /metrics: for requests from this machine, or with a bearer token of 16 signs or more.
    metrics: Literal["off", "loopback", "token"] = "off"
    metrics_token: str = Field(default="", validate_default=True)
    metrics_by_organisation: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("metrics_token")
    @classmethod
    def _long_token(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("metrics") == "token" and len(value) < 16:
            raise ValueError("PILOTWERK_METRICS is token, so it must have at least 16 signs")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:", "postgres:", "postgresql:")):
            raise ValueError("must begin with sqlite: or postgresql:")
        return value


def _read() -> Environment:
    try:
        return Environment()
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        name = field if field.isupper() else f"PILOTWERK_{field.upper()}"
        sys.exit(f"The setting {name} cannot be used: {first['msg']} (it is {first['input']!r}).")


env = _read()


def _secret_key() -> str:
    """The key from the environment, or one made on first start and kept beside the data with mode 600."""
    if env.secret_key:
        return env.secret_key
    path = env.data_dir / "secret.key"
    if not path.exists():
        env.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
                handle.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass
    return path.read_text(encoding="utf-8").strip()


def _database() -> dict[str, Any]:
    if env.database_url and not env.database_url.startswith("sqlite:"):
        return dict(dj_database_url.parse(env.database_url, conn_max_age=60, conn_health_checks=True))
    name = env.data_dir / "pilotwerk.sqlite3"
    parsed = dj_database_url.parse(env.database_url or f"sqlite:///{name}")
    return {
        **parsed,
        "OPTIONS": {
            # IMMEDIATE: a transaction that will write waits at its start instead of failing at its end.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={env.sqlite_synchronous};",
        },
    }


def _queue(database: dict[str, Any]) -> str:
    """The queue that is used; what the database cannot do stops the start."""
    if env.queue == "procrastinate" and not _is_postgresql(database):
        sys.exit(
            "The setting PILOTWERK_QUEUE cannot be procrastinate: that needs PostgreSQL as DATABASE_URL."
        )
    return "leased" if env.queue == "auto" else env.queue


def _is_postgresql(database: dict[str, Any]) -> bool:
    return str(database["ENGINE"]).endswith("postgresql")


PILOTWERK_DATA_DIR = env.data_dir
PILOTWERK_TENANT_MODEL = "accounts.Organisation"
PILOTWERK_UPLOAD_MAX_BYTES = env.upload_max_mb * 1024 * 1024
PILOTWERK_SQL_HOSTS = {host.strip().lower() for host in env.sql_hosts.split(",") if host.strip()}
PILOTWERK_SQL_FOLDER = env.sql_folder
PILOTWERK_FILES_FOLDER = env.files_folder
PILOTWERK_ALLOW_PRIVATE_HOSTS = {
    host.strip().lower() for host in env.allow_private_hosts.split(",") if host.strip()
}
PILOTWERK_PUBLIC_URL = env.public_url
PILOTWERK_SIGNUP = env.signup
PILOTWERK_DEMO = env.demo
PILOTWERK_EMBEDDINGS = env.embeddings
PILOTWERK_ANALYTICS = env.analytics
PILOTWERK_CHECKPOINT_EMAIL = env.checkpoint_email
PILOTWERK_METRICS = env.metrics
PILOTWERK_METRICS_TOKEN = env.metrics_token
PILOTWERK_METRICS_BY_ORGANISATION = env.metrics_by_organisation

SECRET_KEY = _secret_key()
DEBUG = env.debug
ALLOWED_HOSTS = [host.strip() for host in env.allowed_hosts.split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [env.public_url]
_secure = env.public_url.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The rooms, from below to above. tests/architecture holds them against the layers in pyproject.toml.
ROOMS = [
    "core",
    "audit",
    "accounts",
    "web",
    "company",
    "processes",
    "kpis",
    "portfolio",
    "journey",
    "governance",
    "pilots",
    "evaluation",
    "roadmap",
    "documents",
    "demo",
]

INSTALLED_APPS = [
    *(f"pilotwerk.{room}" for room in ROOMS),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

DATABASES = {"default": _database()}
PILOTWERK_QUEUE = _queue(DATABASES["default"])
if _is_postgresql(DATABASES["default"]):
    # Also where the leased rows are used, so that the queue can be chosen without a migration.
    INSTALLED_APPS.insert(0, "procrastinate.contrib.django")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pilotwerk.web.middleware.ContentSecurityPolicyMiddleware",
    "pilotwerk.web.middleware.UploadLimitMiddleware",
    "pilotwerk.accounts.middleware.RightsMiddleware",
    "pilotwerk.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "pilotwerk.project.urls"
WSGI_APPLICATION = "pilotwerk.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pilotwerk.web.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "pilotwerk.web.forms.Renderer"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional" if env.email_url else "none"
ACCOUNT_ADAPTER = "pilotwerk.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "pilotwerk.accounts.forms.SignupForm"}
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Pilotwerk"

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
TIME_ZONE = "Europe/Berlin"
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = ["pilotwerk.web.formats"]

STATIC_URL = "static/"
STATIC_ROOT = None  # files are served from the rooms; nothing is collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

DEFAULT_FROM_EMAIL = env.email_from
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
if env.email_url:
    from urllib.parse import unquote, urlsplit

    _mail = urlsplit(env.email_url)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 587 if _mail.scheme == "smtp+tls" else 25)
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
    EMAIL_TIMEOUT = 20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"pilotwerk": {"level": env.log_level}},
}
