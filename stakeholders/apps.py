from django.apps import AppConfig


class StakeholdersConfig(AppConfig):
    name = "stakeholders"
    verbose_name = "Stakeholders and approvals"

    def ready(self) -> None:
        from anymail.signals import tracking

        from projects import plan
        from stakeholders.deliveries import delivery_told
        from stakeholders.plan import SECTION, read_matrix
        from stakeholders.rules import story

        plan.add_section(SECTION, read_matrix)
        story.tell()
        tracking.connect(delivery_told, dispatch_uid="stakeholders.delivery_told")
