# One image for the four services, the gateway and for what prepares them; the command says which one runs.
FROM python:3.13-slim AS libraries
COPY requirements/runtime.txt /requirements.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt \
    && /venv/bin/pip uninstall --yes pip

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin quadrille
COPY --from=libraries /venv /venv
WORKDIR /app
COPY schemas schemas
COPY generated/python generated/python
COPY registry registry
COPY services services
COPY telemetry telemetry
COPY gateway gateway
COPY local local
# MALLOC_ARENA_MAX: local/services.py says why.
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app:/app/generated/python \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2
# Compiled while we may still write.
RUN python -m compileall -q services telemetry gateway local registry generated/python
USER 10001
EXPOSE 9000
