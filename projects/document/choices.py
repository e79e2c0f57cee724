"""Closed sets of values in a plan, with the words that the screens show for them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProjectKind(TextChoices):
    DEPLOYMENT = "deployment", _("New deployment")
    MIGRATION = "migration", _("Migration")


class Plan(TextChoices):
    P1 = "P1", _("Defender for Endpoint Plan 1")
    P2 = "P2", _("Defender for Endpoint Plan 2")


class Architecture(TextChoices):
    NOT_CHOSEN = "", _("not chosen yet")
    CLOUD_NATIVE = "cloud_native", _("cloud-native (Intune)")
    CO_MANAGEMENT = "co_management", _("co-management (Configuration Manager and Intune)")
    ON_PREMISES = "on_premises", _("on-premises (Configuration Manager or Group Policy)")
    EVALUATION = "evaluation", _("evaluation (local script)")


class Geography(TextChoices):
    NOT_CHOSEN = "", _("not chosen yet")
    EU = "eu", _("European Union")
    UK = "uk", _("United Kingdom")
    US = "us", _("United States")
    AU = "au", _("Australia")
    UAE = "uae", _("United Arab Emirates")


class Terminology(TextChoices):
    CURRENT = "current", _("current names (Entra)")
    SEED = "seed", _("earlier names (Azure AD)")


class DeviceKind(TextChoices):
    COMPUTER = "computer", _("Computers")
    MOBILE = "mobile", _("Phones, tablets")
    SERVER = "server", _("Servers")


class Engine(TextChoices):
    INTUNE = "intune", "Intune"
    CONFIGURATION_MANAGER = "configuration_manager", "Configuration Manager"
    GROUP_POLICY = "group_policy", "Group Policy"
    JAMF = "jamf", "Jamf"
    ANSIBLE = "ansible", "Ansible"
    PUPPET = "puppet", "Puppet"
    CHEF = "chef", "Chef"
    DEFENDER_FOR_CLOUD = "defender_for_cloud", "Defender for Cloud"
    OTHER = "other", _("other")


class RunBy(TextChoices):
    IN_HOUSE = "in_house", _("in-house")
    PROVIDER = "provider", _("provider")


class Cover(TextChoices):
    NOT_SAID = "", _("not said yet")
    WORKING_HOURS = "working_hours", _("working hours")
    ON_CALL = "on_call", _("on call outside working hours")
    ALWAYS = "always", _("around the clock")


class Platform(TextChoices):
    WINDOWS_CLIENTS = "windows_clients", _("Windows clients")
    WINDOWS_SERVERS = "windows_servers", _("Windows servers")
    MACOS = "macos", "macOS"
    LINUX = "linux", "Linux"
    MOBILE = "mobile", _("phones and tablets")


class ProtectionKind(TextChoices):
    ANTIVIRUS = "antivirus", _("antivirus (AV)")
    EDR = "edr", _("detection and response (EDR)")
    OTHER = "other", _("other")
    NONE = "none", _("none recorded")


class Fate(TextChoices):
    UNDECIDED = "", _("not decided")
    REPLACE = "replace", _("replace")
    PASSIVE = "passive", _("keep, Defender passive beside it")
    KEEP = "keep", _("keep")


class ImpactArea(TextChoices):
    TECHNOLOGY = "technology", _("technology")
    PROCESS = "process", _("process")


class Bought(TextChoices):
    BOUGHT = "bought", _("bought")
    TRIAL = "trial", _("trial")
    QUOTED = "quoted", _("quote asked")


class AccessModel(TextChoices):
    UNDECIDED = "", _("not decided")
    BASIC = "basic", _("basic permissions")
    CLASSIC = "classic", _("classic RBAC")
    UNIFIED = "unified", _("unified RBAC")


class AssigneeKind(TextChoices):
    GROUP = "group", _("group")
    PERSON = "person", _("person")


class HeldHow(TextChoices):
    ELIGIBLE = "eligible", _("eligible (activated when needed)")
    ACTIVE = "active", _("active (always on)")


class HeldFor(TextChoices):
    PERMANENT = "permanent", _("permanent")
    TEMPORARY = "temporary", _("until a date")


class Remediation(TextChoices):
    NONE = "none", _("no automatic remediation")
    SEMI = "semi", _("semi: approval for all folders")
    SEMI_NON_TEMPORARY = "semi_non_temporary", _("semi: approval but for temporary folders")
    SEMI_SYSTEM = "semi_system", _("semi: approval for system folders")
    FULL = "full", _("full")


class RuleOn(TextChoices):
    NAME = "name", _("device name")
    DOMAIN = "domain", _("domain")
    TAG = "tag", _("tag")
    SYSTEM = "os", _("operating system")


class RuleHow(TextChoices):
    IS = "is", _("is")
    STARTS = "starts", _("starts with")
    ENDS = "ends", _("ends with")
    CONTAINS = "contains", _("contains")


class Approach(TextChoices):
    UNDECIDED = "", _("not chosen yet")
    STREAMLINED = "streamlined", _("streamlined (one domain)")
    STANDARD = "standard", _("standard (list of addresses)")


class RouteStatus(TextChoices):
    UNKNOWN = "unknown", _("unknown")
    OPEN = "open", _("open")
    REQUESTED = "requested", _("requested")
    VERIFIED = "verified", _("verified")


class StepState(TextChoices):
    OPEN = "open", _("open")
    DONE = "done", _("done")


class TimelineKind(TextChoices):
    MILESTONE = "milestone", _("milestone")
    TASK = "task", _("task")
    RING = "ring", _("deployment ring")


class Phase(TextChoices):
    PREPARE = "prepare", _("Prepare")
    SETUP = "setup", _("Setup")
    ONBOARD = "onboard", _("Onboard")
