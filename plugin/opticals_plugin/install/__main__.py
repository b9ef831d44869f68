"""`python -m opticals_plugin.install install|uninstall|status [HOST]... [--dry-run] [--json]`: what
`opticals host` runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

from opticals.errors import OpticalsError
from opticals_plugin.install import acts
from opticals_plugin.install.acts import Report, State
from opticals_plugin.install.machine import Machine

# What a state asks for.
REMEDIES = {
    State.OLDER: "“opticals host install {host}” brings it to this version.",
    State.CHANGED: "“opticals host install {host}” writes ours again, and keeps yours as .bak.",
    State.DAMAGED: "Files of it are gone: “opticals host install {host}” writes them again.",
}


def main(argv: Sequence[str] | None = None, machine: Machine | None = None) -> int:
    """Its exit status: 1 if anything failed, or nothing could be installed."""
    asked = _parser().parse_args(argv)
    machine = machine or Machine()
    try:
        if asked.act == "status":
            reports = acts.status(asked.hosts, machine)
        else:
            act = acts.install if asked.act == "install" else acts.uninstall
            reports = act(asked.hosts, machine, dry=asked.dry_run)
    except OpticalsError as error:
        if asked.json:
            sys.stdout.write(json.dumps(error.to_json(), indent=1) + "\n")
        else:
            sys.stderr.write(f"{error}\n")
        return 1
    if asked.json:
        document = [one.to_json() for one in reports]
        sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    else:
        for line in _said(asked.act, reports, asked.dry_run):
            sys.stdout.write(line + "\n")
    failed = any(one.error is not None for one in reports)
    nothing = asked.act == "install" and not any(one.target.files for one in reports)
    return 1 if failed or nothing else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opticals host")
    parser.add_argument("act", choices=("install", "uninstall", "status"))
    parser.add_argument("hosts", nargs="*", metavar="HOST")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser


def _said(act: str, reports: Sequence[Report], dry: bool) -> Iterator[str]:
    for one in reports:
        target = one.target
        usable = [found for found in target.programs if not found.why]
        state = f" · {one.state}" if act == "status" or one.state is not State.ABSENT else ""
        yield f"{target.host}{state}"
        if not target.programs:
            yield "  No such program is found on this machine."
        for found in target.programs:
            version = f" {found.version}" if found.version else ", version unknown"
            yield f"  {found.program}{version} ({found.where})"
            if found.why:
                yield f"    cannot be used: {found.why}"
        if one.error is not None:
            yield from (f"  {line}" for line in str(one.error).splitlines())
            continue
        if act == "status" and one.state in REMEDIES:
            yield f"  {REMEDIES[one.state].format(host=target.host)}"
        would = "would be " if dry else ""
        done = one.outcome
        if act == "install" and usable:
            yield from (f"  {line}" for line in target.does)
            yield f"  {_files(done.written)} {would}written, {len(done.same)} there already."
        if act == "uninstall":
            yield f"  {_files(done.removed)} {would}removed."
        elif done.removed:
            yield f"  {_files(done.removed)} of an older version {would}removed."
        for path, to in done.kept.items():
            yield f"  You changed {path}: it {'would be' if dry else 'is'} kept as {to.name}."
        if act == "install" and usable:
            yield from (f"  {line}" for line in target.then)


def _files(found: Sequence[object]) -> str:
    return "1 file" if len(found) == 1 else f"{len(found)} files"


if __name__ == "__main__":
    sys.exit(main())
