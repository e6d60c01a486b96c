"""User models as unlike Django's as those that were met."""

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class Account(AbstractBaseUser):
    """Logs in by `sub`; no username, no name, perhaps no e-mail, no permissions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sub = models.CharField(max_length=100, unique=True)
    email = models.EmailField(null=True, blank=True, unique=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "sub"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self) -> str:
        return self.sub

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse what is not valid, as one host does."""
        self.full_clean(exclude=["password"])
        super().save(*args, **kwargs)


class Member(AbstractBaseUser, PermissionsMixin):
    """The same with permissions, for a host with the admin."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sub = models.CharField(max_length=100, unique=True)
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001  as met
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    USERNAME_FIELD = "sub"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self) -> str:
        return self.sub
