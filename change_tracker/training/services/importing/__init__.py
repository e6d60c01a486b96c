"""Past records from another learning system: check everything, then apply it or nothing."""

from change_tracker.core.tables import RefusedImportError
from change_tracker.training.services.importing.lines import COLUMNS, REQUIRED
from change_tracker.training.services.importing.results import RecordsImport
from change_tracker.training.services.importing.running import import_records

__all__ = ["COLUMNS", "REQUIRED", "RecordsImport", "RefusedImportError", "import_records"]
