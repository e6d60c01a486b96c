"""The mailbox pages: what the demonstration would have sent, and to whom."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from project.models import Mail
from project.mornings import next_morning, run_morning

MAILS_PER_PAGE = 25
# A mail may style itself and lead elsewhere when its link is clicked; it may do nothing else.
SANDBOX = "allow-top-navigation-by-user-activation"
MAIL_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox {SANDBOX}"


def mailbox(request: HttpRequest) -> HttpResponse:
    """Newest mail first; `?q=` keeps what has all its words in recipients or subject."""
    asked = request.GET.get("q", "").strip()
    mails = Mail.objects.about(asked).defer("source")
    page = Paginator(mails, MAILS_PER_PAGE).get_page(request.GET.get("page"))
    morning = next_morning(timezone.now())
    return render(request, "mailbox/list.html", {"page": page, "q": asked, "morning": morning})


@require_POST
def morning(request: HttpRequest) -> HttpResponse:
    """Run the next working morning, and say what left."""
    at = next_morning(timezone.now())
    count = run_morning(at)
    day = date_format(at.date(), "l j F")
    text = ngettext(
        "%(day)s at eight: %(count)s mail left. It is on top of the list.",
        "%(day)s at eight: %(count)s mails left. They are on top of the list.",
        count,
    )
    if not count:
        text = gettext("%(day)s at eight: nothing was due, so no mail left.")
    messages.success(request, text % {"day": day, "count": count})
    return redirect("mailbox")


def mail(request: HttpRequest, pk: int) -> HttpResponse:
    context = {"mail": get_object_or_404(Mail, pk=pk), "sandbox": SANDBOX}
    return render(request, "mailbox/mail.html", context)


@xframe_options_sameorigin
def mail_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part on its own, for a frame: links open in the whole window, scripts never run."""
    html = get_object_or_404(Mail, pk=pk).html
    with_base = html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(with_base, headers={"Content-Security-Policy": MAIL_POLICY})
