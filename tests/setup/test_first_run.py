"""The first superuser and tenant of a real installation."""

import pytest
from django.core.management import CommandError, call_command

from tenants.models import Membership, Tenant, User

PASSWORD = "a long enough phrase"


@pytest.fixture
def password_file(tmp_path):
    (tmp_path / "password").write_text(PASSWORD + "\n")
    return str(tmp_path / "password")


def first_run(password_file, **options):
    given = {"email": "Olu@Contoso.example", "name": "Olu Adeyemi", "tenant": "Contoso", **options}
    call_command("first_run", password_file=password_file, **given)


def test_it_makes_a_superuser_who_administers_the_first_tenant(db, password_file, capsys):
    first_run(password_file)
    olu = User.objects.get()
    assert (olu.email, olu.name, olu.is_superuser, olu.is_staff) == ("olu@contoso.example", "Olu Adeyemi", True, True)
    assert olu.check_password(PASSWORD)
    assert Tenant.objects.get().slug == "contoso"
    assert Membership.objects.get().role == Membership.Role.ADMIN
    assert capsys.readouterr().out == "olu@contoso.example can sign in and is administrator of Contoso.\n"


def test_what_is_not_given_is_asked(db, monkeypatch):
    answers = iter(["olu@contoso.example", "Olu Adeyemi", "Contoso"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    monkeypatch.setattr("mdeprep.management.commands.first_run.getpass", lambda _: PASSWORD)
    call_command("first_run", tenant_slug="co")
    assert User.objects.get().check_password(PASSWORD)
    assert Tenant.objects.get().slug == "co"


def test_a_second_run_is_refused(db, password_file):
    first_run(password_file)
    with pytest.raises(CommandError, match="There is a superuser already"):
        first_run(password_file, email="eve@contoso.example")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"email": "olu"}, "--email: Enter a valid email address."),
        ({"tenant": " "}, "--tenant: This field cannot be blank."),
        ({"tenant_slug": "con toso"}, "--tenant-slug: Enter a valid"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_made(db, password_file, wrong, told):
    with pytest.raises(CommandError) as refused:
        first_run(password_file, **wrong)
    assert told in str(refused.value)
    assert not User.objects.exists()
    assert not Tenant.objects.exists()


@pytest.mark.parametrize("weak", ["short", "password1234", "olu@contoso.example"])
def test_a_weak_password_is_refused(db, tmp_path, weak):
    (tmp_path / "password").write_text(weak)
    with pytest.raises(CommandError, match="password"):
        first_run(str(tmp_path / "password"))
    assert not User.objects.exists()


def test_the_password_of_the_demonstration_is_refused_outside_it(db, tmp_path, settings):
    settings.DEMO = False
    (tmp_path / "password").write_text("mdeprep-demo")
    with pytest.raises(CommandError, match="Everybody knows this password"):
        first_run(str(tmp_path / "password"))
    assert not User.objects.exists()
