"""A mail server that tells what it was given: a JSON line for each letter on standard output, the port first.

    smtp_server.py [REFUSALS] [vanish] [tls FOLDER | starttls FOLDER]

Refuses so many letters before it takes one; or takes each and hangs up before it says so. With a folder that has cert.pem
and key.pem it speaks TLS from the first byte, or after STARTTLS and takes no letter before. Needs aiosmtpd (Debian:
python3-aiosmtpd).
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP


def say(what):
    print(json.dumps(what, ensure_ascii=False), flush=True)


class Taker:
    def __init__(self, refusals, vanishes):
        self.refusals = refusals
        self.vanishes = vanishes

    async def handle_DATA(self, server, session, envelope):
        if self.refusals > 0:
            self.refusals -= 1
            say({"refused": envelope.rcpt_tos})
            return "451 4.3.2 come again later"
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": letter["subject"],
            "message_id": letter["message-id"],
            "auto_submitted": letter["auto-submitted"],
            "type": letter.get_content_type(),
            "text": letter.get_content(),
            "within_tls": server.transport.get_extra_info("ssl_object") is not None,
        })
        if self.vanishes:
            server.transport.abort()
        return "250 taken"

    async def handle_VRFY(self, server, session, envelope, address):
        """A mark among the letters: what was taken before stands before it."""
        say({"mark": address})
        return "252 marked"


def guard(manner):
    """The TLS of `tls FOLDER` or `starttls FOLDER`, where the arguments have it."""
    if manner not in sys.argv:
        return None
    folder = sys.argv[sys.argv.index(manner) + 1]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
    return context


async def main():
    refusals = sys.argv[1] if len(sys.argv) > 1 else ""
    taker = Taker(int(refusals) if refusals.isdigit() else 0, "vanish" in sys.argv)
    loop = asyncio.get_running_loop()
    starttls = guard("starttls")

    def smtp():
        return SMTP(taker, enable_SMTPUTF8=True, tls_context=starttls, require_starttls=starttls is not None)

    server = await loop.create_server(smtp, "127.0.0.1", 0, ssl=guard("tls"))
    say({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(main())
