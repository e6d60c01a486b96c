"""The intranet's own pages: its start, its brand, and the mailbox of what would have been sent."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext, pgettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from project.models import Mail
from project.mornings import next_morning, run_morning

BRANDS = {"harbour"}
MAILS_PER_PAGE = 25
# A mail may style itself and lead elsewhere when its link is clicked; it may do nothing else.
SANDBOX = "allow-top-navigation-by-user-activation"
MAIL_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox {SANDBOX}"


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The start page, with what there is to do."""
    return render(request, "home.html")


@require_POST
def brand(request: HttpRequest) -> HttpResponse:
    """Wear another brand, or the own one again, and go back to where one was."""
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = reverse("home")
    response = redirect(back)
    wanted = request.POST.get("brand", "")
    if wanted in BRANDS:
        response.set_cookie("brand", wanted, samesite="Lax")
    else:
        response.delete_cookie("brand")
    return response


def mailbox(request: HttpRequest) -> HttpResponse:
    """Newest mail first; `?q=` keeps what has all its words in recipients or subject."""
    asked = request.GET.get("q", "").strip()
    mails = Mail.objects.about(asked).defer("source")
    page = Paginator(mails, MAILS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "q": asked, "morning": long_day(next_morning(timezone.now()))}
    return render(request, "mailbox/list.html", context)


@require_POST
def morning(request: HttpRequest) -> HttpResponse:
    """Run the next working morning, and say what left."""
    at = next_morning(timezone.now())
    count = run_morning(at)
    text = ngettext(
        "%(day)s at eight: %(count)s mail left. It is on top of the list.",
        "%(day)s at eight: %(count)s mails left. They are on top of the list.",
        count,
    )
    if not count:
        text = gettext("%(day)s at eight: nothing was due, so no mail left.")
    messages.success(request, text % {"day": long_day(at), "count": count})
    return redirect("mailbox")


def long_day(at: datetime) -> str:
    """Weekday, day and month ("Friday 20 November")."""
    letters = pgettext("long date, in the letters of Django's date filter", "l j F")
    return date_format(at.date(), letters)


def mail(request: HttpRequest, pk: int) -> HttpResponse:
    context = {"mail": get_object_or_404(Mail, pk=pk), "sandbox": SANDBOX}
    return render(request, "mailbox/mail.html", context)


@xframe_options_sameorigin
def mail_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part on its own, for a frame: links open in the whole window, scripts never run."""
    html = get_object_or_404(Mail, pk=pk).html
    with_base = html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(with_base, headers={"Content-Security-Policy": MAIL_POLICY})
