# syntax=docker/dockerfile:1
ARG PYTHON=3.13

# What runs is made here, in the place where it will lie, and copied whole.
FROM python:${PYTHON}-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONNODEBUGRANGES=1
# With every optional part; `--build-arg LOCK=requirements.lock` leaves them out.
ARG LOCK=requirements-extras.lock
WORKDIR /src
RUN python -m venv /opt/signalbox
COPY requirements.lock requirements-extras.lock ./
RUN /opt/signalbox/bin/python -m pip install --require-hashes -r ${LOCK}
COPY pyproject.toml README.md LICENSE ./
COPY config/ config/
COPY storage/ storage/
COPY dialects/ dialects/
COPY ledger/ ledger/
COPY caching/ caching/
COPY guardrails/ guardrails/
COPY routing/ routing/
COPY agentloop/ agentloop/
COPY gateway/ gateway/
# The build backend comes from the lock too, so this needs no network. Then it leaves, and pip with it.
# Bytecode is compiled now and trusted unchecked, because the last stage cannot write any.
RUN /opt/signalbox/bin/python -m pip install --no-index --no-deps --no-build-isolation . \
    && /opt/signalbox/bin/python -m pip check \
    && /opt/signalbox/bin/python -m pip uninstall --quiet --yes \
        editables hatchling packaging pathspec pluggy trove-classifiers pip \
    && python -m compileall -q -f --invalidation-mode unchecked-hash /opt/signalbox/lib \
    && cd /opt && /opt/signalbox/bin/python -c 'from ledger.public_prices import public_prices; public_prices()'

FROM python:${PYTHON}-slim-bookworm
LABEL org.opencontainers.image.title="Signalbox" \
      org.opencontainers.image.description="An LLM gateway with exact money" \
      org.opencontainers.image.licenses="Apache-2.0"
# A fixed number, so that a volume's owner is the same on every machine and Kubernetes can see that it is not root.
RUN groupadd --gid 10001 signalbox \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/signalbox --shell /usr/sbin/nologin signalbox \
    && install --directory --owner 10001 --group 10001 --mode 0750 /var/lib/signalbox
# The base image comes without bytecode; without this every start would compile the standard library again.
RUN python -m compileall -q -x '/(test|tests|idlelib|ensurepip|site-packages)/' /usr/local/lib/python3*
COPY --from=build /opt/signalbox /opt/signalbox
ENV PATH=/opt/signalbox/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SIGNALBOX_STATE=/var/lib/signalbox
USER 10001:10001
WORKDIR /var/lib/signalbox
VOLUME /var/lib/signalbox
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
ENTRYPOINT ["signalbox"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080", "--state", "/var/lib/signalbox"]
