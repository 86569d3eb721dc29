# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is known of a domain's SPF; both checks draw on it."""

from functools import cached_property

from ..damage import repaired
from .merge import merged
from .prefetch import Prefetch
from .provider import ProviderSpf, provider_terms
from .record import is_spf
from .tree import Walker


class Spf:
    """SPF of a domain; what it takes is asked for once.

    :param Context context: of the domain
    """

    def __init__(self, context):
        self.context = context
        self._domain = context.domain
        self._resolver = context.resolver
        self._expected = context.expectations.spf

    def prefetch(self):
        """Put all questions that can be foreseen; does not wait."""
        prefetch = Prefetch(self._resolver)
        prefetch.domain(self._domain)
        prefetch.terms(provider_terms(self._expected), self._domain)
        self._resolver.submit(self._domain, "SPF")

    @cached_property
    def answer(self):
        return self._resolver.ask(self._domain, "TXT")

    @cached_property
    def texts(self):
        """The domain's SPF records."""
        return [value for value in self.answer.values if is_spf(value)]

    @cached_property
    def pasted(self):
        """Records that would be SPF if they had not been damaged by pasting."""
        return [
            value
            for value in self.answer.values
            if not is_spf(value) and is_spf(repaired(value[:4000]))
        ]

    @cached_property
    def trees(self):
        return [Walker(self._resolver).tree(self._domain, text) for text in self.texts]

    @cached_property
    def provider(self):
        """`ProviderSpf`, or None where it isn't known what the provider wants."""
        if not provider_terms(self._expected):
            return None
        return ProviderSpf(self._resolver, self._expected, self._domain)

    @cached_property
    def proposal(self):
        """The record that would be right, as text; None where none can be made."""
        if self.answer.failed:
            return None
        # Undecodable octets can't be entered into any panel.
        texts = [text.encode("ascii", "ignore").decode() for text in self.texts]
        mended = [repaired(text) for text in self.pasted]
        walker = Walker(self._resolver)
        return merged(
            [*texts, *mended], self.provider, lambda text: walker.tree(self._domain, text)
        )

    def records(self, needed):
        """Return what to publish, where something has to be."""
        if not needed or self.proposal is None or self.texts == [self.proposal]:
            return ()
        if not self.texts and not self.pasted and self.provider is None:
            return ()  # nothing is known of who sends for the domain
        return (self.context.record(self._domain, "TXT", self.proposal),)
