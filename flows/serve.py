"""A Prefect server and a worker on this machine alone, with the deployments registered: `make serve`."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import click

from flows.local import KEPT, ROOT, environment
from flows.processes import PREFECT, finds, running
from spaceledger.errors import SpaceledgerError
from spaceledger.settings import load_settings

OWN, DEMO = Path("spaceledger.toml"), Path("data-samples/spaceledger.toml")


def serve(config: Path, port: int, keep: Path) -> None:
    """Runs until Ctrl-C. Raises SpaceledgerError where a part does not start, or ends by itself."""
    home = load_settings(config).home
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        todo = "stop what listens there, or take another: make serve PORT=4300"
        raise SpaceledgerError(f"port {port}: {error.strerror}", todo=todo) from None
    keep.mkdir(mode=0o700, exist_ok=True)
    known, log = environment(port, config, keep), keep / "server.log"
    serving = f"server start --host 127.0.0.1 --port {port}"
    working = "worker start --pool spaceledger --type process"
    with running(serving, ROOT, known, log) as server:
        finds(port, "/api/health", server, log)
        with running(working, ROOT, known) as worker:
            finds(port, "/api/work_pools/spaceledger", worker, log)
            with log.open("ab") as file:
                deploy = [*PREFECT, "--no-prompt", "deploy", "--all"]
                subprocess.run(deploy, check=True, cwd=ROOT, env=known, stdout=file, stderr=file)  # noqa: S603
            click.echo(f"Prefect: http://127.0.0.1:{port}\nledger:  {home}\n"
                       f"to run one now: PREFECT_API_URL={known['PREFECT_API_URL']}"
                       " .venv/bin/prefect deployment run daily/daily\n"
                       "Ctrl-C stops both, and the runs under way; the published ledger stands")  # fmt: skip
            while server.poll() is None and worker.poll() is None:
                time.sleep(1)
    raise SpaceledgerError("the server or the worker ended by itself", todo=f"see {log}")


@click.command(epilog="Example: make serve CONFIG=spaceledger.toml PORT=4200")
@click.option(
    "--config", type=click.Path(path_type=Path), help="spaceledger.toml, or else the demo's."
)
@click.option("--port", type=click.IntRange(1024, 65535), default=4200, show_default=True)
@click.option(
    "--keep", type=click.Path(path_type=Path), default=KEPT, help="Where past runs are kept."
)
def main(config: Path | None, port: int, keep: Path) -> None:
    """Serves the deployments of this clone, for this machine alone."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    if config is None and not OWN.exists():
        click.echo(f"there is no {OWN} here yet: this serves the demo, {DEMO}")
    try:
        serve((config or (OWN if OWN.exists() else DEMO)).expanduser().absolute(), port, keep)
    except (SpaceledgerError, subprocess.CalledProcessError) as error:
        sys.exit(f"spaceledger: {error.line() if isinstance(error, SpaceledgerError) else error}")
    except KeyboardInterrupt:
        click.echo("stopped")


if __name__ == "__main__":
    main()
