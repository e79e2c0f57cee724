#!/usr/bin/env python
"""Django's command line for mdeprep."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mdeprep.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    from mdeprep.config import WrongSetting

    try:
        execute_from_command_line(sys.argv)
    except WrongSetting as wrong:
        sys.exit(f"mdeprep: {wrong}")
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        said, _line, _statement = " ".join(str(error).split()).partition(" LINE 1: ")  # PostgreSQL quotes the statement
        sys.exit(f"mdeprep: the database (DATABASE_URL) says: {said}. Is it there, and has `manage.py migrate` run?")
