# The image in which workers run this repository's flows: their packages, no code (that comes from where `register` put it).
# How to build it for other versions, and how to renew the digest: docs/docker.md.
ARG PYTHON_VERSION=3.11
ARG PYTHON_DIGEST=@sha256:9c900dea9e8fb7e16277c179b555cc72d29a352dbc33cff48ad5a0412fd5bfc7
ARG BASE=python:${PYTHON_VERSION}-slim${PYTHON_DIGEST}
FROM ${BASE}

ARG PYTHON_VERSION
ENV PYTHONUNBUFFERED=1
RUN python3 -c "import sys; v = '%d.%d' % sys.version_info[:2]; sys.exit(v != '${PYTHON_VERSION}' and 'The base has Python ' + v + ', PYTHON_VERSION says ${PYTHON_VERSION}: set PYTHON_DIGEST to that of its own base, or to nothing.')" \
 && useradd --create-home --uid 1000 prefect

# A Prefect of another version than requirements.txt pins comes without the packages of the flows.
ARG PREFECT_VERSION
# pip's own settings: another index, or the wheels that lie in the folder `wheels`.
ARG PIP_INDEX_URL
ARG PIP_NO_INDEX
ARG PIP_FIND_LINKS
RUN --mount=type=bind,target=/context \
    if [ -n "${PREFECT_VERSION}" ]; then set -- "prefect[aws]==${PREFECT_VERSION}"; else set -- --no-deps --require-hashes -r /context/requirements.txt; fi \
 && cd /context && PIP_ROOT_USER_ACTION=ignore python3 -m pip install --no-cache-dir --disable-pip-version-check --compile "$@"

USER 1000:1000
WORKDIR /home/prefect
