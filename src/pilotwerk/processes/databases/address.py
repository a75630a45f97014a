"""Where a stored connection leads. Only to servers and files that whoever runs the installation has named."""

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from pilotwerk.core.errors import Refused
from pilotwerk.core.secrets import unseal
from pilotwerk.processes.models import DatabaseConnection
from pilotwerk.processes.reading.sql import DRIVERS

if TYPE_CHECKING:
    from sqlalchemy import URL

Dialect = DatabaseConnection.Dialect
PURPOSE = "processes.database"
DEFAULT_PORTS = {Dialect.POSTGRESQL: 5432, Dialect.MYSQL: 3306, Dialect.MSSQL: 1433}


def dialects() -> list[str]:
    """The kinds of database that the installation allows; none where nothing is set."""
    servers = [Dialect.POSTGRESQL, Dialect.MYSQL, Dialect.MSSQL] if settings.PILOTWERK_SQL_HOSTS else []
    files = [Dialect.SQLITE] if settings.PILOTWERK_SQL_FOLDER else []
    return [str(one) for one in servers + files]


def check_address(*, dialect: str, host: str, port: int | None, database: str) -> None:
    """Refused for a server or file that the installation does not name: nobody reaches other machines of
    the network by way of Pilotwerk.
    """
    if dialect == Dialect.SQLITE:
        sqlite_file(database)
        return
    wanted = host.strip().lower()
    port = port or DEFAULT_PORTS[Dialect(dialect)]
    allowed: set[str] = settings.PILOTWERK_SQL_HOSTS
    if not wanted or not allowed & {wanted, f"{wanted}:{port}", "*"}:
        raise Refused(
            _(
                "This installation may not connect to %(host)s. Ask whoever runs it to add the server to the "
                "setting PILOTWERK_SQL_HOSTS."
            )
            % {"host": f"{host}:{port}"}
        )


def sqlite_file(name: str) -> Path:
    """The file of this name in the folder set aside for SQLite; Refused for any other place."""
    folder: Path | None = settings.PILOTWERK_SQL_FOLDER
    if folder is None:
        raise Refused(
            _("This installation has no folder for SQLite files. The setting is PILOTWERK_SQL_FOLDER.")
        )
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise Refused(_("There is no SQLite file %(name)s in the folder for it.") % {"name": name})
    return path


def url_for(connection: DatabaseConnection) -> "URL":
    """The address with its password, for the driver only. Checked anew: the setting may have changed."""
    from sqlalchemy import URL

    check_address(
        dialect=connection.dialect,
        host=connection.host,
        port=connection.port,
        database=connection.database,
    )
    driver = DRIVERS[connection.dialect]
    if connection.dialect == Dialect.SQLITE:
        return URL.create(driver, database=str(sqlite_file(connection.database)))
    return URL.create(
        driver,
        username=connection.username or None,
        password=unseal(connection.password, purpose=PURPOSE) if connection.password else None,
        host=connection.host.strip(),
        port=connection.port or DEFAULT_PORTS[Dialect(connection.dialect)],
        database=connection.database,
    )
