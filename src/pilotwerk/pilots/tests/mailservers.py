"""Real mail servers on loopback for the stories: pymap for IMAP, aiosmtpd for SMTP."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from argparse import ArgumentParser
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPConnection, IMAPService
from pymap.imap.state import ConnectionState
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag
from pysasl import SASLAuth
from pysasl.creds.external import ExternalCredentials
from pysasl.hashing import BuiltinHash

USER, PASSWORD = "service@nordlicht.example", "geheim-für-alle"


class Imap:
    """An IMAP server with one mailbox; `broken_after` hangs up after so many commands of a connection."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, password: str = PASSWORD) -> None:
        self.tls, self.password = tls, password
        self.tokens: set[str] = set()
        self.broken_after: int | None = None
        self.commands: list[bytes] = []
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        parser = ArgumentParser()
        DictBackend.add_subparser("dict", parser.add_subparsers())
        IMAPService.add_arguments(parser)
        parser.set_defaults(debug=False, passlib_cfg=None)
        plain = "--no-tls" if self.tls is None else ""
        args = parser.parse_args(
            f"--host 127.0.0.1 --port 0 {plain} dict --demo-user {USER} --demo-password {self.password}".split()
        )
        tls = {"ssl_context": self.tls} if self.tls else {}
        # A hash that takes its time would be most of what these tests wait for.
        backend, config = await DictBackend.init(args, hash_context=BuiltinHash(rounds=1), **tls)
        config.apply_context()
        self._login = backend.login
        self._watch(config)
        server = await asyncio.start_server(
            lambda r, w: self._connection(config, r, w), "127.0.0.1", 0, ssl=self.tls, limit=2**26
        )
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(server)
            self.port: int = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._over.wait()

    def _watch(self, config: Any) -> None:
        """Passwords as set; tokens that are in `tokens` are valid as well."""
        mechanisms = SASLAuth.named([b"PLAIN", b"LOGIN", b"XOAUTH2"])
        type(config).initial_auth = property(lambda _: mechanisms)
        type(config).tls_auth = property(lambda _: mechanisms)
        usual = self._login.authenticate

        async def authenticate(credentials: Any) -> Any:
            if isinstance(credentials, ExternalCredentials):
                if credentials._token not in self.tokens:
                    from pymap.exceptions import InvalidAuth

                    raise InvalidAuth()
                return self._login.demo_user_identity
            return await usual(credentials)

        self._login.authenticate = authenticate  # type: ignore[method-assign]

    async def _connection(self, config: Any, reader: Any, writer: Any) -> None:
        from proxyprotocol.result import ProxyResultUnknown
        from proxyprotocol.sock import SocketInfo

        count = 0
        server = self

        class Counting(IMAPConnection):
            async def read_command(self, state: Any) -> Any:
                nonlocal count
                command = await super().read_command(state)
                server.commands.append(bytes(command.command))
                count += 1
                if server.broken_after is not None and count > server.broken_after:
                    writer.transport.abort()
                    raise ConnectionError
                return command

        info = SocketInfo.get(writer, ProxyResultUnknown())
        connection = Counting(config.commands, config, reader, writer, info)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError), contextlib.closing(connection):
            async with AsyncExitStack() as stack:
                from pymap.context import connection_exit

                connection_exit.set(stack)
                await connection.run(ConnectionState(self._login, config))

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _folder(self, name: str) -> Any:
        async with self._login.demo_user_identity.new_session() as session:
            return await session.mailbox_set.get_mailbox(name)

    def create(self, *names: str) -> None:
        """Make folders."""

        async def work() -> None:
            async with self._login.demo_user_identity.new_session() as session:
                for name in names:
                    await session.mailbox_set.add_mailbox(name)

        self._do(work())

    def put(
        self, *mails: bytes | EmailMessage, folder: str = "INBOX", at: datetime | None = None, flags: str = ""
    ) -> None:
        """Let mails arrive."""

        async def work() -> None:
            box = await self._folder(folder)
            for mail in mails:
                raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTP)
                given = frozenset(Flag(flag.encode()) for flag in flags.split())
                await box.append(AppendMessage(raw, at or datetime.now(UTC), given))

        self._do(work())

    def renumber(self, folder: str = "INBOX") -> None:
        """The folder gets another UIDVALIDITY, as after a restore from a backup."""

        async def work() -> None:
            box = await self._folder(folder)
            box._uid_validity += 1

        self._do(work())

    def holds(self, folder: str = "INBOX") -> list[tuple[Any, set[str]]]:
        """The mails of a folder with their flags."""

        async def work() -> list[tuple[Any, set[str]]]:
            box = await self._folder(folder)
            found = []
            async for message in box.messages():
                raw = bytes(message._content.data if hasattr(message._content, "data") else message._content)
                flags = {bytes(flag).decode() for flag in message.permanent_flags}
                found.append((message_from_bytes(raw, policy=default), flags))
            return found

        result: list[tuple[Any, set[str]]] = self._do(work())
        return result


class Postbox:
    """What an SMTP server was given; `answers` replace its own, `break_after_data` hangs up before the last."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.recipients: list[list[str]] = []
        self.answers: dict[str, str] = {}
        self.break_after_data = False
        self.password = PASSWORD
        self.tokens: set[str] = set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" not in self.answers:
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.recipients.append(list(envelope.rcpt_tos))
        if self.break_after_data:
            server.transport.abort()
            await asyncio.sleep(0.05)
        return self.answers.get("DATA", "250 OK")

    def authenticated(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=data.password.decode() == self.password, handled=False)


class _Smtp(Controller):
    def factory(self) -> Any:
        server = super().factory()  # type: ignore[no-untyped-call]
        postbox = self.handler

        async def auth_XOAUTH2(one: Any, args: list[str]) -> AuthResult:
            import base64

            words = base64.b64decode(args[1]).decode()
            token = words.partition("auth=Bearer ")[2].rstrip("\x01")
            return AuthResult(success=token in postbox.tokens, handled=False)

        server._auth_methods["XOAUTH2"] = type(
            "Method", (), {"method": staticmethod(auth_XOAUTH2), "is_builtin": False}
        )()
        return server


@contextmanager
def imap(**settings: Any) -> Iterator[Imap]:
    server = Imap(**settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def smtp(postbox: Postbox) -> Iterator[int]:
    """A mail server that wants a sign-in; answers its port."""
    controller = _Smtp(
        postbox,
        hostname="127.0.0.1",
        port=_free_port(),
        authenticator=postbox.authenticated,
        auth_require_tls=False,
        auth_required=True,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with a certificate for this name, and the file that a client must trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    names = [x509.IPAddress(ip_address(name))] if name[0].isdigit() else [x509.DNSName(name)]
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert_file, key_file)
    return context, cert_file


def letter(
    number: int,
    text: str,
    *,
    subject: str = "",
    sender: str = "Petra Wulff <petra@wulff.example>",
    **headers: str,
) -> EmailMessage:
    """A mail as a customer writes it. Headers by keyword: `In_Reply_To`."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = USER
    mail["Subject"] = subject or f"Anfrage {number}"
    mail["Message-ID"] = f"<anfrage-{number}@wulff.example>"
    for name, value in headers.items():
        header = name.replace("_", "-")
        del mail[header]
        if value:
            mail[header] = value
    mail.set_content(text)
    return mail
