from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticConfig(StaticFilesConfig):
    """Collects what pages load, and leaves out what packages bring beside it: compressing that took most of a start."""

    default = False
    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("*.md", "bootstrap.css*", "bootstrap-*", "bootstrap.rtl.*"),  # pages load bootstrap.min.css
        *("htmax*", "htmx-4*", "htmx-2.js", "ext", "guardian"),  # and htmx-2.min.js
        *("jquery.js", "select2.full.js", "xregexp.js"),  # the administration loads the short forms
    ]


class SiteConfig(AppConfig):
    name = "mdeprep"
    default = True


class AdminConfig(admin_apps.AdminConfig):
    """Django admin with our own site. Apart from the site itself, which needs the models."""

    default_site = "mdeprep.admin_site.Site"
    default = False
