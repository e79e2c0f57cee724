"""Every address of the site. Pages of a project are under /projects/<slug>/, from the app whose state they show."""

from __future__ import annotations

from allauth.account import views as account
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from mdeprep.views import demo, health, home, people
from projects.views import answers

accounts = [
    path("login/", account.login, name="account_login"),
    path("login/code/", account.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", account.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),  # closed: says how one gets in
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("confirm-email/", account.email_verification_sent, name="account_email_verification_sent"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.Health.as_view(), name="healthz"),
    path("", home.Home.as_view(), name="home"),
    path("answers/", answers.Answers.as_view(), name="answers"),
    path("projects/", home.ProjectList.as_view(), name="project_list"),
    path("accounts/", include(accounts)),
    path("admin/", admin.site.urls),
    path("people/left/", people.ChoosePerson.as_view(), name="choose_person"),
    path("people/<int:pk>/left/", people.PersonLeft.as_view(), name="person_left"),
    path("demo/sign-in/", demo.DemoSignIn.as_view(), name="demo_sign_in"),
    path("demo/reset/", demo.DemoReset.as_view(), name="demo_reset"),
    path("demo/mails/", demo.DemoMails.as_view(), name="demo_mails"),
    path("demo/mails/<uuid:pk>/", demo.DemoMail.as_view(), name="demo_mail"),
    path("demo/mails/<uuid:pk>/html/", demo.DemoMailHtml.as_view(), name="demo_mail_html"),
    path("", include("stakeholders.urls")),
    path("", include("readiness.urls")),
    path("", include("projects.urls")),
]

if settings.MAIL_WEBHOOK_SECRET:
    urlpatterns.append(path("mail/", include("anymail.urls")))

handler400 = "django.views.defaults.bad_request"
handler403 = "django.views.defaults.permission_denied"
handler404 = "django.views.defaults.page_not_found"
handler429 = "mdeprep.views.errors.too_many_tries"
handler500 = "django.views.defaults.server_error"
