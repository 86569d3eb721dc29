"""`make dns-check`: the DNS checks of one domain on the command line, without Odoo, as JSON."""

import argparse
import json
from pathlib import Path
from typing import Any

from dev.console import Stop
from dev.processes import run_as_command
from dns_check import CHECKS, Expectations, ResolverSettings, Result, check
from providers import PROVIDERS
from providers.dns import ManualDnsSettings


def main(arguments: list[str]) -> int:
    """Check, and print what was found; return 0 whatever that is."""
    options = _parser().parse_args(arguments)
    if not options.domain:
        raise Stop("dns-check: which domain? make dns-check DOMAIN=…")
    try:
        expectations = _expectations(options.provider, options.expect)
        nameservers = tuple(filter(None, (options.nameserver or "").split(",")))
        settings = ResolverSettings(
            nameservers, authoritative=options.authoritative, doh_url=options.doh
        )
        results = check(options.domain, expectations, settings)
    except (OSError, ValueError) as error:
        raise Stop(f"dns-check: {error}") from None
    report = {"domain": options.domain, "checks": [as_dict(result) for result in results]}
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 0


def as_dict(result: Result) -> dict[str, Any]:
    """Return a result as JSON-able dict, texts in English."""
    return {
        "name": result.name,
        "status": result.status,
        "title": CHECKS[result.name].title,
        "why": CHECKS[result.name].why,
        "found": None if result.found is None else str(result.found),
        "expected": None if result.expected is None else str(result.expected),
        "problems": [
            {
                "code": problem.code,
                "status": problem.status,
                "texts": [str(text) for text in problem.texts],
            }
            for problem in result.problems
        ],
        "facts": result.facts,
        "operations": [operation.as_dict() for operation in result.operations],
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make dns-check", description=__doc__)
    parser.add_argument("domain")
    parser.add_argument("--provider", choices=PROVIDERS, help="whose expectations to start from")
    parser.add_argument("--nameserver", metavar="ADDRESS[:PORT],…", help="default: the system's")
    parser.add_argument("--expect", type=Path, metavar="FILE.json", help="expected values")
    parser.add_argument(
        "--authoritative", action="store_true", help="ask the servers of each zone themselves"
    )
    parser.add_argument("--doh", metavar="URL", help="ask by DNS over HTTPS")
    return parser


def _expectations(provider: str | None, path: Path | None) -> Expectations:
    """Return the provider's expectations, with those in the file in their place.

    The file has the names of `Expectations`. Short for a single DKIM key: `dkim_selector` and
    `dkim_key`.
    """
    known = {}
    if provider:
        known = PROVIDERS[provider].dns_expectations(ManualDnsSettings())
    if path:
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise Stop(f"dns-check: {path} is not JSON: {error}") from None
        if not isinstance(given, dict):
            raise Stop(f"dns-check: {path} has no object, but {type(given).__name__}")
        known |= _with_dkim(given, known)
    return Expectations.from_dict(known)


def _with_dkim(given: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    selector, key = given.pop("dkim_selector", None), given.pop("dkim_key", None)
    if selector or key:
        host = known["dkim"][0]["host"] if known.get("dkim") else None
        if selector:
            host = f"{str(selector).removesuffix('._domainkey')}._domainkey"
        given["dkim"] = [{"host": host, "value": key}]
    return given


if __name__ == "__main__":
    run_as_command(main)
