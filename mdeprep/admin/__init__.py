"""Django admin: every page shows the rows of one's own tenants alone, and every write is an action."""

from mdeprep.admin import people, projects, records, teams, tenants

__all__ = ["people", "projects", "records", "teams", "tenants"]
