# Two stages: what installs packages does not come along. Every package is pinned by its hash.
FROM python:3.13-slim-bookworm AS build
WORKDIR /mdeprep
COPY requirements-uv.txt requirements.txt ./
RUN python -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
    && .venv/bin/uv pip sync --no-cache --python .venv/bin/python --require-hashes requirements.txt \
    && .venv/bin/python -m pip uninstall --yes uv
COPY . .
# The key is needed to read the settings and ends with this step.
RUN DATA_DIR=/tmp/build STATIC_ROOT=/mdeprep/static_collected .venv/bin/python manage.py collectstatic --noinput \
    && .venv/bin/python -m compileall -q mdeprep readiness stakeholders projects tenants

FROM python:3.13-slim-bookworm
# What draws PDFs, as new as Debian has it.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-liberation libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin mdeprep \
    && install -d -o mdeprep -g mdeprep /data
COPY --from=build /mdeprep /mdeprep
WORKDIR /mdeprep
ENV PATH=/mdeprep/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    STATIC_ROOT=/mdeprep/static_collected
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "docker/healthy.py"]
CMD ["gunicorn", "mdeprep.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", \
     "--no-control-socket", "--worker-tmp-dir=/dev/shm"]
