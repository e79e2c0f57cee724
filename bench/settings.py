"""The settings of the product, with one page more: the bare list that every page is compared with."""

from mdeprep.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "bench" / "templates")  # type: ignore[attr-defined]  # noqa: F405
LOGGING["root"]["level"] = "ERROR"  # type: ignore[index]  # noqa: F405
if "pool" in DATABASES["default"].get("OPTIONS", {}):  # noqa: F405
    DATABASES["default"]["OPTIONS"]["pool"]["max_size"] = 20  # noqa: F405 - writers and readers in one process
