"""Organisations, the people in them, and invitations."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock
from pilotwerk.core.models import TenantModel
from pilotwerk.core.permissions import Permission, Role

ROLE_LABELS = {
    Role.OWNER: _("Managing director"),
    Role.LEAD: _("AI lead"),
    Role.CLERK: _("Clerk"),
    Role.AUDITOR: _("Data protection officer, auditor"),
    Role.EMPLOYEE: _("Employee"),
}
ROLE_CHOICES = [(role.value, label) for role, label in ROLE_LABELS.items()]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in with the e-mail address; may belong to several organisations."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("E-mail address"), unique=True)
    name = models.CharField(_("Name"), max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email


class Country(models.TextChoices):
    DE = "DE", _("Germany")
    AT = "AT", _("Austria")
    CH = "CH", _("Switzerland")


class Organisation(models.Model):
    """One company: the tenant. Everything else belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("Name of the company"), max_length=120)
    country = models.CharField(_("Country"), max_length=2, choices=Country.choices, default=Country.DE)
    region = models.CharField(_("State or canton"), max_length=4, blank=True)
    timezone = models.CharField(max_length=40, default="Europe/Berlin")
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def home(self) -> str:
        """The address of the organisation's first page."""
        return reverse("home", kwargs={"organisation": self.slug})

    def url(self, view: str, *args: Any, **kwargs: Any) -> str:
        """The address of a page inside this organisation: `organisation.url("room:page")`."""
        if args:
            return reverse(view, args=[self.slug, *args])
        return reverse(view, kwargs={"organisation": self.slug, **kwargs})


class Membership(TenantModel):
    """A person in an organisation, in one role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("Role"), max_length=10, choices=ROLE_CHOICES)
    team = models.CharField(_("Team"), max_length=60, blank=True)

    class Meta:
        ordering = ["user__name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="one_membership_each"),
        ]

    def __str__(self) -> str:
        return f"{self.user.name} ({self.get_role_display()})"

    @property
    def actor(self) -> Actor:
        """This person as the audit trail names them."""
        return Actor(kind="member", id=str(self.user_id), name=self.user.name)

    def may(self, right: Permission) -> bool:
        """Whether this role has the right."""
        return Role(self.role) in right.roles


class Invitation(TenantModel):
    """A link that lets one person join. Only a hash of its token is kept."""

    email = models.EmailField(_("E-mail address"))
    role = models.CharField(_("Role"), max_length=10, choices=ROLE_CHOICES)
    team = models.CharField(_("Team"), max_length=60, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        """Whether the link still works."""
        return not (self.accepted_at or self.withdrawn_at) and self.expires_at > clock.now()
