"""Configures Sphinx for the site, which `docs/site/build.py` assembles and builds."""

from __future__ import annotations

from lydite import __version__

project = "Lydite"
author = copyright = "The Lydite authors"  # noqa: A001  (Sphinx's own name)
version = release = __version__

extensions = ["myst_parser", "sphinx_copybutton"]
root_doc = "index"
nitpicky = True
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
highlight_language = "text"
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "pydata_sphinx_theme"
html_title = f"Lydite {__version__}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "logo": {"text": "Lydite"},
    "header_links_before_dropdown": 6,
    "navbar_align": "left",
    "navbar_persistent": ["search-button"],
    "navbar_end": ["theme-switcher"],
    "show_toc_level": 2,
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": [],
    "navigation_with_keys": False,
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
