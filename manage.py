#!/usr/bin/env python
"""Django's command line for mdeprep."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mdeprep.settings")
    from django.core.management import execute_from_command_line

    from mdeprep.config import WrongSetting

    try:
        execute_from_command_line(sys.argv)
    except WrongSetting as wrong:
        sys.exit(f"mdeprep: {wrong}")
