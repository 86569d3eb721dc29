"""The sandbox by itself: ``python -m lab.sandbox --provider-webhook aldeamo=URL``."""

from __future__ import annotations

import argparse
import time

from . import Sandbox

_PROVIDERS = ("aldeamo", "mailjet")


def _webhook(text: str) -> tuple[str, str]:
    provider, separator, url = text.partition("=")
    if provider not in _PROVIDERS or not separator or not url.startswith("http://"):
        raise argparse.ArgumentTypeError(f"{text!r} is not aldeamo=http://… or mailjet=http://…")
    return provider, url


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lab.sandbox", description=__doc__)
    parser.add_argument(
        "--provider-webhook",
        action="append",
        default=[],
        type=_webhook,
        metavar="PROVIDER=URL",
        help="post the provider's events to this URL; without one it only takes mail",
    )
    webhooks = dict(parser.parse_args().provider_webhook)
    with Sandbox() as sandbox:
        for name in _PROVIDERS:
            provider = getattr(sandbox, name)
            provider.webhook_url = webhooks.get(name)
            print(
                f"{name}: {provider.smtp_host}:{provider.smtp_port} (STARTTLS), "
                f"user {provider.user}, password {provider.password}; API {provider.api_url}",
                flush=True,
            )
        print(f"aldeamo's API key: {sandbox.aldeamo.api_key}; mailjet's: its user and password")
        print(f"the APIs' certificate: REQUESTS_CA_BUNDLE={sandbox.ca_bundle}")
        print("Ctrl-C to stop", flush=True)
        seen = dict.fromkeys(_PROVIDERS, 0)
        try:
            while True:
                time.sleep(1)  # Mailjet groups by the second
                for name in _PROVIDERS:
                    provider = getattr(sandbox, name)
                    received = len(provider.received)
                    if received > seen[name]:
                        seen[name] = received
                        if provider.has_webhook:
                            provider.play()
                        print(f"{name}: {received} received; {provider.report}", flush=True)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
