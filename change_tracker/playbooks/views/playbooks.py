"""The playbooks that there are, and one of them."""

from typing import Any

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404

from change_tracker.core.conf import get_conf
from change_tracker.core.pages import PageMixin
from change_tracker.playbooks.queries import may_get, playbooks_for, uses_of
from change_tracker.playbooks.services.proposing import actions_of, items_of
from change_tracker.playbooks.wording import offset_words, own_words
from change_tracker.training.duewords import due_rule_words


class PlaybooksPage(PageMixin):
    """Every playbook that the caller may read."""

    template_name = "change_tracker/playbooks/list.html"
    tab = "initiatives"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One `page` of them."""
        rows = playbooks_for(self.user)
        page = Paginator(rows, get_conf().page_size).get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, playbooks=page.object_list, **kwargs)


class PlaybookPage(PageMixin):
    """What is in it, where it comes from, where it is applied and where it can be."""

    template_name = "change_tracker/playbooks/playbook.html"
    tab = "initiatives"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`playbook` with its `actions` and `items` in words, `uses` and `targets`."""
        playbook = get_object_or_404(playbooks_for(self.user), slug=self.kwargs["slug"])
        rule = due_rule_words(playbook, self.today)
        items = [
            (row, due_rule_words(row, self.today) if row.due_rule else rule)
            for row in items_of(playbook)
        ]
        return super().get_context_data(
            playbook=playbook,
            actions=[
                (row, offset_words(row.days), own_words(row))
                for row in actions_of(playbook).prefetch_related("units")
            ],
            items=items,
            uses=list(uses_of(playbook, self.user)),
            targets=list(may_get(playbook, self.user)),
            **kwargs,
        )
