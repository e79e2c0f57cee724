"""An upload that is too large is refused by what it says of its size, before anything of it is kept."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from mdeprep.middleware import LargestRequest
from projects.importers import MOST_BYTES

pytestmark = pytest.mark.django_db
LARGE = 2 * 2**30


class _NeverRead:
    def read(self, *_size: int) -> bytes:
        raise AssertionError("The body is not to be read.")


def refused(**more):
    request = RequestFactory().generic("POST", "/projects/x/plan/environment/import/", **more)
    request.META["CONTENT_LENGTH"] = str(LARGE)
    request._stream = _NeverRead()
    request.environ["wsgi.input"] = _NeverRead()
    return LargestRequest(lambda _request: pytest.fail("It went on."))(request)


def test_two_gigabytes_are_refused_in_a_sentence_without_reading_them():
    answer = refused()
    assert (answer.status_code, answer["Connection"]) == (413, "close")
    assert f"larger than {MOST_BYTES // 2**20:,} MB" in answer.content.decode()


def test_it_stands_before_whatever_looks_into_forms(settings):
    places = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]
    assert places.index("LargestRequest") < places.index("CsrfViewMiddleware")


@pytest.mark.parametrize("size", ["", "12", "many", "-5"])
def test_any_other_request_goes_on(size):
    answer = Client().get(reverse("account_login"), CONTENT_LENGTH=size)
    assert answer.status_code == 200
