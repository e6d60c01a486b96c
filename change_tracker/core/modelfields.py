"""Fields of models that databases of ours would otherwise treat in different ways."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.lookups import IContains

if TYPE_CHECKING:
    CharField = models.CharField[str, str]
else:
    # Django's class takes no type arguments at run time.
    CharField = models.CharField


class KeyField(CharField):
    """A key of somebody else's, two of which are the same when every character is.

    MariaDB would take A1 for a1, ü for u and one emoji for another.
    """

    def db_parameters(self, connection: Any) -> Any:
        """The column, compared by what is stored in it."""
        found: Any = super().db_parameters(connection)
        return found | {"collation": "utf8mb4_bin"} if connection.vendor == "mysql" else found


@KeyField.register_lookup
class ContainsInAnyCase(IContains):
    """People who search do not care how a key is written."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        """As MariaDB compares other text."""
        sql, parameters = super().process_lhs(compiler, connection, lhs)
        if connection.vendor == "mysql":
            sql = f"{sql} COLLATE utf8mb4_general_ci"
        return sql, parameters
