"""`make demo ONCE=1`: its exit status says whether the product works."""

from dev import demo
from dev.sandbox import webhook


def test_late_answers_are_told_and_do_not_decide(monkeypatch, capsys):
    """On a machine on which no answer is in time."""
    monkeypatch.setattr(webhook, "_SLOW", 0.0)
    status = demo.main(["--once", "--contacts=12"])
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert "answers took more than 100 ms" in printed
    assert "INTAKE=1" in printed
    assert "Everything as expected." in printed
