"""The commands, gathered."""

from __future__ import annotations

import typer

from opticals.cli import cuts, diff, host, look, models, presets, queue, relink, work
from opticals.cli.settings import settings
from opticals.cli.watch import watch

app = typer.Typer(
    name="opticals",
    help="AI effects for a range of a shot of an edit: rendered, verified, cut back in.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help starts faster and reads well in any terminal
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(look.shots)
app.command()(look.effects)
app.command()(look.probe)
app.command()(work.render)
app.command()(work.place)
app.command()(work.switch)
app.command()(work.pull)
app.command()(cuts.cuts)
app.command()(relink.relink)
app.command()(look.verify)
app.command()(diff.diff)
app.command()(watch)
app.add_typer(queue.app, name="queue")
app.add_typer(host.app, name="host")
app.add_typer(models.app, name="models")
app.add_typer(presets.app, name="presets")
app.command()(settings)
app.command()(look.doctor)
app.command()(look.panel)
app.command()(look.demo)
