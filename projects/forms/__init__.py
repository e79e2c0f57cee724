from projects.forms.fields import CountField
from projects.forms.imports import LeaveOutForm, UploadForm
from projects.forms.project import ArchiveForm, DayForm, FactsForm, OwnerForm, PersonForm, ShareForm
from projects.forms.rows import AsideForm, RowForm, Surroundings, WhyForm, label_of

__all__ = [
    "ArchiveForm",
    "AsideForm",
    "CountField",
    "DayForm",
    "FactsForm",
    "LeaveOutForm",
    "OwnerForm",
    "PersonForm",
    "RowForm",
    "ShareForm",
    "Surroundings",
    "UploadForm",
    "WhyForm",
    "label_of",
]
