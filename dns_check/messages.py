# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every message of the checks: what is wrong, what that leads to, and what to do.

They are short sentences for somebody who runs a shop. `make dns-messages` writes them to
`docs/dns-messages.rst`.
"""

from dataclasses import dataclass

from .text import _


@dataclass(frozen=True)
class Message:
    """The sentences of a problem.

    :param status: a key of `result.STATUSES`
    :param wrong: what is wrong, or what was found
    :param todo: what to do; if operations are shown, they do it
    :param by_hand: what to do if no operation can be shown; default: as `todo`
    """

    status: str
    wrong: str
    leads_to: str = ""
    todo: str = ""
    by_hand: str = ""


_SHOWN = _("Make the change shown below.")
_NOTHING = _("You do not need to do anything.")
_AGAIN = _("Check again in a few minutes.")
_CORRECT = _("Correct the record in the DNS, then check again.")

# Kinds of problems that differ in what is wrong and in what to do about it


def _unchecked(wrong: str, todo: str) -> Message:
    return Message("info", wrong, _("So this could not be checked."), todo)


def _misplaced(wrong: str, todo: str, by_hand: str) -> Message:
    leads_to = _("Receivers do not look for the record there.")
    return Message("fail", wrong, leads_to, todo, by_hand)


def _unproved(
    wrong: str,
    leads_to: str = _(
        "%(provider)s does not send mail from a domain before its ownership is proved."
    ),
) -> Message:
    by_hand = _("Publish the record as soon as the name is free.")
    return Message("fail", wrong, leads_to, _SHOWN, by_hand)


def _ignored(wrong: str, by_hand: str, todo: str = _SHOWN) -> Message:
    leads_to = _("Receivers such as Gmail ignore the whole record, for all mail from your domain.")
    return Message("fail", wrong, leads_to, todo, by_hand)


def _refused(wrong: str, by_hand: str) -> Message:
    leads_to = _("Mail that %(provider)s sends for you does not pass SPF.")
    return Message("fail", wrong, leads_to, _SHOWN, by_hand)


def _unsigned(
    wrong: str,
    by_hand: str = _("Ask %(provider)s for the right record and publish it."),
    todo: str = _SHOWN,
) -> Message:
    leads_to = _("Receivers cannot verify the signature of your mails, and trust them less.")
    return Message("fail", wrong, leads_to, todo, by_hand)


def _unreachable(wrong: str, todo: str) -> Message:
    return Message("warning", wrong, _("Replies of your customers and bounces are lost."), todo)


_DMARC_MISTAKE = Message(
    "warning",
    _("The DMARC record has a mistake: %(what)s."),
    _("Receivers ignore that part of the record."),
    _SHOWN,
    _CORRECT,
)

MESSAGES = {
    # Of any check
    "unanswered": Message(
        "unknown",
        _("The DNS did not say what is at %(name)s: %(reason)s."),
        _("So this could not be checked. It may be right or wrong."),
        _AGAIN,
    ),
    "out_of_time": Message(
        "unknown",
        _("There was no time left to ask the DNS what is at %(name)s."),
        _("So this could not be checked. It may be right or wrong."),
        _AGAIN,
    ),
    "bad_name": Message(
        "fail",
        _("“%(name)s” is not a valid domain name."),
        _("The DNS cannot be asked about this name."),
        _("Check the spelling and enter the name again."),
    ),
    "internal": Message(
        "unknown",
        _("This check stopped because of an error in Odoo."),
        _("So this could not be checked."),
        _("Send the log of the Odoo server to its administrator."),
    ),
    "wildcard": Message(
        "warning",
        _("The answer comes from %(wildcard)s, an entry that answers for every name."),
        _("So it is not clear whether the record itself exists."),
        _("Publish the record at its own name. It then replaces the answer of the entry."),
    ),
    "at_doubled": _misplaced(
        _("The record is at %(place)s: the DNS service added the domain a second time."),
        _("Publish the record as shown below, and enter only “%(host)s” as its name."),
        _("Publish the record again, and enter only “%(host)s” as its name."),
    ),
    "at_apex": _misplaced(
        _("The record is at %(place)s itself, but it belongs to the name “%(host)s” (%(name)s)."),
        _("Publish the record as shown below."),
        _("Publish the record again at %(name)s."),
    ),
    "at_parent": _misplaced(
        _("The record is at %(place)s, but it belongs to %(name)s."),
        _("Publish the record as shown below."),
        _("Publish the record again at %(name)s."),
    ),
    "at_underscore": _misplaced(
        _("The record is at %(place)s: the underscores (_) of its name are missing."),
        _("Publish the record as shown below, at %(name)s."),
        _("Publish the record again at %(name)s."),
    ),
    "alias_in_the_way": Message(
        "info",
        _("%(name)s is an alias (a CNAME record) of %(target)s."),
        _("An alias cannot have records of its own: receivers read those of %(target)s."),
        _("Ask the operator of %(target)s to correct the record, or send from another domain."),
    ),
    "not_enough": Message(
        "info",
        _("No change is proposed, because no change was found that solves all problems."),
        _("This problem would remain: %(reason)s"),
        _("Solve that problem first, then check again."),
    ),
    "stale": Message(
        "info",
        _("%(name)s has been changed, but some DNS servers still give the old record."),
        _("Receivers may use the old record for another %(seconds)s seconds."),
        _NOTHING,
    ),
    "stale_missing": Message(
        "info",
        _("%(name)s is published, but some DNS servers do not know it yet."),
        _("Receivers may need an hour or more to see the record."),
        _NOTHING,
    ),
    # Ownership
    "ownership_not_known": _unchecked(
        _("Odoo does not know which record %(provider)s asks for as a proof."),
        _("Enter the name and the value that %(provider)s shows you."),
    ),
    "ownership_missing": _unproved(
        _("The record that proves that the domain is yours is missing.")
    ),
    "ownership_other": _unproved(
        _("The value at %(name)s is not the one that %(provider)s asks for.")
    ),
    "ownership_cname": _unproved(
        _("%(name)s is an alias (a CNAME record) of %(target)s, which does not have the value.")
    ),
    "ownership_pasted": _unproved(
        _("The value contains extra characters, probably from copy and paste: %(what)s."),
        _("%(provider)s does not recognize the value."),
    ),
    # SPF record
    "spf_missing": Message(
        "fail",
        _("The domain has no SPF record."),
        _("Receivers cannot distinguish your mail from forged mail."),
        _SHOWN,
        _("Ask the services that send mail for you what the record must contain."),
    ),
    "spf_several": Message(
        "fail",
        _("There are %(count)s SPF records, but a domain may have only one."),
        _("Receivers such as Gmail ignore all of them, for all mail from your domain."),
        _("Make the changes shown below: they join all records into one."),
        _("Join the records into one, and remove the others."),
    ),
    "spf_mistaken": Message(
        "fail",
        _("A record looks like SPF, but is invalid: %(what)s."),
        _("Receivers act as if the record did not exist."),
        _SHOWN,
        _CORRECT,
    ),
    "spf_wildcard": Message(
        "warning",
        _("The SPF record comes from %(wildcard)s, an entry that answers for every name."),
        _("The entry stops answering for %(name)s when any record is published at or below it."),
        _(
            "Make the change shown below. If %(name)s needs other records (A, MX), add "
            "them as well."
        ),
    ),
    "spf_type": Message(
        "warning",
        _("There is also a record of the old type SPF."),
        _("Receivers no longer read that type. It only causes confusion."),
        _("Remove that record, and keep the SPF record of the type TXT."),
    ),
    "spf_syntax": _ignored(
        _("“%(term)s” at position %(position)s of the record is wrong: %(hint)s."), _CORRECT
    ),
    "spf_equals": Message(
        "warning",
        _("“%(term)s” has an equals sign (=) instead of a colon (:)."),
        _("Receivers ignore this part of the record."),
        _SHOWN,
        _("Write “%(meant)s” instead."),
    ),
    "spf_joined": Message(
        "warning",
        _("“%(term)s” appears a second time in the record: two records were joined."),
        _("The parts after it may have no effect."),
        _SHOWN,
        _("Remove the second one, and write “all” only once, at the end."),
    ),
    "spf_odd_name": Message(
        "fail",
        _("“%(term)s” at position %(position)s of the record is wrong: %(hint)s."),
        _("This part leads to a domain that does not exist."),
        _SHOWN,
        _CORRECT,
    ),
    "spf_include_none": _ignored(
        _("“%(term)s” (in %(domain)s) refers to %(target)s, which has no SPF record."),
        _("Check the spelling of “%(term)s”, or remove it."),
    ),
    "spf_include_several": _ignored(
        _(
            "“%(term)s” (in %(domain)s) leads to a domain with several SPF records. Only "
            "one is allowed."
        ),
        _("Inform the operator of %(target)s, or remove this part."),
        _("Make the change shown below, and inform the operator of %(target)s."),
    ),
    "spf_include_syntax": _ignored(
        _("“%(term)s” (in %(domain)s) leads to an SPF record with a mistake."),
        _("Inform the operator of %(target)s, or remove this part."),
        _("Make the change shown below, and inform the operator of %(target)s."),
    ),
    "spf_loop": _ignored(
        _("The record includes itself (a loop): %(path)s."),
        _("Remove the part that closes the loop."),
    ),
    "spf_too_many_mx": _ignored(
        _("“%(term)s” (in %(domain)s) stands for more than 10 mail servers. The limit is 10."),
        _("Inform the operator of %(domain)s, or remove this part."),
    ),
    "spf_macros": Message(
        "info",
        _("The meaning of “%(term)s” (in %(domain)s) differs for each mail."),
        _("So Odoo could not check this part. Receivers can."),
        _NOTHING,
    ),
    "spf_too_large": _ignored(
        _("The record leads to so many others that “%(term)s” (in %(domain)s) was not checked."),
        _("Remove the services that you no longer use."),
    ),
    "spf_too_many_lookups": _ignored(
        _("The SPF record needs %(count)s DNS look-ups. The limit is 10."),
        _(
            "Remove the services that you no longer use. “%(term)s” alone needs "
            "%(lookups)s look-ups."
        ),
    ),
    "spf_too_many_voids": _ignored(
        _("These parts lead to names that do not exist: %(names)s. At most 2 are allowed."),
        _("Remove these parts, or ask the operator of the names to correct them."),
    ),
    "spf_void": Message(
        "warning",
        _("These parts lead to names that do not exist: %(names)s."),
        _("These parts allow no server. With 3 of them, receivers ignore the whole record."),
        _SHOWN,
        _("Ask the operator of the names to correct them."),
    ),
    "spf_ptr": Message(
        "warning",
        _("“%(term)s” (in %(domain)s) is obsolete (“ptr” asks for the owner of an address)."),
        _("Many receivers ignore this part, and do not trust mail that passes only because of it."),
        _("Replace it with the addresses of the servers, such as “ip4:192.0.2.1”."),
    ),
    "spf_duplicate": Message(
        "warning",
        _("“%(term)s” (in %(domain)s) appears more than once."),
        _("Each time counts towards the limit of 10 look-ups."),
        _SHOWN,
        _("Remove one of the two, if that record is yours."),
    ),
    "spf_all_pass": Message(
        "fail",
        _("“%(term)s” lets anybody send mail in your domain's name."),
        _("Spam in your name passes SPF, and receivers trust your domain less."),
        _("Make the change shown below. Only the senders that the record lists will pass."),
        _("Write “~all” at the end of the record."),
    ),
    "spf_redirect_ignored": Message(
        "warning",
        _("“%(term)s” has no effect, because the record has “%(all)s” as well."),
        _("The servers that it should allow are not allowed."),
        _SHOWN,
        _("Keep only one of the two."),
    ),
    "spf_after_all": Message(
        "warning",
        _("“%(term)s” comes after “%(all)s”, which ends the record."),
        _("“%(term)s” has no effect: the servers that it should allow are not allowed."),
        _SHOWN,
        _("Move “%(term)s” before “%(all)s”."),
    ),
    "spf_no_all": Message(
        "warning",
        _("The record does not say how to treat mail from all other servers."),
        _("Forged mail in your name is not marked."),
        _SHOWN,
        _("Add “~all” at the end of the record."),
    ),
    "spf_neutral_all": Message(
        "info",
        _("With “?all”, the record does not say how to treat mail from all other servers."),
        _("Forged mail in your name is not marked."),
        _("When the record lists all services that send for you, write “~all” instead."),
    ),
    "spf_long": Message(
        "info",
        _(
            "The record is long: it has %(length)s characters, and the DNS answer has "
            "%(answer)s bytes."
        ),
        _("Almost all receivers can read a record of this length."),
        _NOTHING,
    ),
    # What the proposed SPF record does not have, or why there is none
    "spf_left_out": Message(
        "info",
        _("The proposed record leaves out: %(what)s."),
        _("The part that is left out allows no server."),
        _("If you need this part, correct it before you publish the record."),
    ),
    "spf_narrowed": Message(
        "info",
        _("The proposed record leaves out “%(term)s”, which allows anybody to send."),
        _("Only the senders that the rest of the record lists will pass."),
        _("Before you publish it, check that the record lists all services that send for you."),
    ),
    "spf_copied_mx": Message(
        "info",
        _("The proposed record has IP addresses instead of “%(term)s”."),
        _("When the addresses of these mail servers change, you must change the record."),
        _("Inform the administrator of the mail servers."),
    ),
    "spf_full": Message(
        "info",
        _("No record is proposed: it would need %(count)s look-ups. The limit is 10."),
        _("Each service that sends for you needs some of them: %(terms)s."),
        _(
            "Remove a service that you no longer use, starting with the first of the "
            "list. Then check again."
        ),
    ),
    "spf_full_keep": Message(
        "info",
        _("No record is proposed: it would need %(count)s look-ups. The limit is 10."),
        _("Each service that sends for you needs some of them: %(terms)s."),
        _(
            "Remove a service that you no longer use, then check again. Keep "
            "“%(mailbox)s”: your own mailboxes need it."
        ),
    ),
    "spf_full_provider": Message(
        "info",
        _("No record is proposed: %(provider)s alone needs %(count)s look-ups of at most 10."),
        _("No record that contains %(provider)s can be valid."),
        _("Ask %(provider)s for a shorter record."),
    ),
    "spf_foreign": Message(
        "info",
        _(
            "No record is proposed: the mistake in “%(term)s” is in a record of "
            "%(target)s, not in yours."
        ),
        _("Some mail still passes because of “%(term)s”. Without it, this mail would fail."),
        _("Inform the operator of %(target)s, or remove “%(term)s” if you no longer need it."),
    ),
    # SPF for the provider
    "spf_esp_not_known": _unchecked(
        _("Odoo does not know what %(provider)s asks for in the SPF record."),
        _("Enter the SPF text that %(provider)s gave you."),
    ),
    "spf_esp_copied": Message(
        "info",
        _("The record lists IP addresses of %(provider)s instead of “%(terms)s”."),
        _("If these addresses change, your mail no longer passes SPF."),
        _("Replace the addresses with “%(terms)s”."),
    ),
    "spf_esp_partly": Message(
        "warning",
        _("The SPF record allows only %(passed)s of %(all)s networks of %(provider)s."),
        _("Part of your mail does not pass SPF."),
        _SHOWN,
        _("Add “%(terms)s” to the record."),
    ),
    "spf_esp_no_record": _refused(
        _("There is no valid SPF record that allows %(provider)s."),
        _("The record needs “%(terms)s”."),
    ),
    "spf_esp_missing": _refused(
        _("%(provider)s is not in the SPF record."), _("The record needs “%(terms)s”.")
    ),
    "spf_esp_silent": Message(
        "unknown",
        _("Odoo could not find out which servers “%(terms)s” (asked for by %(provider)s) allows."),
        _("So this could not be checked."),
        _("Check again later. If nothing changes, ask %(provider)s."),
    ),
    "spf_esp_macros": Message(
        "info",
        _("“%(terms)s” is in the record. Its meaning differs for each mail."),
        _("So Odoo could not check this part. Receivers can."),
        _NOTHING,
    ),
    "spf_esp_past_limit": _refused(
        _("Receivers stop after 10 look-ups, before they reach %(provider)s."),
        _("Remove the services that you no longer use from the record."),
    ),
    "spf_esp_invalid": _refused(
        _("There is a mistake in the SPF record, or in a record that it includes (%(name)s)."),
        _("Correct the mistake first, as explained under “SPF record”."),
    ),
    "spf_esp_after_all": _refused(
        _("“%(terms)s” comes after “%(term)s”, which ends the record."),
        _("Move “%(terms)s” before “%(term)s”."),
    ),
    "spf_esp_qualifier": _refused(
        _("The sign before “%(terms)s” cancels its effect."), _("Remove the sign.")
    ),
    "spf_esp_earlier": _refused(
        _("“%(term)s” comes first in the record, and excludes %(provider)s."),
        _("Move “%(terms)s” before “%(term)s”."),
    ),
    "spf_esp_redirect_ignored": _refused(
        _("The redirect to %(provider)s has no effect, because the record has “%(term)s” as well."),
        _("Replace the redirect with “%(terms)s”."),
    ),
    # DKIM
    "dkim_not_known": _unchecked(
        _("Odoo does not know where the key of %(provider)s should be."),
        _("Enter the DKIM selector that %(provider)s gave you."),
    ),
    "dkim_missing": _unsigned(_("There is no key at %(name)s.")),
    "dkim_dangling": _unsigned(_("%(name)s is an alias of %(target)s, which has no key.")),
    "dkim_target": _unsigned(
        _("%(name)s is an alias of %(found)s, but should be an alias of %(wanted)s."), ""
    ),
    "dkim_no_cname": Message(
        "fail",
        _("%(name)s has a key of its own, but should be an alias of %(wanted)s."),
        _("When %(provider)s changes its key, receivers no longer trust your mails."),
        _SHOWN,
    ),
    "dkim_none": _unsigned(_("The record at %(name)s is not a DKIM key.")),
    "dkim_several": Message(
        "fail",
        _("%(name)s has %(count)s TXT records, but only one is allowed."),
        _("Receivers may use the wrong one, and trust your mails less."),
        _("Make the changes shown below."),
        _("Ask %(provider)s which one is right, and remove the others."),
    ),
    "dkim_cut": _unsigned(
        _("The key at %(name)s is cut off: its end is missing."),
        todo=_(
            "Make the change shown below, and check that your DNS service keeps the whole value."
        ),
    ),
    "dkim_other": _unsigned(
        _("%(name)s has the key %(found)s, but %(provider)s signs with %(wanted)s."), ""
    ),
    "dkim_pasted": _unsigned(
        _("The key at %(name)s contains extra characters, probably from copy and paste: %(what)s.")
    ),
    "dkim_no_key": _unsigned(_("The record at %(name)s has no key (no “p=”).")),
    "dkim_revoked": _unsigned(_("The key at %(name)s was revoked: nothing follows “p=”.")),
    "dkim_type": _unsigned(
        _("The key at %(name)s has a type that receivers do not know: “%(kind)s”.")
    ),
    "dkim_syntax": _unsigned(
        _("“%(piece)s” at position %(position)s of %(name)s does not have the form “name=value”.")
    ),
    "dkim_repeated": _unsigned(_("“%(tag)s=” appears more than once in the record at %(name)s.")),
    "dkim_version": _unsigned(
        _("The record at %(name)s contains “v=”, but does not begin with “v=DKIM1”.")
    ),
    "dkim_base64": _unsigned(
        _("“%(character)s” at position %(position)s of %(name)s cannot be part of a key.")
    ),
    "dkim_unreadable": _unsigned(_("The key at %(name)s cannot be read.")),
    "dkim_ed25519": Message(
        "warning",
        _("The key at %(name)s has the new type Ed25519."),
        _("Many receivers do not know this type yet, and trust your mails less."),
        _("Ask %(provider)s for a key of the type RSA as well."),
    ),
    "dkim_short": _unsigned(
        _("The key at %(name)s is too short: it has %(bits)s bits, and the minimum is 1024."),
        _("Ask %(provider)s for a key of 2048 bits."),
    ),
    "dkim_1024": Message(
        "warning",
        _("The key at %(name)s is short: it has %(bits)s bits."),
        _("This length still works, but 2048 bits are safer."),
        _("Ask %(provider)s for a key of 2048 bits."),
    ),
    "dkim_hash": _unsigned(
        _("The record at %(name)s allows only an old way to sign (“h=” without sha256).")
    ),
    "dkim_service": _unsigned(
        _("The record at %(name)s says that the key is not for mail (“s=” without email).")
    ),
    "dkim_testing": Message(
        "warning",
        _("The record at %(name)s says “t=y”: you are only testing."),
        _("Receivers may act as if your mails were not signed."),
        _SHOWN,
        _("Remove “t=y” when your tests are over."),
    ),
    # DMARC
    "dmarc_missing": Message(
        "fail",
        _("The domain has no DMARC record."),
        _("Gmail, Yahoo and others refuse mass mail from a domain without DMARC."),
        _("Make the change shown below. As a first step, the new record only asks for reports."),
        _("Publish a DMARC record."),
    ),
    "dmarc_several": Message(
        "fail",
        _("There are %(count)s DMARC records, but a domain may have only one."),
        _("Receivers ignore all of them, as if the domain had no DMARC."),
        _("Make the changes shown below. They keep the mildest of the policies."),
        _("Keep one record, and remove the others."),
    ),
    "dmarc_mistaken": Message(
        "fail",
        _("A record looks like DMARC, but is invalid: %(what)s."),
        _("Receivers act as if the record did not exist."),
        _SHOWN,
        _CORRECT,
    ),
    "dmarc_idle": Message(
        "warning",
        _("There is a second record that looks like DMARC, but is invalid: %(what)s."),
        _("Receivers ignore it. If somebody corrects it, receivers will ignore both records."),
        _("Remove the second record, as shown below."),
        _("Remove the second record."),
    ),
    "dmarc_unrelated": Message(
        "warning",
        _("The name also has a record that has nothing to do with DMARC: %(value)s"),
        _("Most receivers ignore that record, but some may not."),
        _("Remove that record from this name. It probably belongs to the domain itself."),
    ),
    "dmarc_no_policy": Message(
        "fail",
        _("The DMARC record has no valid policy: %(what)s."),
        _("Receivers act as if the domain had no DMARC."),
        _SHOWN,
        _("Write “p=none”, “p=quarantine” or “p=reject”."),
    ),
    "dmarc_weak_policy": Message(
        "warning",
        _("The DMARC record has no valid policy: %(what)s."),
        _("Receivers treat the record as “p=none”: they only send reports."),
        _SHOWN,
        _("Write “p=none”, “p=quarantine” or “p=reject”."),
    ),
    "dmarc_none": Message(
        "warning",
        _("The policy is “none”: receivers only send reports."),
        _("Forged mail in your name is still delivered."),
        _(
            "When the reports have shown for some weeks that your mail passes, write "
            "“p=quarantine”."
        ),
    ),
    "dmarc_sp_none": Message(
        "warning",
        _("“sp=none” exempts all subdomains from the policy."),
        _("Forged mail in the name of a subdomain is still delivered."),
        _("Remove “sp=none” if all mail from the subdomains passes DMARC."),
    ),
    "dmarc_testing": Message(
        "warning",
        _("“t=y” says that you are only testing the policy “%(policy)s”."),
        _("New receivers apply a milder policy to mail that fails; old receivers do not."),
        _("Remove “t=y” when your tests are over."),
    ),
    "dmarc_inherited": Message(
        "info",
        _("The domain has no DMARC record of its own; the record of %(domain)s applies."),
        _("The policy for this domain is %(tag)s=%(policy)s."),
        _NOTHING,
    ),
    "dmarc_np": Message(
        "info",
        _("The policy comes from “np”, which is for names that do not exist."),
        _("Old receivers do not know “np”, and apply “%(policy)s”."),
        _NOTHING,
    ),
    "dmarc_psd": Message(
        "info",
        _("The record uses “psd” to say where an organization begins."),
        _("Old receivers do not know “psd”, and use their own list instead."),
        _NOTHING,
    ),
    "dmarc_value": _DMARC_MISTAKE,
    "dmarc_syntax": _DMARC_MISTAKE,
    "dmarc_repeated": _DMARC_MISTAKE,
    "dmarc_uri": _DMARC_MISTAKE,
    "dmarc_left_out": Message(
        "info",
        _("The proposed record does not contain “%(piece)s”."),
        _("The meaning of this part is not clear."),
        _("If you need this part, correct it before you publish the record."),
    ),
    "dmarc_order": Message(
        "warning",
        _("“p=” does not come directly after “v=DMARC1;”."),
        _("Old receivers do not recognize the record."),
        _SHOWN,
        _("Move “p=” directly after “v=DMARC1;”."),
    ),
    "dmarc_pct": Message(
        "warning",
        _("“pct=%(pct)s” asks receivers to apply the policy to a part of the mail only."),
        _("New receivers no longer know “pct”, and apply the policy to all mail."),
        _("Remove “pct”, or write “t=y” while you are testing."),
    ),
    "dmarc_obsolete": Message(
        "info",
        _("“%(tag)s” no longer has any effect."),
        _("Receivers ignore “%(tag)s”."),
        _NOTHING,
    ),
    "dmarc_no_rua": Message(
        "info",
        _("The record does not say where reports go (“rua=”)."),
        _("You never learn which mail fails."),
        _("Add “rua=mailto:” and an address of yours, if you want reports."),
    ),
    "dmarc_external": Message(
        "warning",
        _("Reports go to %(host)s, which does not allow reports about %(domain)s."),
        _("So nobody receives the reports."),
        _("Ask the operator of %(host)s to publish the record shown below."),
    ),
    "dmarc_mailbox": Message(
        "warning",
        _("Reports go to an address at %(host)s, a mailbox service."),
        _("Receivers do not send reports there, because %(host)s does not allow them."),
        _("Make the change shown below. The reports then go to an address of your own domain."),
        _("Write an address of your own domain instead."),
    ),
    "dmarc_rua_mx": Message(
        "warning",
        _("Reports go to %(host)s, which does not accept mail."),
        _("So nobody receives the reports."),
        _("Write an address that receives mail instead."),
    ),
    # Alignment
    "passes_dkim_spf_unknown": Message(
        "ok",
        _(
            "Mail from %(domain)s through %(provider)s passes DMARC by DKIM. The result "
            "of SPF is not known."
        ),
    ),
    "passes_both": Message(
        "ok", _("Mail from %(domain)s through %(provider)s passes DMARC by DKIM and by SPF.")
    ),
    "passes_dkim": Message(
        "ok",
        _(
            "Mail from %(domain)s through %(provider)s passes DMARC by DKIM. SPF does not"
            " count, because receivers check it for %(envelope)s."
        ),
    ),
    "passes_spf": Message(
        "warning",
        _("Mail from %(domain)s through %(provider)s passes DMARC by SPF only."),
        _("If a recipient forwards the mail, it no longer passes."),
        _("Correct DKIM."),
    ),
    "passes_spf_dkim_unknown": Message(
        "unknown",
        _(
            "Mail from %(domain)s through %(provider)s passes DMARC by SPF. The result of"
            " DKIM is not known."
        ),
        _("With SPF alone, mail that a recipient forwards no longer passes."),
        _AGAIN,
    ),
    "passes_not": Message(
        "fail",
        _("Mail from %(domain)s through %(provider)s does not pass DMARC."),
        _(
            "Receivers may refuse the mail or mark it as spam: neither DKIM nor SPF "
            "confirms your domain."
        ),
        _("Correct DKIM."),
    ),
    "passes_unknown": Message(
        "unknown",
        _("Odoo does not know whether mail from %(domain)s through %(provider)s passes DMARC."),
        _("The DNS did not answer all questions."),
        _AGAIN,
    ),
    "passes_not_entered": Message(
        "info",
        _("Odoo does not know whether mail from %(domain)s through %(provider)s passes DMARC."),
        _("The result depends on DKIM, but the DKIM key has not been entered."),
        _("Enter the DKIM selector that %(provider)s gave you."),
    ),
    "alignment_no_dmarc": Message(
        "info",
        _("The domain has no valid DMARC yet."),
        _("The result counts as soon as the domain has DMARC."),
        _("Correct DMARC."),
    ),
    # Incoming mail
    "mx_implicit": Message(
        "warning",
        _("The domain lists no server for incoming mail (no MX record)."),
        _("Mail to the domain goes to its web server, which may not accept it."),
        _("Publish an MX record with the name of your mail server."),
    ),
    "mx_missing": _unreachable(
        _("The domain cannot receive mail (no MX record)."),
        _("Publish an MX record with the name of your mail server."),
    ),
    "mx_null": _unreachable(
        _("The domain says that it does not accept mail (a null MX record)."),
        _("If you want to receive mail, publish an MX record with the name of your mail server."),
    ),
    "mx_address": _unreachable(
        _("The MX record contains the address %(host)s. It must contain the name of a server."),
        _("Replace the address with the name of the mail server."),
    ),
    "mx_dead": Message(
        "warning",
        _("The mail server %(host)s has no address."),
        _("Mail to the domain is lost or late."),
        _("Correct the MX record, or give the server an address."),
    ),
    "mx_cname": Message(
        "warning",
        _("The mail server %(host)s is only an alias (a CNAME record)."),
        _("Some senders do not deliver to an alias."),
        _("Write the server's own name into the MX record."),
    ),
    # Return path, tracking domain
    "return_path_not_known": _unchecked(
        _("Odoo does not know where %(provider)s sends undeliverable mail."), _NOTHING
    ),
    "return_path_fixed": Message(
        "info", _("Undeliverable mail goes back to %(default)s."), "", _NOTHING
    ),
    "return_path_default": Message(
        "info",
        _("Undeliverable mail goes back to %(default)s, not to a name of your domain."),
        _("So SPF does not count for DMARC. DKIM does, and that is enough."),
        _("This is optional."),
    ),
    "tracking_default": Message(
        "info",
        _("The links in your mails lead to a domain of %(provider)s."),
        _("Your own domain looks more trustworthy."),
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
        _("%(provider)s cannot use the name: an alias cannot have other records."),
        _("Remove the other records if nobody needs them, or choose another name."),
    ),
    "other_target": Message(
        "warning",
        _("%(name)s is an alias of %(found)s, but should be an alias of %(wanted)s."),
        _("%(provider)s cannot use the name."),
        _SHOWN,
    ),
    "target_missing": Message(
        "warning",
        _("%(name)s is an alias of %(found)s, which does not exist."),
        _("%(provider)s cannot use the name."),
        _("Check again later. If nothing changes, ask %(provider)s."),
    ),
    "older_target": Message(
        "info",
        _("%(name)s is an alias of %(found)s; %(wanted)s is newer."),
        _("The old name still works."),
        _NOTHING,
    ),
    # MTA-STS, TLS reports, BIMI
    "policy_missing": Message(
        "info", _("There is no record at %(name)s."), "", _("This is optional.")
    ),
    "policy_several": Message(
        "warning",
        _("%(name)s has several records of this kind, but only one is allowed."),
        _("Receivers ignore all of them."),
        _("Keep one record, and remove the others."),
    ),
    "policy_pasted": Message(
        "warning",
        _("The record contains extra characters, probably from copy and paste: %(what)s."),
        _("Receivers ignore the record."),
        _("Enter the record again without these characters."),
    ),
    "policy_id": Message(
        "warning",
        _("“id=” must be 1 to 32 letters or digits."),
        _("Receivers ignore the record."),
        _("Write the date and time instead, such as 20260131120000."),
    ),
    "policy_host": Message(
        "warning",
        _("%(host)s, which should provide the policy, has no address."),
        _("The record has no effect."),
        _("Publish the policy at %(host)s, or remove the record."),
    ),
    "policy_rua": Message(
        "warning",
        _("“rua=” does not say where reports go."),
        _("You do not get reports."),
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
