"""What is checked of values on pages, in the API, in the admin and by services alike."""

from django.core.validators import URLValidator

_opens_by_itself = URLValidator(schemes=("http", "https"))


def web_address(value: str) -> None:
    """Raise ValidationError unless it is the address of a web page, which any browser opens.

    No URLValidator itself: REST framework leaves those of a column out, and checks by its own.
    """
    _opens_by_itself(value)
