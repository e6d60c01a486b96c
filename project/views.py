"""The mailbox pages: what the demonstration would have sent, and to whom."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from project.models import Mail

MAILS_PER_PAGE = 50
# A mail may style itself and lead elsewhere when its link is clicked; it may do nothing else.
SANDBOX = "allow-top-navigation-by-user-activation"
MAIL_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox {SANDBOX}"


def mailbox(request: HttpRequest) -> HttpResponse:
    """Newest mail first; `?to=` keeps what went to addresses that contain it."""
    to = request.GET.get("to", "").strip()
    mails = Mail.objects.addressed_to(to).defer("source")
    page = Paginator(mails, MAILS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "mailbox/list.html", {"page": page, "to": to})


def mail(request: HttpRequest, pk: int) -> HttpResponse:
    context = {"mail": get_object_or_404(Mail, pk=pk), "sandbox": SANDBOX}
    return render(request, "mailbox/mail.html", context)


@xframe_options_sameorigin
def mail_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part on its own, for a frame: links open in the whole window, scripts never run."""
    html = get_object_or_404(Mail, pk=pk).html
    with_base = html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(with_base, headers={"Content-Security-Policy": MAIL_POLICY})
