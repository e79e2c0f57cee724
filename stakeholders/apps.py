from django.apps import AppConfig


class StakeholdersConfig(AppConfig):
    name = "stakeholders"
    verbose_name = "Stakeholders and approvals"

    def ready(self) -> None:
        from projects import plan
        from stakeholders.plan import SECTION, read_matrix
        from stakeholders.rules import story

        plan.add_section(SECTION, read_matrix)
        story.tell()
