"""What people refuses in more than one of its services."""

from django.utils.translation import gettext_lazy as _

from change_tracker.core.errors import ChangeTrackerError


class ChangedSincePreviewError(ChangeTrackerError):
    """What would happen is no longer what was shown."""

    code = "changed_since_preview"

    def __init__(self) -> None:
        super().__init__(
            _(
                "People or groups were changed after this was previewed. Nothing was applied; "
                "look at a new preview."
            )
        )
