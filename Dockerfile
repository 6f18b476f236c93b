# The image in which a worker runs this repository's flows on Prefect 3: their packages, no code (that comes from where
# `register` put it). The base is an argument: docker build --build-arg BASE=python:3.12-slim .
ARG BASE=python:3.11-slim
FROM ${BASE}

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

COPY requirements.txt /tmp/requirements.txt
RUN pip install --require-hashes --compile -r /tmp/requirements.txt && rm /tmp/requirements.txt

RUN useradd --create-home --uid 1000 prefect
USER prefect
WORKDIR /home/prefect
