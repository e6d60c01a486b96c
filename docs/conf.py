"""How Sphinx builds these pages: `make docs`."""

project = "Change Tracker"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = project
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
