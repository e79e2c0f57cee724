"""What a web server runs."""

import gc
import os

gc.disable()  # nothing that is imported is garbage: to look for some takes an eighth of the start

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import get_resolver  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mdeprep.settings")
application = get_wsgi_application()
assert get_resolver().url_patterns  # the pages, too
gc.freeze()
gc.enable()
