"""The application for a WSGI server: `granian --interface wsgi wsgi:app`, with the settings of docs/settings.md."""

from zelfscan.web.app import create_app

app = create_app()
