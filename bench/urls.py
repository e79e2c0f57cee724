"""The addresses of the product, and the bare list."""

from django.urls import path

from bench.bare import bare_list
from mdeprep import urls

urlpatterns = [path("bench/bare/", bare_list, name="bare_list"), *urls.urlpatterns]
handler429 = urls.handler429
