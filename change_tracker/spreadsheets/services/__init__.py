"""The register of an initiative as a spreadsheet: out, and in again."""
