from tenants.models.ledger import Chained, LedgerEntry
from tenants.models.outbox import Mail, RefusedAddress
from tenants.models.people import Membership, Provider, Team, Tenant, User

__all__ = ["Chained", "LedgerEntry", "Mail", "Membership", "Provider", "RefusedAddress", "Team", "Tenant", "User"]
