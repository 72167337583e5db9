"""The command line."""

import sys
from importlib import import_module
from typing import ClassVar

import click

from zelfscan.config import Settings, secrets_file
from zelfscan.errors import ClearError


class LazyGroup(click.Group):
    """A group that imports a command only when it is asked for: scikit-learn alone takes seconds."""

    lazy: ClassVar[dict[str, str]] = {
        "backup": "zelfscan.backup.command:backup",
        "bank": "zelfscan.banks.command:bank",
        "digitype": "zelfscan.digitypes.command:digitype",
        "invitation": "zelfscan.rounds.invitations.command:invitation",
        "log": "zelfscan.organisations.log_command:log",
        "organisation": "zelfscan.organisations.importing.command:organisation",
        "release": "zelfscan.rounds.release_command:release",
        "reliability": "zelfscan.scoring.reliability_command:reliability",
        "restore": "zelfscan.backup.command:restore_",
        "round": "zelfscan.rounds.command:round_",
        "score": "zelfscan.scoring.command:score",
        "user": "zelfscan.organisations.command:user",
    }

    def list_commands(self, context: click.Context) -> list[str]:
        """Names of all commands, sorted."""
        return sorted([*super().list_commands(context), *self.lazy])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command with this name, imported when it is a lazy one."""
        if name not in self.lazy:
            return super().get_command(context, name)
        module, attribute = self.lazy[name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=LazyGroup)
def cli() -> None:
    """Self-scans of digital skills: private for the employee, anonymous for the organisation."""


def main() -> None:
    """Run the command line; an error that a person can mend is a sentence, not a traceback."""
    try:
        cli()
    except ClearError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)


@cli.command()
def init() -> None:
    """Make secrets and tables, or bring an existing installation to this version."""
    from zelfscan.installation import initialise

    settings = Settings.from_environment()
    initialise(settings)
    click.echo(f"Ready. Secrets: {secrets_file(settings)} (make a backup: no code works without it).")


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the application."""
    from zelfscan.serving import serve as run

    run(Settings.from_environment(), host, port)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--new-passwords", is_flag=True, help="Give the demo logins new passwords, and print them.")
@click.option("--no-serve", is_flag=True, help="Only make the demo organisation.")
def demo(host: str, port: int, new_passwords: bool, no_serve: bool) -> None:
    """Fill a demo organisation, the first time, and serve it."""
    from zelfscan.demo import prepare_demo
    from zelfscan.serving import require_free
    from zelfscan.serving import serve as run

    if not no_serve:
        require_free(host, port)
    settings = Settings.from_environment().model_copy(update={"base_url": f"http://localhost:{port}"})
    welcome = prepare_demo(settings, new_passwords)
    if no_serve:
        click.echo(welcome)
    else:
        run(settings, host, port, lambda: click.echo(welcome))
