from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class SiteConfig(AppConfig):
    name = "mdeprep"
    default = True


class AdminConfig(admin_apps.AdminConfig):
    """Django admin with our own site. Apart from the site itself, which needs the models."""

    default_site = "mdeprep.admin_site.Site"
    default = False
