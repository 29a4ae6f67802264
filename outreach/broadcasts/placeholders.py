"""Placeholders of other mailing programs in a text that was copied from there: nothing would be put in their place."""

import html
import re
from collections.abc import Iterable

IN_ADDRESSES = re.compile(
    r"""
    \{\{.*?\}\}                            # {{ name }}: Handlebars, Liquid, listmonk
    | \{%.*?%\}                            # {% if … %}: Django, Liquid
    | \$\{[^{}]*\}                         # ${name}
    | \{\$?[^\W\d][\w.\ |:-]{0,40}\}       # {name}, {prénom}, {$name}: Smarty
    | \{\$?[^\W\d][\w.\ ]{0,40}\|[^{}]{1,60}\}                    # {name|'friend'}
    | \{[^\W\d][\w.]{0,40}(?:,\s?[a-z]{1,20})?=[^{}]{0,60}\}      # {contactfield=firstname}: Mautic
    | \{!\$?[^\W\d][\w.]{0,60}\}           # {!Contact.FirstName}: Salesforce
    | \*\|[^|*]{1,60}\|\*                  # *|FNAME|*: Mailchimp
    | \[\[[^\[\]]{1,60}\]\]                # [[name]]
    | \$\[[^\[\]$]{1,60}\]\$               # $[FNAME|friend]$: Zoho
    | \[[^\W\d][\w ]{0,40},\s?fallback=[^\[\]]{0,60}\]           # [firstname,fallback=friend]: Campaign Monitor, Sendy
    | \[(?:subscriber|newsletter|link|contact_attribute):\w{1,60}(?:\s?\|[^\[\]]{0,60})?\]          # MailPoet
    | \[(?i:(?:first|last|full)_?name|[fl]name|unsubscribe_?url)\]                                   # phpList
    | \[%\s?[\w.:]{1,60}\s?(?:\|[^\[\]]{0,60})?%\]                # [% member:first_name %]: Emma
    | <%[^<>%]{1,60}%>                       # <%= recipient.firstName %>: Adobe
    """,
    re.VERBOSE | re.DOTALL,
)
IN_TEXT = re.compile(
    IN_ADDRESSES.pattern
    + r"""
    | (?<![\w%])%{1,2}[A-Za-z_][\w.-]{0,40}%{1,2}(?!\w)   # %name%, %%name%%, %recipient.name%
    | (?<![\w%])%%[A-Za-z_][\w.\ -]{0,40}%%(?!\w)         # %%First Name%%
    | (?:«|<<)\s?(?:                                      # Word's mail merge; «Gracias» and <<Prénom>> are quotations
        (?i:(?:first|last|full|given)\ ?name|addressblock|greetingline)                # <<First Name>>
        | [^\W_]{1,30}(?:_[^\W_]{1,30}){1,4}                                         # «first_name»
      )\s?(?:»|>>)
    """,
    re.VERBOSE | re.DOTALL,
)
"""An address may hold per cent signs of its own, so fewer forms are looked for there."""


NAMES = "(?:first|last|full|given|sur) ?name|name|e-?mail|prénoms?|nom(?: de famille)?|nombres?|apellidos?|siyati"
DOUBTFUL = re.compile(rf"(?i)\[\s?(?:{NAMES})\s?\]|<<\s?(?:{NAMES})\s?>>|\{{\s(?:{NAMES})\s\}}|([%@#])(?:{NAMES})\1")
"""A name in brackets: a placeholder, or what a reader is to write there, for example in a letter to copy."""


def foreign_placeholders(texts: Iterable[str], *, addresses: Iterable[str] = ()) -> list[str]:
    """Each placeholder in ``texts`` (entities count as the characters they stand for) and ``addresses``, once."""
    found = [match for text in texts for match in IN_TEXT.findall(html.unescape(text))]
    found += [match for address in addresses for match in IN_ADDRESSES.findall(address)]
    return list(dict.fromkeys(" ".join(match.split())[:60] for match in found))


def doubtful_placeholders(texts: Iterable[str]) -> list[str]:
    """What in ``texts``, which hold no entities, may be a placeholder or not, each once."""
    found = [match.group() for text in texts for match in DOUBTFUL.finditer(text)]
    return list(dict.fromkeys(" ".join(match.split()) for match in found))
