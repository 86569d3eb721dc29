# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every message of the checks: what is wrong, what that leads to, and what to do.

One sentence each, for somebody who runs a shop. `docs/dns-messages.rst` is made of them:
`make dns-messages`.
"""

from dataclasses import dataclass

from .text import _


@dataclass(frozen=True)
class Message:
    """What a problem says.

    :param status: a key of `result.STATUSES`
    :param wrong: what is wrong, or what was found
    :param leads_to: what that leads to
    :param todo: what to do; where operations are shown, those do it
    :param by_hand: what to do where no operation can be shown; default as `todo`
    """

    status: str
    wrong: str
    leads_to: str
    todo: str
    by_hand: str = ""


_SHOWN = _("Make the change shown below.")
_WHEN_FREE = _("Publish it as soon as the name is free.")
_NOTHING = _("You need not do anything.")
_AGAIN = _("Check again in some minutes.")
_IGNORED = _("Receivers such as Gmail then ignore the whole record, for all mail of your domain.")
_NOT_SIGNED = _("Receivers cannot verify the signature of your mails, and trust them less.")
_NO_DMARC = _("Receivers act as if the domain had no DMARC.")
_NO_BOUNCES = _("Replies of your customers and bounces are lost.")
_SKIPPED = _("Receivers skip that part of the record.")
_CORRECT = _("Correct it in the DNS, then check again.")
_ASK_PROVIDER = _("Ask %(provider)s for the record, and publish that one.")
_SENDER_LOST = _("Mail that %(provider)s sends for you does not pass SPF.")
_DMARC_MISTAKE = Message(
    "warning", _("The DMARC record has a mistake: %(what)s."), _SKIPPED, _SHOWN, _CORRECT
)

MESSAGES = {
    # Of any check
    "unanswered": Message(
        "unknown",
        _("The DNS did not say what is at %(name)s: %(reason)s."),
        _("So this could not be checked; it need not be wrong."),
        _AGAIN,
    ),
    "out_of_time": Message(
        "unknown",
        _("There was no time left to ask the DNS what is at %(name)s."),
        _("So this could not be checked; it need not be wrong."),
        _AGAIN,
    ),
    "bad_name": Message(
        "fail",
        _("“%(name)s” cannot be the name of a domain."),
        _("Nothing can be looked up under it."),
        _("Check how it is written, and enter it again."),
    ),
    "internal": Message(
        "unknown",
        _("This check stopped because of an error in Odoo."),
        _("So this could not be checked."),
        _("Show the log of the Odoo server to whoever looks after it."),
    ),
    "wildcard": Message(
        "warning",
        _("The answer comes from %(wildcard)s, an entry that answers for every name."),
        _("It hides whether the record itself is there."),
        _("Publish the record at its own name: that one then counts."),
    ),
    "at_doubled": Message(
        "fail",
        _("The record is at %(place)s: the DNS service added the domain a second time."),
        _("Nobody looks for it there."),
        _("Publish it as shown below, and enter only “%(host)s” as its name."),
        _("Publish it again, and enter only “%(host)s” as its name."),
    ),
    "at_apex": Message(
        "fail",
        _("The record is at %(place)s itself, but it belongs to the name “%(host)s” (%(name)s)."),
        _("Nobody looks for it there."),
        _("Publish it as shown below."),
        _("Publish it again at %(name)s."),
    ),
    "at_parent": Message(
        "fail",
        _("The record is at %(place)s, but it belongs to %(name)s."),
        _("Nobody looks for it there."),
        _("Publish it as shown below."),
        _("Publish it again at %(name)s."),
    ),
    "at_underscore": Message(
        "fail",
        _("The record is at %(place)s: the underscores (_) of its name are missing."),
        _("Nobody looks for it there."),
        _("Publish it as shown below, at %(name)s."),
        _("Publish it again at %(name)s."),
    ),
    "alias_in_the_way": Message(
        "info",
        _("%(name)s is an alias (a CNAME record) of %(target)s."),
        _("No record can be published at an alias, and what stands at %(target)s counts for it."),
        _("Have %(target)s corrected by whoever runs it, or send from another domain."),
    ),
    "not_enough": Message(
        "info",
        _("No change is proposed, because none was found that puts everything right."),
        _("What would be wrong after it: %(reason)s"),
        _("Put that right first, then check again."),
    ),
    "stale": Message(
        "info",
        _("%(name)s has been changed, but some DNS servers keep the former record."),
        _("Receivers may use the former one for %(seconds)s seconds more."),
        _NOTHING,
    ),
    "stale_missing": Message(
        "info",
        _("%(name)s is published, but some DNS servers do not know it yet."),
        _("Receivers may not see it for an hour or more."),
        _NOTHING,
    ),
    # Ownership
    "ownership_not_known": Message(
        "info",
        _("It is not known which record %(provider)s wants as a proof."),
        _("So this could not be checked."),
        _("Enter the name and the value that %(provider)s shows you."),
    ),
    "ownership_missing": Message(
        "fail",
        _("The record that proves that the domain is yours is missing."),
        _("%(provider)s does not send mail from a domain that may be somebody else's."),
        _SHOWN,
        _WHEN_FREE,
    ),
    "ownership_other": Message(
        "fail",
        _("Another value is there, but not the one that %(provider)s asks for."),
        _("%(provider)s does not send mail from a domain that may be somebody else's."),
        _SHOWN,
        _WHEN_FREE,
    ),
    "ownership_cname": Message(
        "fail",
        _("%(name)s is an alias (a CNAME record) of %(target)s, where the value is not."),
        _("%(provider)s does not send mail from a domain that may be somebody else's."),
        _SHOWN,
        _WHEN_FREE,
    ),
    "ownership_pasted": Message(
        "fail",
        _("The value has characters that do not belong to it: %(what)s."),
        _("%(provider)s does not recognise it."),
        _SHOWN,
        _WHEN_FREE,
    ),
    # SPF record
    "spf_missing": Message(
        "fail",
        _("The domain has no SPF record."),
        _("Receivers cannot tell your mail from mail that only pretends to be yours."),
        _SHOWN,
        _("Ask those who send mail for you what belongs into it."),
    ),
    "spf_several": Message(
        "fail",
        _("There are %(count)s SPF records, but a domain may have only one."),
        _("Receivers such as Gmail then ignore all of them, for all mail of your domain."),
        _("Make the changes shown below: one record then has what the others had."),
        _("Join them into one record, and remove the others."),
    ),
    "spf_mistaken": Message(
        "fail",
        _("A record is meant as SPF, but is not recognised: %(what)s."),
        _("Receivers act as if it were not there."),
        _SHOWN,
        _CORRECT,
    ),
    "spf_wildcard": Message(
        "warning",
        _("The SPF record comes from %(wildcard)s, an entry that answers for every name."),
        _("It no longer answers for %(name)s once any record is published there, or below."),
        _("Make the change shown below; if %(name)s needs other records (A, MX), add them, too."),
    ),
    "spf_type": Message(
        "warning",
        _("There is also a record of the old type SPF."),
        _("Nobody reads that type any more, so it only causes confusion."),
        _("Remove it; the SPF record of the type TXT stays."),
    ),
    "spf_syntax": Message(
        "fail",
        _("“%(term)s” at position %(position)s of the record is a mistake: %(hint)s."),
        _IGNORED,
        _SHOWN,
        _CORRECT,
    ),
    "spf_equals": Message(
        "warning",
        _("“%(term)s” is written with “=”, where a colon (:) is needed."),
        _("Receivers skip it, as if it were not there."),
        _SHOWN,
        _("Write “%(meant)s” in its place."),
    ),
    "spf_joined": Message(
        "warning",
        _("“%(term)s” is in the record a second time: two records were joined."),
        _("What follows may have no effect."),
        _SHOWN,
        _("Take it out, and write one “all” at the end only."),
    ),
    "spf_odd_name": Message(
        "fail",
        _("“%(term)s” at position %(position)s of the record is a mistake: %(hint)s."),
        _("It names a domain that does not exist."),
        _SHOWN,
        _CORRECT,
    ),
    "spf_include_none": Message(
        "fail",
        _("“%(term)s” (in %(domain)s) allows whom %(target)s allows, but that has no SPF record."),
        _IGNORED,
        _SHOWN,
        _("Check how “%(term)s” is written, or take it out."),
    ),
    "spf_include_several": Message(
        "fail",
        _("“%(term)s” (in %(domain)s) leads to several SPF records, where only one may be."),
        _IGNORED,
        _("Make the change shown below, and tell whoever runs %(target)s."),
        _("Tell whoever runs %(target)s, or take the term out."),
    ),
    "spf_include_syntax": Message(
        "fail",
        _("“%(term)s” (in %(domain)s) leads to an SPF record with a mistake in it."),
        _IGNORED,
        _("Make the change shown below, and tell whoever runs %(target)s."),
        _("Tell whoever runs %(target)s, or take the term out."),
    ),
    "spf_loop": Message(
        "fail",
        _("The record leads back to itself: %(path)s."),
        _IGNORED,
        _SHOWN,
        _("Take out the term that leads back."),
    ),
    "spf_too_many_mx": Message(
        "fail",
        _("“%(term)s” (in %(domain)s) stands for more than 10 mail servers, which is the limit."),
        _IGNORED,
        _SHOWN,
        _("Tell whoever runs %(domain)s, or take the term out."),
    ),
    "spf_macros": Message(
        "info",
        _("“%(term)s” (in %(domain)s) depends on each mail."),
        _("So it could not be followed here; receivers can."),
        _NOTHING,
    ),
    "spf_too_large": Message(
        "fail",
        _("The record leads to so many others that “%(term)s” (in %(domain)s) was not followed."),
        _IGNORED,
        _SHOWN,
        _("Take out what no longer sends mail for you."),
    ),
    "spf_too_many_lookups": Message(
        "fail",
        _("Receivers need %(count)s look-ups in the DNS for this record, and 10 is the limit."),
        _IGNORED,
        _SHOWN,
        _("Take out what no longer sends mail for you; “%(term)s” alone needs %(lookups)s."),
    ),
    "spf_too_many_voids": Message(
        "fail",
        _("These parts lead to names that do not exist: %(names)s. At most 2 of them may."),
        _IGNORED,
        _SHOWN,
        _("Take them out, or have them corrected by whoever runs these names."),
    ),
    "spf_void": Message(
        "warning",
        _("These parts lead to names that do not exist: %(names)s."),
        _("They allow nobody, and with 3 of them receivers ignore the whole record."),
        _SHOWN,
        _("Have them corrected by whoever runs these names."),
    ),
    "spf_ptr": Message(
        "warning",
        _("“%(term)s” (in %(domain)s) is out of use (“ptr” asks whom an address belongs to)."),
        _("Many receivers skip it, and mail that only passes by it is not trusted."),
        _("Put the addresses of these servers in its place, such as “ip4:192.0.2.1”."),
    ),
    "spf_duplicate": Message(
        "warning",
        _("“%(term)s” (in %(domain)s) is there more than once."),
        _("It counts again towards the 10 look-ups that are allowed."),
        _SHOWN,
        _("Take it out at one of the places, if that record is yours."),
    ),
    "spf_all_pass": Message(
        "fail",
        _("“%(term)s” lets anybody send mail in your domain's name."),
        _("Spam in your name then passes, and receivers trust your domain less."),
        _("Make the change shown below; only senders that the record names will pass."),
        _("Write “~all” at the end of the record."),
    ),
    "spf_redirect_ignored": Message(
        "warning",
        _("“%(term)s” has no effect, because the record has “%(all)s” as well."),
        _("Those whom it should allow are not allowed."),
        _SHOWN,
        _("Keep one of both."),
    ),
    "spf_after_all": Message(
        "warning",
        _("“%(term)s” is behind “%(all)s”, which ends the record."),
        _("It has no effect: those whom it should allow are not allowed."),
        _SHOWN,
        _("Move it in front of “%(all)s”."),
    ),
    "spf_no_all": Message(
        "warning",
        _("The record does not say what holds for all other servers."),
        _("Mail that pretends to be yours is not marked."),
        _SHOWN,
        _("Add “~all” at its end."),
    ),
    "spf_neutral_all": Message(
        "info",
        _("“?all” says nothing about all other servers."),
        _("Mail that pretends to be yours is not marked."),
        _("When all who send for you are in the record, write “~all” in its place."),
    ),
    "spf_long": Message(
        "info",
        _("The record is long: %(length)s characters, and %(answer)s with all TXT records."),
        _("Nearly all receivers can read that."),
        _NOTHING,
    ),
    # What the proposed SPF record does not have, or why there is none
    "spf_left_out": Message(
        "info",
        _("The proposed record leaves out: %(what)s."),
        _("Nobody passes SPF by what is left out."),
        _("If you need it, correct it before you publish the record."),
    ),
    "spf_narrowed": Message(
        "info",
        _("The proposed record leaves out “%(term)s”, by which anybody may send."),
        _("Only those pass whom the rest of the record names."),
        _("Check before you publish it that all who send for you are named."),
    ),
    "spf_copied_mx": Message(
        "info",
        _("The proposed record has addresses in place of “%(term)s”."),
        _("When these mail servers get other addresses, the record must be changed."),
        _("Tell whoever looks after the mail servers."),
    ),
    "spf_full": Message(
        "info",
        _("No record is proposed: it would need %(count)s look-ups, and 10 is the limit."),
        _("Each service that sends for you takes some: %(terms)s."),
        _("Take out a service that you no longer use, the first ones first; then check again."),
    ),
    "spf_full_keep": Message(
        "info",
        _("No record is proposed: it would need %(count)s look-ups, and 10 is the limit."),
        _("Each service that sends for you takes some: %(terms)s."),
        _(
            "Take out a service that you no longer use, then check again; keep “%(mailbox)s”, "
            "which your own mailboxes need."
        ),
    ),
    "spf_full_provider": Message(
        "info",
        _("No record is proposed: %(provider)s alone needs %(count)s look-ups of at most 10."),
        _("A record with it would never be valid."),
        _("Ask %(provider)s for a shorter record."),
    ),
    "spf_foreign": Message(
        "info",
        _("No record is proposed: “%(term)s” is broken in a record of %(target)s, not in yours."),
        _("Some mail passes by it nevertheless, which would be lost without it."),
        _("Tell whoever runs %(target)s, or take “%(term)s” out if you no longer need it."),
    ),
    # SPF for the provider
    "spf_esp_not_known": Message(
        "info",
        _("It is not known what %(provider)s wants in the SPF record."),
        _("So this could not be checked."),
        _("Enter the SPF text that %(provider)s gave you."),
    ),
    "spf_esp_copied": Message(
        "info",
        _("The record lists addresses of %(provider)s in place of “%(terms)s”."),
        _("If %(provider)s changes its addresses, your mail no longer passes SPF."),
        _("Write “%(terms)s” in their place."),
    ),
    "spf_esp_partly": Message(
        "warning",
        _("The SPF record allows only %(passed)s of %(all)s networks of %(provider)s."),
        _("Part of your mail does not pass SPF."),
        _SHOWN,
        _("Add “%(terms)s” to the record."),
    ),
    "spf_esp_no_record": Message(
        "fail",
        _("There is no valid SPF record that allows %(provider)s."),
        _SENDER_LOST,
        _SHOWN,
        _("The record needs “%(terms)s”."),
    ),
    "spf_esp_missing": Message(
        "fail",
        _("%(provider)s is not in the SPF record."),
        _SENDER_LOST,
        _SHOWN,
        _("The record needs “%(terms)s”."),
    ),
    "spf_esp_silent": Message(
        "unknown",
        _("“%(terms)s”, which %(provider)s wants, does not say which servers it stands for."),
        _("So this could not be checked."),
        _("Check again later; if it stays so, ask %(provider)s."),
    ),
    "spf_esp_macros": Message(
        "info",
        _("“%(terms)s” is in the record; it depends on each mail."),
        _("So it could not be followed here; receivers can."),
        _NOTHING,
    ),
    "spf_esp_past_limit": Message(
        "fail",
        _("Receivers stop after 10 look-ups, before they come to %(provider)s."),
        _SENDER_LOST,
        _SHOWN,
        _("Take out of the record what no longer sends mail for you."),
    ),
    "spf_esp_invalid": Message(
        "fail",
        _("There is a mistake in the SPF record, or in one that it leads to (%(name)s)."),
        _SENDER_LOST,
        _SHOWN,
        _("Put that right first, as said under the SPF record."),
    ),
    "spf_esp_after_all": Message(
        "fail",
        _("“%(terms)s” is behind “%(term)s”, which ends the record."),
        _SENDER_LOST,
        _SHOWN,
        _("Move it in front."),
    ),
    "spf_esp_qualifier": Message(
        "fail",
        _("The sign in front of “%(terms)s” takes away its effect."),
        _SENDER_LOST,
        _SHOWN,
        _("Remove the sign."),
    ),
    "spf_esp_earlier": Message(
        "fail",
        _("“%(term)s” comes first in the record, and forbids %(provider)s."),
        _SENDER_LOST,
        _SHOWN,
        _("Move “%(terms)s” in front of it."),
    ),
    "spf_esp_redirect_ignored": Message(
        "fail",
        _("The redirect to %(provider)s has no effect, because the record has “%(term)s” as well."),
        _SENDER_LOST,
        _SHOWN,
        _("Add “%(terms)s” in its place."),
    ),
    # DKIM
    "dkim_not_known": Message(
        "info",
        _("It is not known where the key of %(provider)s should be."),
        _("So this could not be checked."),
        _("Enter the DKIM selector that %(provider)s gave you."),
    ),
    "dkim_missing": Message(
        "fail", _("There is no key at %(name)s."), _NOT_SIGNED, _SHOWN, _ASK_PROVIDER
    ),
    "dkim_dangling": Message(
        "fail",
        _("%(name)s is an alias of %(target)s, where there is no key."),
        _NOT_SIGNED,
        _SHOWN,
        _ASK_PROVIDER,
    ),
    "dkim_target": Message(
        "fail",
        _("%(name)s is an alias of %(found)s, but should be one of %(wanted)s."),
        _NOT_SIGNED,
        _SHOWN,
    ),
    "dkim_no_cname": Message(
        "fail",
        _("%(name)s has a key of its own, but should be an alias of %(wanted)s."),
        _("When %(provider)s changes its key, your mails are no longer trusted."),
        _SHOWN,
    ),
    "dkim_none": Message(
        "fail", _("What is at %(name)s is not a DKIM key."), _NOT_SIGNED, _SHOWN, _ASK_PROVIDER
    ),
    "dkim_several": Message(
        "fail",
        _("%(name)s has %(count)s TXT records, but only one may be there."),
        _("Receivers may take the wrong one, and trust your mails less."),
        _("Make the changes shown below."),
        _("Ask %(provider)s which one is right, and remove the others."),
    ),
    "dkim_cut": Message(
        "fail",
        _("The key at %(name)s is cut off: some of its end is missing."),
        _NOT_SIGNED,
        _("Make the change shown below, and check that your DNS service takes the whole value."),
        _ASK_PROVIDER,
    ),
    "dkim_other": Message(
        "fail",
        _("%(name)s has another key (%(found)s) than %(provider)s signs with (%(wanted)s)."),
        _NOT_SIGNED,
        _SHOWN,
    ),
    "dkim_pasted": Message(
        "fail",
        _("The key at %(name)s has characters that do not belong to it: %(what)s."),
        _NOT_SIGNED,
        _SHOWN,
        _ASK_PROVIDER,
    ),
    "dkim_no_key": Message(
        "fail",
        _("The record at %(name)s has no key (no “p=”)."),
        _NOT_SIGNED,
        _SHOWN,
        _ASK_PROVIDER,
    ),
    "dkim_revoked": Message(
        "fail",
        _("The key at %(name)s was taken back: nothing follows “p=”."),
        _NOT_SIGNED,
        _SHOWN,
        _ASK_PROVIDER,
    ),
    "dkim_type": Message(
        "fail",
        _("The key at %(name)s is of a type that receivers do not know: “%(kind)s”."),
        _NOT_SIGNED,
        _SHOWN,
        _ASK_PROVIDER,
    ),
    "dkim_syntax": Message(
        "fail",
        _("“%(piece)s” at position %(position)s of %(name)s is not of the form “name=value”."),
        _NOT_SIGNED,
        _SHOWN,
        _ASK_PROVIDER,
    ),
    "dkim_repeated": Message(
        "fail",
        _("“%(tag)s=” is more than once in the record at %(name)s."),
        _NOT_SIGNED,
        _SHOWN,
        _ASK_PROVIDER,
    ),
    "dkim_version": Message(
        "fail",
        _("The record at %(name)s says “v=”, but not “v=DKIM1” at its beginning."),
        _NOT_SIGNED,
        _SHOWN,
        _ASK_PROVIDER,
    ),
    "dkim_base64": Message(
        "fail",
        _("“%(character)s” at position %(position)s of %(name)s cannot be part of a key."),
        _NOT_SIGNED,
        _SHOWN,
        _ASK_PROVIDER,
    ),
    "dkim_unreadable": Message(
        "fail", _("The key at %(name)s cannot be read."), _NOT_SIGNED, _SHOWN, _ASK_PROVIDER
    ),
    "dkim_ed25519": Message(
        "warning",
        _("The key at %(name)s is of the newer type Ed25519."),
        _("Many receivers do not know it yet, and trust your mails less."),
        _("Ask %(provider)s for a key of the type RSA as well."),
    ),
    "dkim_short": Message(
        "fail",
        _("The key at %(name)s is too short: %(bits)s bits, where 1024 are the least."),
        _NOT_SIGNED,
        _SHOWN,
        _("Ask %(provider)s for a key of 2048 bits."),
    ),
    "dkim_1024": Message(
        "warning",
        _("The key at %(name)s is short: %(bits)s bits."),
        _("It still works, but 2048 bits are safer."),
        _("Ask %(provider)s for a key of 2048 bits."),
    ),
    "dkim_hash": Message(
        "fail",
        _("The record at %(name)s allows only an old way to sign (“h=” without sha256)."),
        _NOT_SIGNED,
        _SHOWN,
        _ASK_PROVIDER,
    ),
    "dkim_service": Message(
        "fail",
        _("The record at %(name)s says that the key is not for mail (“s=” without email)."),
        _NOT_SIGNED,
        _SHOWN,
        _ASK_PROVIDER,
    ),
    "dkim_testing": Message(
        "warning",
        _("The record at %(name)s says “t=y”: you are only testing."),
        _("Receivers may act as if your mails were not signed."),
        _SHOWN,
        _("Take “t=y” out when your tests are over."),
    ),
    # DMARC
    "dmarc_missing": Message(
        "fail",
        _("The domain has no DMARC record."),
        _("Gmail, Yahoo and others refuse mail to many recipients from a domain without one."),
        _("Make the change shown below: as a first step, it only asks for reports."),
        _("Publish one."),
    ),
    "dmarc_several": Message(
        "fail",
        _("There are %(count)s DMARC records, but a domain may have only one."),
        _("Receivers ignore all of them, as if the domain had no DMARC."),
        _("Make the changes shown below: the mildest of the policies is kept, as none was active."),
        _("Keep one, and remove the others."),
    ),
    "dmarc_mistaken": Message(
        "fail",
        _("A record is meant as DMARC, but is not recognised: %(what)s."),
        _("Receivers act as if it were not there."),
        _SHOWN,
        _CORRECT,
    ),
    "dmarc_idle": Message(
        "warning",
        _("Beside the DMARC record is another that is meant as one: %(what)s."),
        _("Receivers ignore it, but a correction would make two, of which none counts."),
        _("Remove it, as shown below."),
        _("Remove it."),
    ),
    "dmarc_unrelated": Message(
        "warning",
        _("Beside it is a record that has nothing to do with DMARC: %(value)s"),
        _("Receivers skip it, but some may get confused."),
        _("Remove it from this name; it probably belongs to the domain itself."),
    ),
    "dmarc_no_policy": Message(
        "fail",
        _("The DMARC record has no valid policy: %(what)s."),
        _NO_DMARC,
        _SHOWN,
        _("Write “p=none”, “p=quarantine” or “p=reject”."),
    ),
    "dmarc_weak_policy": Message(
        "warning",
        _("The DMARC record has no valid policy: %(what)s."),
        _("Receivers take it for “p=none”: they only send reports."),
        _SHOWN,
        _("Write “p=none”, “p=quarantine” or “p=reject”."),
    ),
    "dmarc_none": Message(
        "warning",
        _("The policy is “none”: receivers only send reports."),
        _("Mail that pretends to be yours is delivered all the same."),
        _("When the reports show for some weeks that your mail passes, write “p=quarantine”."),
    ),
    "dmarc_sp_none": Message(
        "warning",
        _("“sp=none” exempts all names below the domain."),
        _("Mail that pretends to come from such a name is delivered all the same."),
        _("Take “sp=none” out if all mail from these names passes DMARC."),
    ),
    "dmarc_testing": Message(
        "warning",
        _("“t=y” says that you are only testing the policy “%(policy)s”."),
        _("Newer receivers treat mail that fails one step more mildly; older ones do not."),
        _("Take “t=y” out when your tests are over."),
    ),
    "dmarc_inherited": Message(
        "info",
        _("The domain has no DMARC record of its own; that of %(domain)s holds."),
        _("Its policy for this domain is %(tag)s=%(policy)s."),
        _NOTHING,
    ),
    "dmarc_np": Message(
        "info",
        _("The policy comes from “np”, which is for names that do not exist."),
        _("Older receivers do not know “np”, and apply “%(policy)s”."),
        _NOTHING,
    ),
    "dmarc_psd": Message(
        "info",
        _("The record says with “psd” where an organization begins."),
        _("Older receivers do not know “psd”, and go by a list of their own."),
        _NOTHING,
    ),
    "dmarc_value": _DMARC_MISTAKE,
    "dmarc_syntax": _DMARC_MISTAKE,
    "dmarc_repeated": _DMARC_MISTAKE,
    "dmarc_uri": _DMARC_MISTAKE,
    "dmarc_left_out": Message(
        "info",
        _("The proposed record does not have “%(piece)s”."),
        _("It was not clear what is meant by it."),
        _("If it is of use to you, correct it before you publish the record."),
    ),
    "dmarc_order": Message(
        "warning",
        _("“p=” does not come right behind “v=DMARC1;”."),
        _("Older receivers then do not recognise the record."),
        _SHOWN,
        _("Move “p=” there."),
    ),
    "dmarc_pct": Message(
        "warning",
        _("“pct=%(pct)s” asks to apply the policy to a part of the mail only."),
        _("Newer receivers do not know “pct” any more, and apply the policy to all of it."),
        _("Take it out, or write “t=y” as long as you are testing."),
    ),
    "dmarc_obsolete": Message(
        "info",
        _("“%(tag)s” has no effect any more."),
        _("Receivers skip it."),
        _NOTHING,
    ),
    "dmarc_no_rua": Message(
        "info",
        _("The record does not say where reports go (“rua=”)."),
        _("You never learn whose mail fails."),
        _("Add “rua=mailto:” and an address of yours, if you want reports."),
    ),
    "dmarc_external": Message(
        "warning",
        _("Reports go to %(host)s, which does not say that it wants those about %(domain)s."),
        _("So nobody gets them."),
        _("Have whoever runs %(host)s publish the record shown below."),
    ),
    "dmarc_mailbox": Message(
        "warning",
        _("Reports go to an address at %(host)s, a mailbox service."),
        _("Receivers send none there, since %(host)s does not say that it wants them."),
        _("Make the change shown below: the reports then go to an address of your own domain."),
        _("Write an address of your own domain in its place."),
    ),
    "dmarc_rua_mx": Message(
        "warning",
        _("Reports go to %(host)s, which takes no mail."),
        _("So nobody gets them."),
        _("Write an address in its place that gets mail."),
    ),
    # Alignment
    "passes_dkim_spf_unknown": Message(
        "ok",
        _(
            "Mail from %(domain)s through %(provider)s passes DMARC by DKIM; whether also by SPF "
            "is not known."
        ),
        "",
        "",
    ),
    "passes_both": Message(
        "ok",
        _("Mail from %(domain)s through %(provider)s passes DMARC by DKIM and by SPF."),
        "",
        "",
    ),
    "passes_dkim": Message(
        "ok",
        _(
            "Mail from %(domain)s through %(provider)s passes DMARC by DKIM. SPF does not count "
            "for it: it is checked for %(envelope)s."
        ),
        "",
        "",
    ),
    "passes_spf": Message(
        "warning",
        _("Mail from %(domain)s through %(provider)s passes DMARC by SPF only."),
        _("That is lost when a recipient forwards the mail."),
        _("Put DKIM right."),
    ),
    "passes_spf_dkim_unknown": Message(
        "unknown",
        _("Mail from %(domain)s through %(provider)s passes DMARC by SPF; DKIM is not known."),
        _("SPF alone is lost when a recipient forwards the mail."),
        _AGAIN,
    ),
    "passes_not": Message(
        "fail",
        _("Mail from %(domain)s through %(provider)s does not pass DMARC."),
        _("It may be refused or end in spam: neither DKIM nor SPF speaks for your domain."),
        _("Put DKIM right."),
    ),
    "passes_unknown": Message(
        "unknown",
        _("Whether mail from %(domain)s through %(provider)s passes DMARC is not known."),
        _("The DNS did not answer all questions."),
        _AGAIN,
    ),
    "passes_not_entered": Message(
        "info",
        _("Whether mail from %(domain)s through %(provider)s passes DMARC is not known."),
        _("It depends on DKIM, whose key has not been entered."),
        _("Enter the DKIM selector that %(provider)s gave you."),
    ),
    "alignment_no_dmarc": Message(
        "info",
        _("The domain has no valid DMARC yet."),
        _("All this counts as soon as it has."),
        _("Put DMARC right."),
    ),
    # Incoming mail
    "mx_implicit": Message(
        "warning",
        _("The domain names no server for its mail (no MX record)."),
        _("Mail to it goes to the server of the web site, which may not take it."),
        _("Publish an MX record that names your mail server."),
    ),
    "mx_missing": Message(
        "warning",
        _("The domain takes no mail (no MX record)."),
        _NO_BOUNCES,
        _("Publish an MX record that names your mail server."),
    ),
    "mx_null": Message(
        "warning",
        _("The domain says that it takes no mail (a null MX record)."),
        _NO_BOUNCES,
        _("Publish an MX record that names your mail server, if you want to get mail."),
    ),
    "mx_address": Message(
        "warning",
        _("The MX record names %(host)s, which is an address; it must name a server."),
        _NO_BOUNCES,
        _("Write the name of the mail server in its place."),
    ),
    "mx_dead": Message(
        "warning",
        _("The mail server %(host)s has no address."),
        _("Mail to it is lost or comes late."),
        _("Correct the MX record, or give the server an address."),
    ),
    "mx_cname": Message(
        "warning",
        _("The mail server %(host)s is only an alias (a CNAME record)."),
        _("Some senders do not deliver to an alias."),
        _("Write the server's own name into the MX record."),
    ),
    # Return path, tracking domain
    "return_path_not_known": Message(
        "info",
        _("It is not known where %(provider)s has undeliverable mail sent to."),
        _("So this could not be checked."),
        _NOTHING,
    ),
    "return_path_fixed": Message(
        "info", _("Undeliverable mail goes back to %(default)s."), "", _NOTHING
    ),
    "return_path_default": Message(
        "info",
        _("Undeliverable mail goes back to %(default)s, not to a name of your domain."),
        _("SPF then does not count for DMARC; DKIM does, and suffices."),
        _("This is optional."),
    ),
    "tracking_default": Message(
        "info",
        _("The links in your mails lead to a domain of %(provider)s."),
        _("That works; a name of your own looks more trustworthy."),
        _("This is optional."),
    ),
    "tracking_missing": Message(
        "warning",
        _("The name for your links, %(name)s, does not exist."),
        _("The links in your mails lead nowhere."),
        _SHOWN,
    ),
    "no_cname": Message(
        "warning",
        _("%(name)s should be an alias of %(wanted)s, but has other records: %(records)s."),
        _("%(provider)s cannot use the name, as an alias can only stand alone."),
        _("Take them away if nobody needs them, or choose another name."),
    ),
    "other_target": Message(
        "warning",
        _("%(name)s is an alias of %(found)s, but should be one of %(wanted)s."),
        _("%(provider)s cannot use the name."),
        _SHOWN,
    ),
    "target_missing": Message(
        "warning",
        _("%(name)s is an alias of %(found)s, which does not exist."),
        _("%(provider)s cannot use the name."),
        _("Check again later; if it stays so, ask %(provider)s."),
    ),
    "older_target": Message(
        "info",
        _("%(name)s is an alias of %(found)s; %(wanted)s is newer."),
        _("The older one still works."),
        _NOTHING,
    ),
    # MTA-STS, TLS reports, BIMI
    "policy_missing": Message(
        "info", _("There is no such record at %(name)s."), "", _("This is optional.")
    ),
    "policy_several": Message(
        "warning",
        _("There are several such records at %(name)s, but only one may be there."),
        _("None of them counts."),
        _("Keep one, and remove the others."),
    ),
    "policy_pasted": Message(
        "warning",
        _("The record has characters that do not belong to it: %(what)s."),
        _("It does not count."),
        _("Enter it again without them."),
    ),
    "policy_id": Message(
        "warning",
        _("“id=” must be 1 to 32 letters or digits."),
        _("The record does not count."),
        _("Write the date and time there, such as 20260131120000."),
    ),
    "policy_host": Message(
        "warning",
        _("%(host)s, where the policy itself belongs, has no address."),
        _("The record has no effect."),
        _("Publish the policy there, or remove the record."),
    ),
    "policy_rua": Message(
        "warning",
        _("“rua=” does not say where reports go."),
        _("Nobody gets them."),
        _("Write “mailto:” and an address, or an address that begins with “https://”."),
    ),
    "policy_logo": Message(
        "warning",
        _("“l=” does not lead to a logo."),
        _("No logo is shown."),
        _("Write the address of the logo, which must begin with “https://”."),
    ),
    "policy_dmarc": Message(
        "warning",
        _("The logo is only shown for domains whose DMARC policy is “quarantine” or “reject”."),
        _("No logo is shown."),
        _("Make the DMARC policy stronger first."),
    ),
}
