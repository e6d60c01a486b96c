"""A form of a page that is sent twice is taken once: two taps on a phone, a reload on a train.

Django writes its protection against forged forms anew into each page that it renders. So what comes
with the same one and the same values is the same form, sent again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from change_tracker.core.access import key_of
from change_tracker.core.idempotency import claim, digest_of, forget
from change_tracker.core.models import IdempotencyKey
from change_tracker.core.toasts import Toast, left_toast

R = TypeVar("R", bound=HttpResponseBase)
#: The field of Django's protection against forged forms.
CSRF = "csrfmiddlewaretoken"
#: What marks the keys of forms: each is its own digest.
FORM = ""
#: Which form was sent twice, for the page to which the second one leads; a minute at most.
COOKIE = "change_tracker_sent"


def taken_once(
    request: HttpRequest, respond: Callable[[], R], *, now: datetime
) -> R | HttpResponse:
    """What `respond` answers, in one transaction; where the form that came is the one that its
    sender sent last, and it was taken: on to where it led then.

    Who comes while it is being taken waits for that, and reads on the next page what was left there
    for the first one, who never saw it (`said_of_the_first`). A page that is answered instead, such
    as the form with what is wrong in it, was not taken; and neither is what raises.

    Without the field of Django's protection nothing tells two forms apart: each is taken. So is
    each with a file: it goes to a storage that may be far away, for which no transaction waits.
    """
    user: Any = request.user
    if CSRF not in request.POST or not user.is_authenticated:
        return respond()
    key = digest_of(request.get_full_path(), dict(request.POST.lists()))
    # Who has sent another one since, such as Undo, means it when they send this one once more.
    forget(now=now, also=Q(user_id=key_of(user), digest=FORM) & ~Q(key=key))
    if request.FILES:
        return respond()
    with transaction.atomic():
        kept, is_first = claim(user=user, key=key, digest=FORM, now=now)
        if not is_first:
            return _lead_on(request, key, kept.answer)
        response = respond()
        if response.status_code == 302:
            kept.answer = {"url": response["Location"], "toast": left_toast(request)}
            kept.save(update_fields=["answer"])
        else:
            kept.delete()
    return response


def said_of_the_first(request: HttpRequest) -> Toast | None:
    """What was left for the first of two, where the second one led to this page."""
    key = request.COOKIES.get(COOKIE, "")
    if not (key.isascii() and key.isalnum()):
        return None
    mine = IdempotencyKey.objects.filter(user_id=key_of(request.user), digest=FORM, key=key)
    answer: Any = mine.values_list("answer", flat=True).first()
    return Toast(**answer["toast"]) if answer and answer["toast"] else None


def forget_the_second(request: HttpRequest, response: HttpResponseBase) -> None:
    """A page that was shown has said it."""
    if COOKIE in request.COOKIES and response.status_code == 200:
        response.delete_cookie(COOKIE)


def _lead_on(request: HttpRequest, key: str, answer: Any) -> HttpResponse:
    response = redirect(answer["url"])
    if answer["toast"]:
        # Not left in the session: the page of the first one, which the browser has given up, may
        # be taking it from there in this moment.
        response.set_cookie(
            COOKIE,
            key,
            max_age=timedelta(minutes=1),
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response
