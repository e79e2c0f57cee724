"""Lists that forms offer: key and label. The plan stores the key."""

GEOGRAPHIES = (
    ("eu", "European Union"),
    ("uk", "United Kingdom"),
    ("us", "United States"),
    ("au", "Australia"),
    ("uae", "United Arab Emirates"),
    ("us-gov", "United States government"),
    ("other", "Other"),
)

# Microsoft's four, in its order (architecture, 2026-05-26).
ARCHITECTURES = (
    ("cloud_native", "Cloud-native"),
    ("co_management", "Co-management"),
    ("on_premises", "On-premises"),
    ("evaluation", "Evaluation and local onboarding"),
)

MANAGEMENT_ENGINES = (
    ("intune", "Microsoft Intune"),
    ("configuration_manager", "Configuration Manager"),
    ("group_policy", "Group Policy"),
    ("jamf", "Jamf Pro"),
    ("ansible", "Ansible"),
    ("puppet", "Puppet"),
    ("chef", "Chef"),
    ("saltstack", "SaltStack"),
    ("defender_for_cloud", "Defender for Cloud"),
    ("other", "Other"),
)
