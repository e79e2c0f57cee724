"""The addresses of the product, and the bare ones that they are compared with."""

from django.urls import path

from bench.bare import bare_insert, bare_list
from mdeprep import urls

urlpatterns = [
    path("bench/bare/", bare_list, name="bare_list"),
    path("bench/insert/", bare_insert, name="bare_insert"),
    *urls.urlpatterns,
]
handler429 = urls.handler429
