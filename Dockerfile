# The demonstration intranet in a container; see compose.yaml.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN useradd --create-home intranet
WORKDIR /srv

# What is needed first: it changes seldom, and its layer is kept.
COPY pyproject.toml README.md LICENSE ./
COPY change_tracker/__init__.py change_tracker/
RUN pip install --no-cache-dir --upgrade "pip>=25.1" \
 && pip install --no-cache-dir --editable . --group demo --group postgres

COPY manage.py ./
COPY change_tracker change_tracker
COPY project project
COPY templates templates
RUN SECRET_KEY=none python manage.py collectstatic --noinput --verbosity 0 \
 && install --directory --owner intranet .demo

USER intranet
EXPOSE 8000
