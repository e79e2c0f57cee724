from projects.forms.fields import CountField
from projects.forms.imports import ColumnsForm, LeaveOutForm, UploadForm, role_in_words
from projects.forms.names import NameForm, short_choices
from projects.forms.project import ArchiveForm, DayForm, FactsForm, OwnerForm, PersonForm, ShareForm
from projects.forms.rows import AsideForm, RowForm, Surroundings, WhyForm, label_of

__all__ = [
    "ArchiveForm",
    "AsideForm",
    "ColumnsForm",
    "CountField",
    "DayForm",
    "FactsForm",
    "LeaveOutForm",
    "NameForm",
    "OwnerForm",
    "PersonForm",
    "RowForm",
    "ShareForm",
    "Surroundings",
    "UploadForm",
    "WhyForm",
    "label_of",
    "role_in_words",
    "short_choices",
]
