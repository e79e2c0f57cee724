from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Permission
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


@login_required
def bare_list(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/bare.html", {"rows": Permission.objects.order_by("pk")[:25]})


urlpatterns = [path("", bare_list), path("admin/", admin.site.urls)]
