from projects.forms.asked import (
    AnswerForm,
    DeclineForm,
    QuestionForm,
    UnknownForm,
    UploadAskedForm,
    UploadOfAskedForm,
)
from projects.forms.fields import CountField, NamesWhatIsMissing
from projects.forms.imports import ColumnsForm, LeaveOutForm, UploadForm, role_in_words
from projects.forms.names import NameForm, short_choices
from projects.forms.present import PresentAccessForm
from projects.forms.project import ArchiveForm, DayForm, FactsForm, OwnerForm, PersonForm, ShareForm
from projects.forms.removal import RemovalForm, TakeBackForm
from projects.forms.rows import AsideForm, RowForm, Surroundings, WhyForm, label_of

__all__ = [
    "AnswerForm",
    "ArchiveForm",
    "AsideForm",
    "ColumnsForm",
    "CountField",
    "DayForm",
    "DeclineForm",
    "FactsForm",
    "LeaveOutForm",
    "NameForm",
    "NamesWhatIsMissing",
    "OwnerForm",
    "PersonForm",
    "PresentAccessForm",
    "QuestionForm",
    "RemovalForm",
    "RowForm",
    "ShareForm",
    "Surroundings",
    "TakeBackForm",
    "UnknownForm",
    "UploadAskedForm",
    "UploadForm",
    "UploadOfAskedForm",
    "WhyForm",
    "label_of",
    "role_in_words",
    "short_choices",
]
